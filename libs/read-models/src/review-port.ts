import type { ReviewConclusion, ReviewConcern, SearchThreshold } from '#domain';
import type { ReadPosition } from './port.js';

/** A review (点検) as it is listed. Which detector it was, and what it found, is sealed in its stream. */
export interface ReviewRow {
  readonly review: string;
  readonly state: 'open' | 'closed';
  readonly concern: ReviewConcern;
  /** Whose conduct is looked at; null for a saved search. */
  readonly operator: string | null;
  readonly savedSearch: string | null;
  /** Business time, UTC. */
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly conclusion: ReviewConclusion | null;
  readonly incident: string | null;
}

/** One page of the list of reviews. */
export interface ReviewPage {
  /** Open ones first; open and closed ones each with the one opened last first. */
  readonly rows: readonly ReviewRow[];
  /** Opaque keyset cursor for the next page, or null on the last. */
  readonly next: string | null;
  /** How far the read models had read when the page was made. */
  readonly readUpTo: ReadPosition | null;
}

/** What is known of one Tokyo day: what there is to look at, and who has. */
export interface ReviewDay {
  readonly day: string;
  readonly inquiries: number;
  readonly refused: number;
  readonly reviewsOpened: number;
  /** The terminal manager who signed it off, and when (business time); null while nobody has. */
  readonly signedBy: string | null;
  readonly signedAt: string | null;
}

export interface ReviewDays {
  /** Ascending; only days of which something is known. */
  readonly days: readonly ReviewDay[];
  readonly readUpTo: ReadPosition | null;
}

/** A saved search (保存検索); its name and its query are sealed in its stream. */
export interface SavedSearchRow {
  readonly savedSearch: string;
  readonly version: number;
  /** Operator id of whoever saved it. */
  readonly owner: string;
  readonly shared: boolean;
  readonly threshold: SearchThreshold | null;
  /** When this version was saved; business time, UTC. */
  readonly savedAt: string;
}

/** An entry of the watch list (見守り名簿); whom it is about is sealed in its stream. */
export interface WatchRow {
  readonly entry: string;
  /** Last Tokyo day; null for no end. It stays listed after that day until somebody ends it. */
  readonly until: string | null;
  /** Business time, UTC. */
  readonly watchedAt: string;
}

/** What the reviews ask of the read models: part of `Queries`. */
export interface ReviewQueries {
  /** Reviews of an agreement. `limit` and `cursor` as for incidents, and so is a review closed between two pages. */
  reviews(agreement: string, page: { limit: number; cursor?: string }): Promise<ReviewPage>;
  /** The days from `from` on. */
  reviewDays(agreement: string, from: string): Promise<ReviewDays>;
  /** Whether somebody inquired on a Tokyo day, refused inquiries included. */
  inquiredOn(agreement: string, operator: string, day: string): Promise<boolean>;
  /**
   * Where the inquiries received or refused on a Tokyo day or later begin: `after` is the position of the event before
   * the first of them, null where that is the first event of all. Null where there is none.
   */
  inquiriesSince(agreement: string, day: string): Promise<{ readonly after: string | null } | null>;
  /** All that were not removed, the oldest first. */
  savedSearches(agreement: string): Promise<readonly SavedSearchRow[]>;
  /** All entries that were not ended, the oldest first. */
  watchList(agreement: string): Promise<readonly WatchRow[]>;
}
