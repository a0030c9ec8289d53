import {
  agreementFolding,
  agreementStream,
  type Asker,
  certificateFaultsAt,
  certificateFolding,
  certificateStream,
  contactsFolding,
  contactStream,
  credentialFolding,
  credentialStream,
  grantAllows,
  grantFolding,
  grantStream,
  isInForce,
  isPurpose,
  isSuspended,
  isTrained,
  isWithinHours,
  mustChangePin,
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
  sidesWithoutContact,
  type Standing,
  terminalFaults,
  terminalFolding,
  terminalStream,
  tokyoDay,
} from '#domain';
import type { Queries } from '#read-models';
import { foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import type { LogHealth } from '../log/log-health.js';
import { AllowingGrants } from './allowing-grants.js';

/** What is asked of the other streams. */
export interface StandingQuestion extends Asker {
  readonly agreement: string;
  /** SHA-256 of the client certificate that the session is bound to. */
  readonly certificate: string;
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
  private readonly allowing = new AllowingGrants();

  constructor(
    private readonly journal: Journal,
    private readonly queries: Pick<Queries, 'grantCandidates'>,
    private readonly health: LogHealth,
  ) {}

  /** Everything that a new inquiry is judged on. */
  async judge(asked: StandingQuestion): Promise<JudgedStanding> {
    // Loaded together with the streams of access: the heads of all of them are one look at the store.
    const { grant, streams } = await this.access(asked, [
      agreementStream(asked.agreement),
      provisionStream(asked.agreement),
      retentionStream(asked.agreement, isPurpose(asked.purpose) ? asked.purpose : 'none'),
      contactStream(asked.agreement, 'recipient'),
      contactStream(asked.agreement, 'provider'),
    ]);
    const [ofAgreement, ofProvision, ofRetention, ofRecipient, ofProvider] = streams as readonly [
      LoadedStream,
      LoadedStream,
      LoadedStream,
      LoadedStream,
      LoadedStream,
      ...LoadedStream[],
    ];
    const agreement = foldLoaded(ofAgreement, agreementFolding);
    const recipient = foldLoaded(ofRecipient, contactsFolding);
    const provider = foldLoaded(ofProvider, contactsFolding);
    const provision = foldLoaded(ofProvision, provisionFolding);
    const none = agreement.state === 'none';
    const standing: Standing = {
      agreement: none ? 'none' : isInForce(agreement) ? 'in-force' : 'terminated',
      contactsMissing: sidesWithoutContact({ recipient, provider }),
      purposes: none ? purposes : agreement.purposes,
      casePatterns: none ? {} : agreement.casePatterns,
      deadlineMs: none ? 0 : agreement.deadlineMs,
      suspended: isSuspended(provision, asked.purpose),
      withinHours: isWithinHours(provision, asked.now),
      period: periodOn(foldLoaded(ofRetention, retentionPeriodFolding), tokyoDay(asked.now)),
      grant,
      provable: await this.health.provable(),
    };
    return { standing, streams };
  }

  /**
   * Only whether operator, terminal and grant allow it: what seeing an answer again is judged on. The streams named in
   * `first` are loaded along and come first among the streams returned.
   */
  async access(asked: StandingQuestion, first: readonly string[] = []): Promise<JudgedAccess> {
    if (asked.grant) return this.accessUnder([asked.grant], asked, first);
    const suggested = this.allowing.suggest(asked);
    const again = suggested === null ? null : await this.accessUnder([suggested], asked, first);
    if (again && 'id' in again.grant) return again;
    const candidates = await this.queries.grantCandidates(asked.operator, asked.terminal);
    const judged = await this.accessUnder(candidates, asked, first);
    if ('id' in judged.grant) this.allowing.remember(asked, judged.grant.id);
    return judged;
  }

  private async accessUnder(
    grants: readonly string[],
    asked: StandingQuestion,
    first: readonly string[],
  ): Promise<JudgedAccess> {
    const who = [operatorStream(asked.operator), credentialStream(asked.operator)];
    const where = [terminalStream(asked.terminal), certificateStream(asked.certificate)];
    const streams = await this.journal.loadAll([...first, ...who, ...where, ...grants.map(grantStream)]);
    const own = streams.slice(first.length);
    const against = [...personFaults(asked, own.slice(0, 2)), ...placeFaults(asked, own.slice(2, 4))];
    return { grant: against.length ? { refusals: against } : grantOf(asked, own.slice(4)), streams };
  }
}

/** What stands against the person: operator's stream and credential's. */
function personFaults({ now }: StandingQuestion, streams: readonly LoadedStream[]): readonly Refusal[] {
  const [ofOperator, ofCredential] = streams as readonly [LoadedStream, LoadedStream];
  const operator = foldLoaded(ofOperator, operatorFolding);
  const credential = foldLoaded(ofCredential, credentialFolding);
  const day = tokyoDay(now);
  return reasons(
    !rolesOn(operator, day).includes('operator') && { code: 'operator-role-missing' },
    !isTrained(operator, day) && { code: 'operator-untrained' },
    // Issued anew meanwhile: whose hands the session is in is not known. A lock says nothing of the kind, and anybody
    // can cause one.
    mustChangePin(credential) && { code: 'pin-change-required' },
  );
}

/** What stands against the place: terminal's stream and certificate's. */
function placeFaults(
  { terminal, now }: StandingQuestion,
  streams: readonly LoadedStream[],
): readonly Refusal[] {
  const [ofTerminal, ofCertificate] = streams as readonly [LoadedStream, LoadedStream];
  const certificate = certificateFaultsAt(foldLoaded(ofCertificate, certificateFolding), terminal, now);
  return [
    ...terminalFaults(foldLoaded(ofTerminal, terminalFolding)),
    // As the edge says it: the terminal is not good, and why.
    ...(certificate.length ? [{ code: 'terminal-not-valid' }, ...certificate] : []),
  ];
}

/** The first of the grants that allows it, or why none does. */
function grantOf(asked: StandingQuestion, grantsLoaded: readonly LoadedStream[]): Standing['grant'] {
  const day = tokyoDay(asked.now);
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
