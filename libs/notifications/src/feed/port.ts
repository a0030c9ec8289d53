/**
 * One event on its way to a SIEM. Nothing personal is in it: it was made by an allow-list (docs/siem-feed.md).
 */
export interface FeedItem {
  /** The event's id: what a receiver tells repetitions by. */
  readonly uid: string;
  /** The event's type: letters and digits, 32 at most. */
  readonly code: string;
  /** Real time, UTC ISO 8601 with milliseconds. */
  readonly loggedAt: string;
  /** OCSF `severity_id`, 1 (informational) to 5 (critical). */
  readonly severity: number;
  /** The OCSF event. */
  readonly json: string;
}

/** Why a batch did not get through. Never in the other side's words. */
export type FeedTrouble =
  | 'connection'
  | 'timeout'
  | 'tls'
  | 'busy'
  | 'server-error'
  | 'redirect'
  | 'refused'
  | 'target-forbidden'
  | 'token-unreadable';

/**
 * What became of a batch: `taken` as a whole; `too-large` for the receiver; to be tried again `later` (the receiver's
 * wish in milliseconds, or null); `refused`, which somebody has to look into, since the same batch will be refused again.
 */
export type FeedAnswer =
  | { readonly state: 'taken' }
  | { readonly state: 'too-large' }
  | { readonly state: 'later'; readonly why: FeedTrouble; readonly retryAfterMs: number | null }
  | { readonly state: 'refused'; readonly why: FeedTrouble };

/**
 * The way to a SIEM. `send` brings one batch, in order, and never rejects for what the other side does: it resolves
 * within the time-out, after one attempt. One batch at a time, over a connection of its own.
 *
 * A batch that was cut off may have arrived in part or whole: it is not taken, and comes again. At least once.
 */
export interface FeedWay {
  /**
   * Whether `taken` is the receiver's own word that it has the batch (an HTTP status). Otherwise it was read off the
   * wire, and nobody knows by whom it was kept: whoever sends brings the last batch again after a failure.
   */
  readonly acknowledges: boolean;
  send(items: readonly FeedItem[]): Promise<FeedAnswer>;
  /** Ends what is under way (`later`, `connection`), and leaves no socket behind. */
  close(): Promise<void>;
}
