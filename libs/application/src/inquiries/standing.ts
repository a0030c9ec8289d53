import {
  agreementFolding,
  agreementStream,
  type Asker,
  grantAllows,
  grantFolding,
  grantStream,
  isPurpose,
  isSuspended,
  isTrained,
  isWithinHours,
  operatorFolding,
  operatorStream,
  periodOn,
  provisionFolding,
  provisionStream,
  purposes,
  reasons,
  type Refusal,
  retentionPeriodFolding,
  retentionStream,
  rolesOn,
  type Standing,
  terminalFaults,
  terminalFolding,
  terminalStream,
  tokyoDay,
} from '#domain';
import type { Queries } from '#read-models';
import { foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import type { LogHealth } from '../log/log-health.js';

/** What is asked of the other streams. */
export interface StandingQuestion extends Asker {
  readonly agreement: string;
  readonly purpose: string;
  /** Whether the question searches by the beginning of a name. */
  readonly prefix: boolean;
  /** The grant that the caller names; without it the read models suggest candidates. */
  readonly grant: string | null;
  readonly now: string;
}

/** The standing, and the revisions it was judged on: when one has moved, it must be judged again (decision 17). */
export interface JudgedStanding {
  readonly standing: Standing;
  readonly streams: readonly LoadedStream[];
}

/**
 * Reads the standing of an inquiry from streams. The read models only suggest which grants to look at (ids, never
 * validity): a grant they do not know yet can refuse an inquiry by mistake, but nothing they say can allow one.
 */
export class Standings {
  constructor(
    private readonly journal: Journal,
    private readonly queries: Pick<Queries, 'grantCandidates'>,
    private readonly health: LogHealth,
  ) {}

  async judge(asked: StandingQuestion): Promise<JudgedStanding> {
    const grants = asked.grant
      ? [asked.grant]
      : await this.queries.grantCandidates(asked.operator, asked.terminal);
    const streams = await this.journal.loadAll([
      agreementStream(asked.agreement),
      provisionStream(asked.agreement),
      operatorStream(asked.operator),
      terminalStream(asked.terminal),
      ...(isPurpose(asked.purpose)
        ? [retentionStream(asked.agreement, asked.purpose)]
        : [retentionStream(asked.agreement, 'none')]),
      ...grants.map(grantStream),
    ]);
    const [
      agreementStreamLoaded,
      provisionLoaded,
      operatorLoaded,
      terminalLoaded,
      retentionLoaded,
      ...grantsLoaded
    ] = streams as [LoadedStream, LoadedStream, LoadedStream, LoadedStream, LoadedStream, ...LoadedStream[]];
    const agreement = foldLoaded(agreementStreamLoaded, agreementFolding);
    const provision = foldLoaded(provisionLoaded, provisionFolding);
    const inForce = agreement.state === 'in-force' || agreement.state === 'terminating';
    const standing: Standing = {
      agreement: agreement.state === 'none' ? 'none' : inForce ? 'in-force' : 'terminated',
      purposes: agreement.state === 'none' ? purposes : agreement.purposes,
      casePatterns: agreement.state === 'none' ? {} : agreement.casePatterns,
      deadlineMs: agreement.state === 'none' ? 0 : agreement.deadlineMs,
      suspended: isSuspended(provision, asked.purpose),
      withinHours: isWithinHours(provision, asked.now),
      period: periodOn(foldLoaded(retentionLoaded, retentionPeriodFolding), tokyoDay(asked.now)),
      grant: this.access(asked, operatorLoaded, terminalLoaded, grantsLoaded),
      provable: await this.health.provable(),
    };
    return { standing, streams };
  }

  private access(
    asked: StandingQuestion,
    operatorLoaded: LoadedStream,
    terminalLoaded: LoadedStream,
    grantsLoaded: readonly LoadedStream[],
  ): Standing['grant'] {
    const day = tokyoDay(asked.now);
    const operator = foldLoaded(operatorLoaded, operatorFolding);
    const terminal = foldLoaded(terminalLoaded, terminalFolding);
    const against: Refusal[] = [
      ...reasons(
        !rolesOn(operator, day).includes('operator') && { code: 'operator-role-missing' },
        !isTrained(operator, day) && { code: 'operator-untrained' },
      ),
      ...terminalFaults(terminal),
    ];
    if (against.length) return { refusals: against };
    const refusals = grantsLoaded.map((loaded) =>
      grantAllows(foldLoaded(loaded, grantFolding), {
        operator: asked.operator,
        terminal: asked.terminal,
        purpose: asked.purpose,
        day,
        prefix: asked.prefix,
      }),
    );
    const valid = refusals.findIndex((found) => found.length === 0);
    const loaded = grantsLoaded[valid];
    if (loaded) return { id: loaded.stream.slice('grant-'.length) };
    // The nearest miss is the most helpful answer; with no candidate at all, there is no grant.
    const nearest = [...refusals].sort((a, b) => a.length - b.length)[0];
    return { refusals: nearest ?? [{ code: 'grant-missing' }] };
  }
}
