/**
 * The event store's port. Its semantics are KurrentDB's (decision 3): streams, expected revisions, `no-stream`,
 * idempotent event ids, one global order, catch-up subscriptions, no transaction across streams.
 */

/** A place in the global order: opaque, strictly increasing, not gapless. Compare with `comparePositions` only. */
export type Position = string;

/** What the stream must look like for an append to happen: not there at all, or at exactly this revision. */
export type ExpectedRevision = 'no-stream' | number;

/** An event as the codec made it. `entry` is its RFC 8785 text (well-formed, so UTF-8 is its only byte form). */
export interface NewEvent {
  /** UUIDv7. Appending the same id with the same bytes at the same place again is a success, not a second event. */
  readonly id: string;
  readonly type: string;
  readonly entry: string;
}

export interface StoredEvent extends NewEvent {
  readonly position: Position;
  readonly stream: string;
  /** 0 for the first event of the stream. */
  readonly revision: number;
  /** RFC 6962 leaf hash, `SHA-256(0x00 ‖ entry)`, lower-case hex. */
  readonly leafHash: string;
  /** HMAC-SHA-256 under the append key over leaf hash and place: position, stream, revision, id, type (decision 7). */
  readonly mac: string;
}

/** What the caller may keep as a receipt for one appended event. */
export interface Receipt {
  readonly id: string;
  readonly position: Position;
  readonly stream: string;
  readonly revision: number;
  readonly leafHash: string;
  readonly mac: string;
}

/** The largest entry, in UTF-8 bytes (LEDGER-FORMAT: entry bundles carry a uint16 length). */
export const MAX_ENTRY_BYTES = 65_535;

/** The stream is not at the expected revision: load, decide again, append with new ids. `actual` is -1 for no stream. */
export class RevisionConflict extends Error {
  readonly code = 'revision-conflict';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: number,
  ) {
    super(`stream ${stream} is at revision ${actual}, expected ${expected}`);
    this.name = 'RevisionConflict';
  }
}

/** An event id is already used for other bytes, or elsewhere. A programming error, or an attack. */
export class DuplicateEventId extends Error {
  readonly code = 'duplicate-event-id';
  constructor(readonly id: string) {
    super(`event id ${id} is already used`);
    this.name = 'DuplicateEventId';
  }
}

/** An entry is larger than MAX_ENTRY_BYTES; nothing of the append was written. */
export class EntryTooLarge extends Error {
  readonly code = 'entry-too-large';
  constructor(
    readonly type: string,
    readonly bytes: number,
  ) {
    super(`entry of ${type} has ${bytes} bytes, at most ${MAX_ENTRY_BYTES} are allowed`);
    this.name = 'EntryTooLarge';
  }
}

/** A stored row whose MAC does not fit its entry and its place: it was not written by us, or not there (decision 7). */
export class ForgedEvent extends Error {
  readonly code = 'forged-event';
  constructor(
    readonly stream: string,
    readonly revision: number,
    readonly position: Position,
  ) {
    super(`the event at revision ${revision} of stream ${stream} was not written by this store`);
    this.name = 'ForgedEvent';
  }
}

/**
 * The global order breaks off after position `after`, or before its first event where that is null, and goes on
 * further on: events were taken out. Told by an engine whose positions have no gaps, where a gap is proof.
 */
export class EventsMissing extends Error {
  readonly code = 'events-missing';
  constructor(
    readonly after: Position | null,
    /** Where the order goes on. */
    readonly next: Position,
  ) {
    super(`events are missing ${after === null ? 'at the beginning' : `after position ${after}`}`);
    this.name = 'EventsMissing';
  }
}

/**
 * The store cannot commit any more (disk full, I/O error). Whether the last appends are on disk is unknown to the
 * caller; the process should end (decision 5) and a restarted one resend the same ids and bytes.
 */
export class StoreFailed extends Error {
  readonly code = 'store-failed';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreFailed';
  }
}

/** The database was written by a newer schema than this program knows. */
export class SchemaTooNew extends Error {
  readonly code = 'schema-too-new';
  constructor(
    readonly found: number,
    readonly known: number,
  ) {
    super(`the event store has schema ${found}, this program knows ${known}`);
    this.name = 'SchemaTooNew';
  }
}

/**
 * Durability: a resolved `append` is on disk (fsync), and survives kill -9 and power loss.
 * Atomicity: the events of one append are all there, adjacent in the stream and in the global order, or not at all.
 * Concurrency: any number of callers and processes; of two appends at the same expected revision one wins.
 * Retry: after an uncertain outcome resend the same ids and bytes; the receipts are those of the first time.
 * Integrity: every read checks the MAC of every event and throws `ForgedEvent` on a bad one. What no MAC can show is
 * that the last events are gone, of a stream or of the store: `count` and the log tell that together.
 */
export interface EventStore {
  /**
   * Appends one event or more, all or none, and resolves with their receipts once they are on disk.
   *
   * A resend (every id known, with the same bytes, at the same place: this stream, after `expected`) resolves with
   * the original receipts, whatever was appended since. An id known with another place, type or bytes, or given
   * twice, is `DuplicateEventId`; when only some of the events are there, at their place, the stream has grown
   * differently: `RevisionConflict`. Both are judged before anything is written.
   *
   * Rejects with `RevisionConflict`, `DuplicateEventId`, `EntryTooLarge`, `ForgedEvent` (the events that a resend
   * meets), `StoreFailed`, or RangeError (no events, ill-formed text, a revision that is none).
   */
  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<readonly Receipt[]>;

  /** All events of a stream in order; empty when there is none. Streams are small and read whole (decision 4). */
  readStream(stream: string): Promise<readonly StoredEvent[]>;

  /** The revision of the last event of each stream, -1 where there is none; in the order asked. */
  headRevisions(streams: readonly string[]): Promise<readonly number[]>;

  /**
   * Up to `limit` events after `after` (`null`: from the beginning) in the global order, never skipping a late commit.
   * Rejects with `EventsMissing` when the engine's positions have no gaps and there is one.
   */
  readAll(after: Position | null, limit: number): Promise<readonly StoredEvent[]>;

  /** One event by id, or null. */
  readEvent(id: string): Promise<StoredEvent | null>;

  /** How many events stand at or before a position: what a follower that holds one thing of each must hold. */
  count(upTo: Position): Promise<number>;

  /** The position of the last event, or null when the store is empty. */
  lastPosition(): Promise<Position | null>;

  /**
   * Calls `listener` soon (25 ms or less) after events were committed, by this process or another. Only a hint to
   * read on: calls may be merged, spurious, never lost. Returns the function that ends it.
   */
  onCommit(listener: () => void): () => void;

  /** Waits for appends under way, then releases files and threads. */
  close(): Promise<void>;
}

/** The store as a process that never writes sees it. */
export type EventReads = Omit<EventStore, 'append'>;

/** -1, 0 or 1. */
export const comparePositions = (a: Position, b: Position): number => {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};
