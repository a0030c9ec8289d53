import Database from 'better-sqlite3';
import { EventsMissing, ForgedEvent, StoreFailed, type Position, type StoredEvent } from '../port.js';
import { HeadMemory, type RawEvent } from './head-memory.js';
import { SchemaGuard } from './schema-guard.js';
import { assertReadable, foreignSchema, soundSchema } from './schema.js';
import type { AppendSeal } from './seal.js';

interface EventRow {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly entry: string;
  readonly leaf_hash: string;
  readonly mac: string;
}

const ROW = 'SELECT position, stream, revision, id, type, entry, leaf_hash, mac FROM events';
/** By name: the index that refuses a second event of a revision, and no other. */
const ROW_OF_STREAM = `${ROW} INDEXED BY sqlite_autoindex_events_2 WHERE stream = ?`;

/**
 * Reads, on a read-only connection of its own, in the calling thread: streams are small and a page is bounded.
 * No call leaves a read transaction open, so the write-ahead log can always be folded back.
 * Every row that any answer rests on is checked against its leaf hash and MAC (decision 7). The appender gives out
 * positions from 1 without a gap, inside the transaction that fills them, so a gap in the global order is a deletion.
 * No read is answered (`StoreFailed`) once the schema is another: an index that is not ours may hide rows from it.
 */
export class EventReader {
  private readonly db: Database.Database;
  private readonly byStream: Database.Statement<[string], EventRow>;
  private readonly headOfStream: Database.Statement<[string], RawEvent>;
  private readonly heads = new HeadMemory();
  private readonly inOneRead: (streams: readonly string[]) => unknown;
  private readonly afterPosition: Database.Statement<[number, number], EventRow>;
  private readonly byId: Database.Statement<[string], EventRow>;
  private readonly upTo: Database.Statement<[number], number>;
  private readonly last: Database.Statement<[], EventRow>;
  private readonly version: Database.Statement<[], number>;
  private readonly schema: SchemaGuard;

  /** Throws `SchemaTooNew`, `StoreFailed` for an older schema, or the library's error when there is no such file. */
  constructor(
    file: string,
    private readonly seal: AppendSeal,
  ) {
    this.db = new Database(file, { readonly: true, fileMustExist: true });
    try {
      assertReadable(this.db);
      this.schema = new SchemaGuard(this.db, soundSchema(), foreignSchema);
      this.schema.assertSound();
      this.byStream = this.db.prepare(`${ROW_OF_STREAM} ORDER BY revision`);
      this.headOfStream = this.db
        .prepare<[string], RawEvent>(`${ROW_OF_STREAM} ORDER BY revision DESC LIMIT 1`)
        .raw();
      this.inOneRead = this.db.transaction((streams: readonly string[]) =>
        streams.map((stream) => this.heads.answered(stream, this.headRevision(stream))),
      );
      this.afterPosition = this.db.prepare(`${ROW} WHERE position > ? ORDER BY position LIMIT ?`);
      this.byId = this.db.prepare(`${ROW} WHERE id = ?`);
      // SQLite counts a whole table without looking at its rows (16 ms a million); what lies behind is a handful.
      this.upTo = this.db
        .prepare<[number], number>(
          'SELECT (SELECT count(*) FROM events) - (SELECT count(*) FROM events WHERE position > ?)',
        )
        .pluck();
      this.last = this.db.prepare(`${ROW} ORDER BY position DESC LIMIT 1`);
      this.version = this.db.prepare<[], number>('PRAGMA data_version').pluck();
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  readStream(stream: string): readonly StoredEvent[] {
    this.assertSound();
    return this.byStream.all(stream).map((row, revision) => {
      const event = this.checked(row);
      // Each row may be genuine and one between them gone: a state folded from the rest would be a lie.
      if (event.revision !== revision) throw new ForgedEvent(stream, revision, event.position);
      return event;
    });
  }

  headRevisions(streams: readonly string[]): readonly number[] {
    this.assertOpen();
    this.heads.at(this.dataVersion(), () => this.schema.assertSound());
    const asked = streams.filter((stream) => this.heads.revision(stream) === undefined);
    // Beginning to read costs more than a read, so several streams share one.
    if (asked.length > 1) this.inOneRead(asked);
    return streams.map(
      (stream) => this.heads.revision(stream) ?? this.heads.answered(stream, this.headRevision(stream)),
    );
  }

  readAll(after: Position | null, limit: number): readonly StoredEvent[] {
    this.assertSound();
    if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('a page has at least one event');
    const begin = after === null ? 0 : rowOf(after);
    return this.afterPosition.all(begin, limit).map((row, index) => {
      const previous = begin + index;
      if (row.position !== previous + 1)
        throw new EventsMissing(previous === 0 ? null : String(previous), String(row.position));
      return this.checked(row);
    });
  }

  count(upTo: Position): number {
    this.assertSound();
    return this.upTo.get(rowOf(upTo)) ?? 0;
  }

  readEvent(id: string): StoredEvent | null {
    this.assertSound();
    const row = this.byId.get(id);
    return row ? this.checked(row) : null;
  }

  lastPosition(): Position | null {
    this.assertSound();
    const row = this.last.get();
    return row ? this.checked(row).position : null;
  }

  /** Changes whenever another connection, the writer thread's included, has committed. */
  dataVersion(): number {
    return this.version.get() ?? 0;
  }

  close(): void {
    this.db.close();
  }

  private headRevision(stream: string): number {
    const row = this.headOfStream.get(stream);
    if (!row) return -1;
    const [position, , revision, id, type, entry, leafHash, mac] = row;
    if (!this.heads.knows(row)) {
      if (!this.seal.fits(entry, leafHash, mac, { position, stream: row[1], revision, id, type })) {
        throw new ForgedEvent(stream, revision, String(position));
      }
      this.heads.remember(row);
    }
    return revision;
  }

  private checked(row: EventRow): StoredEvent {
    const { stream, revision, id, type, entry, leaf_hash: leafHash, mac } = row;
    const position = String(row.position);
    if (!this.seal.fits(entry, leafHash, mac, row)) throw new ForgedEvent(stream, revision, position);
    return { position, stream, revision, id, type, entry, leafHash, mac };
  }

  private assertOpen(): void {
    if (!this.db.open) throw new StoreFailed('the event store is closed');
  }

  private assertSound(): void {
    this.assertOpen();
    this.schema.assertSound();
  }
}

/** Positions of this engine are row numbers, written in decimal. */
function rowOf(position: Position): number {
  const row = Number(position);
  if (!/^\d+$/.test(position) || !Number.isSafeInteger(row))
    throw new RangeError('not a position of this store');
  return row;
}
