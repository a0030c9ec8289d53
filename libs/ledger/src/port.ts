/** One sealed event on its way into the log, as the event store gave it. */
export interface SequencedEvent {
  readonly eventId: string;
  /** The event's place in the store's global order: decimal text, strictly increasing, not gapless (decision 3). */
  readonly position: string;
  /** The RFC 8785 text of the sealed event; its UTF-8 bytes are the entry. */
  readonly entry: string;
  /** RFC 6962 leaf hash of the entry, lower-case hex. */
  readonly leafHash: string;
}

/** The log as of its last checkpoint. */
export interface LogState {
  readonly origin: string;
  /** Leaves in the tree; the next entry's leaf index. */
  readonly size: number;
  /** RFC 6962 root, lower-case hex. */
  readonly root: string;
  /** Position and id of the last event in the log: where the follower goes on (decision 6). Null in an empty log. */
  readonly position: string | null;
  readonly eventId: string | null;
  /** The signed checkpoint, as published. */
  readonly note: string;
  /** The highest fencing token that has written; 0 before the first append. */
  readonly fence: number;
  /** When the checkpoint was signed: ISO 8601, real time (decision 22). */
  readonly createdAt: string;
}

/** Reading the log. Any process may; nothing here signs or writes. */
export interface LogReader {
  state(): Promise<LogState>;
  /** The signed checkpoint's note, from the row: at least as new as the file. */
  checkpointNote(): Promise<string>;
  /** The public number of an event: its leaf index, or null while (or if) it is not in the log. */
  leafOf(eventId: string): Promise<number | null>;
  /**
   * The root that the log had, or would have had, at an earlier size, lower-case hex, computed from the tiles: equal
   * to the root of any checkpoint seen outside, or the log has been changed. RangeError beyond the current size.
   */
  rootAt(size: number): Promise<string>;
  /** The audit path (hex, lowest sibling first) of a leaf in the tree of `size`. RangeError when it is not in there. */
  inclusionProof(leafIndex: number, size: number): Promise<readonly string[]>;
  /** The proof (hex) that the tree at `from` is a prefix of that at `to`. RangeError beyond the current size. */
  consistencyProof(from: number, to: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface AppendOptions {
  /** The sequencer's fencing token: whole, rising with every change of holder. */
  readonly fence: number;
  /** The checkpoint's time: ISO 8601, real time. */
  readonly now: string;
  /** The size on which the caller decided what to append; left out, the positions alone must go on from the log's. */
  readonly size?: number;
}

/**
 * Writing the log: the worker's alone (decision 8).
 *
 * Durability: once `append` resolves, entries, tiles and checkpoint are on disk (fsync), in this order.
 * Atomicity: all the events of one append are covered by the new checkpoint, or none is.
 * Concurrency: any number may try; the swap of the row lets one win and the others get `SequencerSuperseded`.
 * Retry: after any error read `state()` again and append what follows its position. Nothing is ever appended twice.
 */
export interface Log extends LogReader {
  /**
   * Appends events in order and publishes the checkpoint that covers them; no events, no new checkpoint.
   * Throws SequencerSuperseded, EntryRefused, LogInconsistent, LogRolledBack.
   */
  append(events: readonly SequencedEvent[], options: AppendOptions): Promise<LogState>;

  /**
   * Publishes one of the log's checkpoints with the cosignatures that witnesses gave on it, unless a later one is
   * published; says whether it was. Throws SequencerSuperseded, LogInconsistent or LogRolledBack (this log never had that
   * tree) and MalformedNote (no key of this log signed it).
   */
  publishCosigned(note: string): Promise<boolean>;
}

/** Another sequencer has written, or is writing. Read the state again; a stale fence must stop. */
export class SequencerSuperseded extends Error {
  readonly code = 'sequencer-superseded';
  constructor(message: string) {
    super(message);
    this.name = 'SequencerSuperseded';
  }
}

/** An event that cannot become an entry: too large, or not the bytes its leaf hash speaks of. Nothing was written. */
export class EntryRefused extends Error {
  readonly code = 'entry-refused';
  constructor(
    readonly eventId: string,
    readonly reason: 'too-large' | 'leaf-hash' | 'malformed' | 'repeated',
  ) {
    super(`event ${eventId} cannot be an entry of the log: ${reason}`);
    this.name = 'EntryRefused';
  }
}

/** What is on disk contradicts the checkpoint: changed, damaged, or of another log. Stop, alarm, run a full check. */
export class LogInconsistent extends Error {
  readonly code = 'log-inconsistent';
  constructor(
    /** A path below the log's directory, or a table of its database. */
    readonly place: string,
    message: string,
  ) {
    super(`${place}: ${message}`);
    this.name = 'LogInconsistent';
  }
}

/**
 * The published checkpoint is ahead of the database: the database is an old backup (decision 16). To go on would fork
 * the log. Restore a newer backup, or start a new log under another origin.
 */
export class LogRolledBack extends Error {
  readonly code = 'log-rolled-back';
  constructor(
    readonly published: number,
    readonly recorded: number,
  ) {
    super(
      `a checkpoint of ${published} entries was published, the database knows ${recorded}: it is an old copy`,
    );
    this.name = 'LogRolledBack';
  }
}

/** There is no log here, or not yet: the worker has not made it. */
export class LogNotFound extends Error {
  readonly code = 'log-not-found';
  constructor(
    /** A directory or file; of a log that is served no more than `https://host/…`: the rest may hold a reader's token. */
    readonly place: string,
  ) {
    super(`there is no log in ${place}`);
    this.name = 'LogNotFound';
  }
}

/** Whoever serves the log does not give its checkpoint: nothing is known of the log, neither good nor bad. */
export class LogUnreachable extends Error {
  readonly code = 'log-unreachable';
  constructor(
    /** What happened instead: a code of the system or of TLS such as ECONNREFUSED, or `HTTP 503`. Never the URL. */
    readonly found: string,
  ) {
    super(`the log cannot be reached: ${found}`);
    this.name = 'LogUnreachable';
  }
}

/** The database was written by a newer schema than this program knows. */
export class LogSchemaTooNew extends Error {
  readonly code = 'schema-too-new';
  constructor(
    readonly found: number,
    readonly known: number,
  ) {
    super(`the log's database has schema ${found}, this program knows ${known}`);
    this.name = 'LogSchemaTooNew';
  }
}
