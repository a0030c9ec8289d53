/**
 * What the calling thread and the writer thread say to each other. Types only: nothing here exists at run time.
 * Appends and replies are flat tuples of numbers and ready-made strings, the cheapest thing there is to clone.
 */

/** Given to the writer thread when it starts (`workerData`). */
export interface WriterStart {
  /** The database file; its schema is already current. */
  readonly file: string;
  /** What the file consists of as long as nobody else has been at it (`schemaOf`). */
  readonly schema: string;
  /** 32 bytes. */
  readonly macKey: Uint8Array;
  /** The size at which the file counts as full, in pages; for provoking a full disk. */
  readonly maxPages?: number;
}

/** `expected` is the revision before the append, -1 for no stream; `events` repeats id, type, entry. */
export type AppendRequest = readonly [seq: number, stream: string, expected: number, ...events: string[]];

/** To the writer thread: an append, several, or the word to close. */
export type ToWriter = readonly AppendRequest[] | 'close';

/**
 * What became of one append. New events stand at consecutive positions from `position`; those of a resend where they
 * were put the first time, which may have been by several appends.
 */
export type AppendReply =
  | readonly [seq: number, outcome: 'appended', position: number, ...leafHashAndMac: string[]]
  | readonly [seq: number, outcome: 'resent', ...positionLeafHashAndMac: string[]]
  | readonly [seq: number, outcome: 'revision-conflict', actual: number]
  | readonly [seq: number, outcome: 'duplicate-event-id', id: string]
  | readonly [seq: number, outcome: 'forged-event', revision: number, position: number];

/** The settings on which durability rests, as the database itself reports them. */
export interface DurabilitySettings {
  /** Must be `wal`. */
  readonly journalMode: unknown;
  /** Must be 2 (FULL): every commit is followed by an fsync. */
  readonly synchronous: unknown;
}

/** From the writer thread: it is ready, a batch is on disk, or it cannot go on and has stopped. */
export type FromWriter =
  | { readonly kind: 'ready'; readonly settings: DurabilitySettings }
  | { readonly kind: 'committed'; readonly replies: readonly AppendReply[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
