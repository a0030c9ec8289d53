import {
  EntryTooLarge,
  DuplicateEventId,
  MAX_ENTRY_BYTES,
  SchemaTooNew,
  StoreFailed,
  type EventReads,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type Receipt,
  type StoredEvent,
} from '../port.js';
import { CommitWatch } from './commit-watch.js';
import { EventReader } from './event-reader.js';
import { prepareFile, soundSchema } from './schema.js';
import { AppendSeal } from './seal.js';
import { WriterThread } from './writer-thread.js';

/** What reading needs. */
export interface SqliteEventReadsOptions {
  /** The events' own file (decision 6); `-wal` and `-shm` appear beside it. */
  readonly file: string;
  /** The append key: 32 bytes, kept outside the database (decision 7). */
  readonly macKey: Uint8Array;
  /** Called once when the store cannot go on; the process should end and start again (decision 5). */
  readonly onFatal: (error: StoreFailed) => void;
}

/** What writing needs besides. */
export interface SqliteEventStoreOptions extends SqliteEventReadsOptions {
  /** The size at which the file counts as full, in pages of 4,096 bytes. Unset: the disk decides. */
  readonly maxPages?: number;
}

/**
 * Opens the embedded event store (decision 3), creating directory, file and schema where they are missing.
 * Any number of processes may hold the same file open. Throws `SchemaTooNew`; `StoreFailed` when the file cannot be
 * opened, the writer cannot start or its commits would not be durable; RangeError for a key of another length.
 */
export async function openSqliteEventStore(options: SqliteEventStoreOptions): Promise<EventStore> {
  const seal = new AppendSeal(options.macKey);
  const reads = opening(options.file, () => {
    prepareFile(options.file);
    return new SqliteEventReads(options, seal);
  });
  try {
    const writer = await WriterThread.start(
      {
        file: options.file,
        schema: soundSchema(),
        // A copy: a Buffer's clone would take its whole pool, and other secrets in it, along.
        macKey: Uint8Array.from(options.macKey),
        ...(options.maxPages === undefined ? {} : { maxPages: options.maxPages }),
      },
      { committed: () => reads.notify(), failed: options.onFatal },
    );
    return new SqliteEventStore(reads, writer);
  } catch (error) {
    await reads.close();
    throw error;
  }
}

/**
 * Opens an existing event store for a process that never writes (cli, sequencer): no writer thread, no lock, a
 * read-only connection. Throws `SchemaTooNew`, or `StoreFailed` when there is no event store of this schema.
 */
export async function openSqliteEventReads(options: SqliteEventReadsOptions): Promise<EventReads> {
  const seal = new AppendSeal(options.macKey);
  return opening(options.file, () => new SqliteEventReads(options, seal));
}

/** What the library and the file system say when a file cannot be opened becomes `StoreFailed`. */
function opening<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof SchemaTooNew || cause instanceof StoreFailed) throw cause;
    throw new StoreFailed(`the event store ${file} cannot be opened`, { cause });
  }
}

class SqliteEventReads implements EventReads {
  private readonly reader: EventReader;
  private readonly watch: CommitWatch;

  constructor({ file, onFatal }: SqliteEventReadsOptions, seal: AppendSeal) {
    this.reader = new EventReader(file, seal);
    this.watch = new CommitWatch(
      () => this.reader.dataVersion(),
      (cause) => onFatal(new StoreFailed('the event store cannot be read', { cause })),
    );
  }

  async readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.reader.readStream(stream);
  }

  async headRevisions(streams: readonly string[]): Promise<readonly number[]> {
    return this.reader.headRevisions(streams);
  }

  async readAll(after: Position | null, limit: number): Promise<readonly StoredEvent[]> {
    return this.reader.readAll(after, limit);
  }

  async readEvent(id: string): Promise<StoredEvent | null> {
    return this.reader.readEvent(id);
  }

  async count(upTo: Position): Promise<number> {
    return this.reader.count(upTo);
  }

  async lastPosition(): Promise<Position | null> {
    return this.reader.lastPosition();
  }

  onCommit(listener: () => void): () => void {
    return this.watch.listen(listener);
  }

  /** Call after a commit of this process, which need not wait for the next poll. */
  notify(): void {
    this.watch.notify();
  }

  async close(): Promise<void> {
    this.watch.stop();
    this.reader.close();
  }
}

class SqliteEventStore implements EventStore {
  private closed: Promise<void> | null = null;

  constructor(
    private readonly reads: SqliteEventReads,
    private readonly writer: WriterThread,
  ) {}

  append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<readonly Receipt[]> {
    if (this.closed) return Promise.reject(new StoreFailed('the event store is closed'));
    const fault = faultOf(stream, expected, events);
    if (fault) return Promise.reject(fault);
    return this.writer.append(stream, expected === 'no-stream' ? -1 : expected, events);
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return this.reads.readStream(stream);
  }

  headRevisions(streams: readonly string[]): Promise<readonly number[]> {
    return this.reads.headRevisions(streams);
  }

  readAll(after: Position | null, limit: number): Promise<readonly StoredEvent[]> {
    return this.reads.readAll(after, limit);
  }

  readEvent(id: string): Promise<StoredEvent | null> {
    return this.reads.readEvent(id);
  }

  count(upTo: Position): Promise<number> {
    return this.reads.count(upTo);
  }

  lastPosition(): Promise<Position | null> {
    return this.reads.lastPosition();
  }

  onCommit(listener: () => void): () => void {
    return this.reads.onCommit(listener);
  }

  close(): Promise<void> {
    this.closed ??= this.writer.close().then(() => this.reads.close());
    return this.closed;
  }
}

/** Why an append cannot be judged at all, or null. */
function faultOf(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Error | null {
  if (events.length === 0) return new RangeError('an append has at least one event');
  if (expected !== 'no-stream' && !(Number.isSafeInteger(expected) && expected >= 0)) {
    return new RangeError('an expected revision is no-stream or an integer from 0');
  }
  if (!stream.isWellFormed()) return new RangeError('the stream name is not well-formed text');
  const ids = new Set<string>();
  for (const { id, type, entry } of events) {
    if (events.length > 1 && ids.size === ids.add(id).size) return new DuplicateEventId(id);
    const bytes = entry.length * 3 > MAX_ENTRY_BYTES ? Buffer.byteLength(entry) : 0;
    if (bytes > MAX_ENTRY_BYTES) return new EntryTooLarge(type, bytes);
    // A lone surrogate has no UTF-8 form: what came back would not be what was hashed.
    if (!(entry.isWellFormed() && id.isWellFormed() && type.isWellFormed())) {
      return new RangeError(`an event of ${type} is not well-formed text`);
    }
  }
  return null;
}
