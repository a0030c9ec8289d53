import {
  agreementFolding,
  agreementStream,
  type Asker,
  grantAllows,
  grantFolding,
  grantStream,
  isInForce,
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

/** The grant that allows it, or why none does; and the revisions that says so. */
export interface JudgedAccess {
  readonly grant: Standing['grant'];
  readonly streams: readonly LoadedStream[];
}

export const refusalsOf = ({ grant }: Pick<JudgedAccess, 'grant'>): readonly Refusal[] =>
  'refusals' in grant ? grant.refusals : [];

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

  /** Everything that a new inquiry is judged on. */
  async judge(asked: StandingQuestion): Promise<JudgedStanding> {
    const access = await this.access(asked);
    const streams = await this.journal.loadAll([
      agreementStream(asked.agreement),
      provisionStream(asked.agreement),
      retentionStream(asked.agreement, isPurpose(asked.purpose) ? asked.purpose : 'none'),
    ]);
    const [ofAgreement, ofProvision, ofRetention] = streams as readonly [
      LoadedStream,
      LoadedStream,
      LoadedStream,
    ];
    const agreement = foldLoaded(ofAgreement, agreementFolding);
    const provision = foldLoaded(ofProvision, provisionFolding);
    const none = agreement.state === 'none';
    const standing: Standing = {
      agreement: none ? 'none' : isInForce(agreement) ? 'in-force' : 'terminated',
      purposes: none ? purposes : agreement.purposes,
      casePatterns: none ? {} : agreement.casePatterns,
      deadlineMs: none ? 0 : agreement.deadlineMs,
      suspended: isSuspended(provision, asked.purpose),
      withinHours: isWithinHours(provision, asked.now),
      period: periodOn(foldLoaded(ofRetention, retentionPeriodFolding), tokyoDay(asked.now)),
      grant: access.grant,
      provable: await this.health.provable(),
    };
    return { standing, streams: [...access.streams, ...streams] };
  }

  /** Only whether operator, terminal and grant allow it: what seeing an answer again is judged on. */
  async access(asked: StandingQuestion): Promise<JudgedAccess> {
    const grants = asked.grant
      ? [asked.grant]
      : await this.queries.grantCandidates(asked.operator, asked.terminal);
    const streams = await this.journal.loadAll([
      operatorStream(asked.operator),
      terminalStream(asked.terminal),
      ...grants.map(grantStream),
    ]);
    const [operator, terminal, ...ofGrants] = streams as readonly [
      LoadedStream,
      LoadedStream,
      ...LoadedStream[],
    ];
    return { grant: this.grantOf(asked, operator, terminal, ofGrants), streams };
  }

  private grantOf(
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
