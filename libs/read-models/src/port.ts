import type { EventHeader, FaultKind, IncidentKind, Outcome, Purpose, Query } from '#domain';
import type { CaseQueries } from './case-port.js';
import type { DisclosureRequestQueries } from './disclosure-request-port.js';
import type { ReviewQueries } from './review-port.js';

/**
 * What people search: per capability a table, the projection that fills it and the queries that read it. Derived
 * from the events' clear view alone, so it holds no identity data (decision 20) and can always be built again.
 */

/** One event on its way into the read models: the clear view, and the subject tokens that the vault opened. */
export interface ProjectedEvent {
  /** Decimal string, strictly increasing. */
  readonly position: string;
  readonly event: EventHeader & { readonly data: object };
  /** Tokens for the subject index (decision 14); empty for most events. */
  readonly tokens: readonly string[];
}

/** The last event that the read models have read; the follower verifies both parts at its start (decision 6). */
export interface ReadPosition {
  readonly position: string;
  readonly eventId: string;
}

/** The writing side, used by the worker's follower only. */
export interface Projections {
  /**
   * How far the read models have read; null when empty (or when the schema version was raised: replay). Throws
   * `ReadModelsOfOtherVersion` when a worker of another version has meanwhile taken the tables over.
   */
  checkpoint(): Promise<ReadPosition | null>;
  /**
   * Applies a batch, in ascending order of position (RangeError otherwise), and its checkpoint in one transaction.
   * What lies at or before the checkpoint is skipped, so applying a batch again changes nothing. One call at a time.
   */
  apply(batch: readonly ProjectedEvent[]): Promise<void>;
  /**
   * Says that many events are about to be applied. Where none was yet, the indexes of the trail are dropped until `caughtUp`:
   * to make them of all rows at once takes half the time that it takes to keep them right row by row. Until then every
   * query is answered all the same, but slowly. Nothing happens where something was read before.
   */
  manyFollow(): Promise<void>;
  /**
   * Says that there is nothing more to read now: the indexes that are missing are made, in a thread, each in a transaction
   * of its own. Called at every such moment, so that what a crash or `signal`, which is looked at between two of them, left out
   * is made then. Throws `ReadModelsOfOtherVersion`.
   */
  caughtUp(signal?: AbortSignal): Promise<void>;
  /** Forgets everything; the next follower run replays. */
  clear(): Promise<void>;
  /**
   * Drops the subject index of a fiscal year whose trail has ended (decision 14) and leaves nothing of it in the
   * file or its journal. Can be repeated; throws when readers kept the journal in use: call again.
   */
  dropSubjectYear(fiscalYear: number): Promise<void>;
  close(): Promise<void>;
}

/** Filters of the trail; all given ones must hold. */
export interface TrailFilter {
  /** Business time, UTC ISO, inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly until?: string;
  readonly operator?: string;
  readonly terminal?: string;
  readonly purpose?: Purpose;
  readonly outcome?: Outcome | 'refused' | 'unknown';
  readonly type?: string;
  readonly caseReference?: string;
  readonly inquiry?: string;
  /**
   * In the query language (docs/query-language.md), with the meaning of `matchesQuery`; but `text:` is not judged here,
   * where nothing is opened: then every event comes back that may match.
   */
  readonly query?: Query;
  /** Subject tokens, one for each living fiscal year: an event matches if it carries any of them. */
  readonly subjectTokens?: readonly { readonly fiscalYear: number; readonly token: string }[];
}

/**
 * One event of the trail. `operator`, `terminal` and `session` are the actor's or, where the system acted, those
 * the event names; `unit` is the operator's at that time. A follow-up event carries grant, purpose, case reference and
 * outcome of its inquiry as known then: the receipt itself has no outcome yet.
 */
export interface TrailRow {
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly at: string;
  readonly agreement: string;
  readonly operator: string | null;
  /** Organisational unit of the operator. */
  readonly unit: string | null;
  readonly terminal: string | null;
  readonly session: string | null;
  readonly grant: string | null;
  readonly purpose: string | null;
  readonly outcome: string | null;
  /** Codes for which the event says no, ascending; empty for most. */
  readonly refusals: readonly string[];
  readonly caseReference: string | null;
  /**
   * Whether a case of the agency answered to the reference when the inquiry began (docs/cases.md); null where that cannot
   * be said.
   */
  readonly caseMatches: boolean | null;
  readonly inquiry: string | null;
}

/** One page of a search. */
export interface TrailPage {
  /** Newest first. */
  readonly rows: readonly TrailRow[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  /** How far the read models had read when the page was made. */
  readonly readUpTo: ReadPosition | null;
}

/** A stretch of the trail, for whoever follows it. */
export interface TrailStretch {
  /** Oldest first. */
  readonly rows: readonly TrailRow[];
  /** All that match up to here are in `rows` or came before: where the next stretch begins. Never before `after`. */
  readonly through: string | null;
  /** Whether there is more to read at once. */
  readonly more: boolean;
}

/** How many events meet a filter. */
export interface TrailCount {
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
  readonly readUpTo: ReadPosition | null;
}

/** Events that meet a filter by the hour of business time. */
export interface TrailHistogram {
  /** Ascending; hours without any are not there. `hour` is of UTC: `2026-04-01T09`. */
  readonly hours: readonly { readonly hour: string; readonly count: number }[];
  readonly readUpTo: ReadPosition | null;
}

/** What is due for erasure. */
export interface DueCohort {
  readonly cohort: string;
  readonly agreement: string;
  readonly purpose: Purpose;
  /** Last Tokyo day on which its data may be used. */
  readonly usableThrough: string;
  /** Those not yet erased. */
  readonly inquiries: number;
}

/** A run of erasure over one cohort. `erased` once the recorded parts name as many inquiries as the start announced. */
export interface ErasureRow {
  readonly run: string;
  readonly cohort: string;
  readonly state: 'started' | 'erased' | 'verified';
  readonly inquiries: number;
  readonly startedAt: string;
  readonly erasedAt: string | null;
  readonly verifiedAt: string | null;
}

/** An inquiry whose outcome is not recorded; `deadline` in real time, UTC; `lease` of the process working on it. */
export interface OpenInquiry {
  readonly inquiry: string;
  readonly deadline: string;
  readonly lease: string;
}

/** An incident as it is listed. How its contacts were reached, and what people wrote, is in its streams. */
export interface IncidentRow {
  readonly incident: string;
  readonly state: 'open' | 'closed';
  readonly kind: IncidentKind;
  /** What was noticed, where no person declared it. */
  readonly cause: FaultKind | null;
  /** Business time, UTC. */
  readonly declaredAt: string;
  readonly closedAt: string | null;
  /** What goes wrong behind it; `times` as last recorded, at least half of the truth while it stands. */
  readonly fault: { readonly standing: boolean; readonly times: number } | null;
  /** Contacts that it is brought to; of these, those that it reached (a channel took it), and that acknowledged it. */
  readonly contacts: number;
  readonly reached: number;
  readonly acknowledged: number;
}

/** One page of the list of incidents. */
export interface IncidentPage {
  /** Open ones first; open and closed ones each with the one declared last first. */
  readonly rows: readonly IncidentRow[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  /** How far the read models had read when the page was made. */
  readonly readUpTo: ReadPosition | null;
}

/**
 * The reading side, read-only. In the api it runs through a reader thread; the HTTP thread never waits on a query.
 * Every answer is of one moment. While the worker has not made the tables yet, queries answer as if nothing had
 * happened; tables of another version throw `ReadModelsOfOtherVersion`.
 */
export interface Queries extends ReviewQueries, CaseQueries, DisclosureRequestQueries {
  /** How far the read models have read; null while there are none. */
  readUpTo(): Promise<ReadPosition | null>;
  /**
   * `limit` 1 to 500, else RangeError, as for an instant that is none. `cursor` from an earlier page of the same
   * filter; throws `BadCursor` for anything else. Pages stay put while new events arrive.
   */
  searchTrail(filter: TrailFilter, page: { limit: number; cursor?: string }): Promise<TrailPage>;
  /**
   * The oldest that match after a position (null: of all), oldest first. `limit` as for the search; RangeError too for a
   * position that is none. Following the trail from stretch to stretch misses nothing and repeats nothing.
   */
  followTrail(filter: TrailFilter, page: { after: string | null; limit: number }): Promise<TrailStretch>;
  /** Counts what the search would find, `most` at most (null: all there are; that may take seconds). RangeError below 1. */
  countTrail(filter: TrailFilter, most: number | null): Promise<TrailCount>;
  /** What the search would find, counted by the hour. */
  trailHistogram(filter: TrailFilter): Promise<TrailHistogram>;
  /** Ids of grants that were ever requested for operator and terminal and are not known to be over (refused, revoked, or their last day more than a day behind the latest event), ascending: a hint, never an authorisation. */
  grantCandidates(operator: string, terminal: string): Promise<readonly string[]>;
  /** Cohorts with inquiries, not yet erased, usable through a day before `day`; ascending by day. */
  cohortsDue(day: string): Promise<readonly DueCohort[]>;
  /** All living cohorts, ascending by day. */
  cohortsLiving(): Promise<readonly DueCohort[]>;
  /** Ids of a cohort's inquiries, erased ones included, ascending, `limit` at a time after `after`. */
  inquiriesOfCohort(cohort: string, after: string | null, limit: number): Promise<readonly string[]>;
  /** A run by its id; of one that covered several cohorts, the part started last. */
  erasure(run: string): Promise<ErasureRow | null>;
  /** The latest run of a cohort; used to name the erasure that took an inquiry's data. */
  erasureOfCohort(cohort: string): Promise<ErasureRow | null>;
  /** Runs started and not verified, oldest first. */
  erasuresUnfinished(): Promise<readonly ErasureRow[]>;
  /** Inquiries received and not closed, oldest deadline first. */
  openInquiries(limit: number): Promise<readonly OpenInquiry[]>;
  /**
   * Incidents of an agreement. `limit` and `cursor` as for the trail. An incident that is closed between two pages may
   * come a second time, as a closed one; none is left out.
   */
  incidents(agreement: string, page: { limit: number; cursor?: string }): Promise<IncidentPage>;
  /** How many alerts of open incidents of an agreement no channel took and nobody acknowledged. */
  alertsUnreached(agreement: string): Promise<number>;
  close(): Promise<void>;
}

/** A cursor that no page of this filter gave out. */
export class BadCursor extends Error {
  readonly code = 'bad-cursor';
  constructor() {
    super('the cursor does not belong to this search');
    this.name = 'BadCursor';
  }
}
