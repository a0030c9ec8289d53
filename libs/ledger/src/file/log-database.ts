import type { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { encodeTile, decodeTile } from '../core/tiles.js';
import type { Hash } from '../core/hashing.js';
import { LogInconsistent, LogNotFound, SequencerSuperseded, type SequencedEvent } from '../port.js';
import { migrate, schemaNumber, SoundSchema } from './log-schema.js';

/** The one row that says what the log is: a checkpoint, and what an append needs to go on from it. */
export interface CheckpointRow {
  readonly origin: string;
  readonly size: number;
  readonly previousSize: number;
  readonly root: Hash;
  readonly frontier: readonly Hash[];
  readonly note: string;
  readonly position: string | null;
  readonly eventId: string | null;
  readonly fence: number;
  readonly createdAt: string;
}

interface StoredRow {
  origin: string;
  size: number;
  previous_size: number;
  root: Buffer;
  frontier: Buffer;
  note: string;
  position: string | null;
  event_id: string | null;
  fence: number;
  created_at: string;
}

/** A second process that opens at the same moment waits this long; a busy sequencer is never waited for. */
const OPENING_PATIENCE_MS = 5_000;
/** `PRAGMA synchronous` for FULL. */
const FULL = 2;

type AroundCommit = (commit: () => void) => void;
const commitOnly: AroundCommit = (commit) => commit();

/** `ledger.sqlite`: the checkpoint's row and the leaf index. */
export class LogDatabase {
  private leafQuery: Database.Statement<[string], { leaf_index: number }> | undefined;
  private idsQuery: Database.Statement<[number, number], [number, string]> | undefined;
  private readonly schema: SoundSchema;

  private constructor(
    private readonly db: Database.Database,
    private readonly aroundCommit: AroundCommit,
  ) {
    this.schema = new SoundSchema(db);
  }

  /**
   * Opens for writing, makes what is missing. `aroundCommit` lets a test stop the machine there. Throws LogSchemaTooNew,
   * and LogInconsistent for a schema that somebody else had a hand in.
   */
  static open(file: string, aroundCommit: AroundCommit = commitOnly): LogDatabase {
    const db = new Database(file, { timeout: OPENING_PATIENCE_MS });
    try {
      db.pragma('journal_mode = WAL');
      // After WAL and by name: the library's own default would commit without any fsync (decision 5).
      db.pragma('synchronous = FULL');
      if (
        db.pragma('journal_mode', { simple: true }) !== 'wal' ||
        db.pragma('synchronous', { simple: true }) !== FULL
      ) {
        throw new Error(`${file} cannot be opened with a write-ahead log and full synchronisation`);
      }
      const log = new LogDatabase(db, aroundCommit);
      db.transaction(() => {
        migrate(db);
        log.schema.assert();
      }).immediate();
      return log;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Opens for reading only. Throws LogNotFound while the worker has not made the log, LogSchemaTooNew, LogInconsistent. */
  static openReadOnly(file: string): LogDatabase {
    const log = LogDatabase.openForCheck(file);
    try {
      log.schema.assert();
      return log;
    } catch (error) {
      log.close();
      throw error;
    }
  }

  /** Opens for reading only, as it is: whoever checks a log asks `schemaHolds` and reads on. Throws like `openReadOnly`. */
  static openForCheck(file: string): LogDatabase {
    let db: Database.Database;
    // Asked first: without the directory the library throws an error of no code.
    if (!existsSync(file)) throw new LogNotFound(file);
    try {
      db = new Database(file, { readonly: true, fileMustExist: true, timeout: OPENING_PATIENCE_MS });
    } catch (error) {
      if ((error as { code?: string }).code === 'SQLITE_CANTOPEN') throw new LogNotFound(file);
      throw error;
    }
    try {
      const log = new LogDatabase(db, commitOnly);
      if (schemaNumber(db) === 0 || log.findRow() === null) throw new LogNotFound(file);
      return log;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Runs `work` as the only writer of the log, in one transaction: the files and the row change under one lock, which
   * the system releases when this process dies. Somebody else in here means SequencerSuperseded, at once.
   */
  exclusively<T>(work: () => T): T {
    this.begin();
    try {
      this.schema.assert();
      const result = work();
      // The moment of truth: before it the log has the old checkpoint, after it the new one.
      this.aroundCommit(() => this.db.exec('COMMIT'));
      return result;
    } finally {
      // Still open only when `work` or the commit failed: nothing of it is kept.
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
    }
  }

  private begin(): void {
    this.db.pragma('busy_timeout = 0');
    try {
      this.db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') !== true) throw error;
      throw new SequencerSuperseded('another sequencer is writing the log');
    } finally {
      this.db.pragma(`busy_timeout = ${OPENING_PATIENCE_MS}`);
    }
  }

  findRow(): CheckpointRow | null {
    const row = this.db.prepare<[], StoredRow>('SELECT * FROM checkpoint WHERE id = 1').get();
    return row === undefined ? null : fromStored(row);
  }

  /** The row of a log that `create` has made. */
  row(): CheckpointRow {
    this.schema.assert();
    return this.rowAsItIs();
  }

  /** Like `row`, whatever the schema. */
  rowAsItIs(): CheckpointRow {
    const row = this.findRow();
    if (row === null) throw new LogNotFound(this.db.name);
    return row;
  }

  create(row: CheckpointRow): void {
    this.db
      .prepare(
        `INSERT INTO checkpoint VALUES (1, @origin, @size, @previous_size, @root, @frontier, @note, @position,
         @event_id, @fence, @created_at)`,
      )
      .run(toStored(row));
  }

  /** Compare-and-swap: replaces the row only while size and fence are those of `before`. Throws SequencerSuperseded. */
  swap(before: CheckpointRow, after: CheckpointRow): void {
    const { changes } = this.db
      .prepare(
        `UPDATE checkpoint SET size = @size, previous_size = @previous_size, root = @root, frontier = @frontier,
         note = @note, position = @position, event_id = @event_id, fence = @fence, created_at = @created_at
         WHERE id = 1 AND origin = @origin AND size = @before_size AND fence = @before_fence`,
      )
      .run({ ...toStored(after), before_size: before.size, before_fence: before.fence });
    if (changes !== 1) throw new SequencerSuperseded('the checkpoint has moved');
  }

  insertLeaves(first: number, events: readonly SequencedEvent[]): void {
    const insert = this.db.prepare('INSERT INTO leaves VALUES (?, ?, ?)');
    for (const [at, { eventId, position }] of events.entries()) {
      const { changes } = insert.run(first + at, eventId, position);
      if (changes !== 1)
        throw new LogInconsistent('ledger.sqlite', 'an entry was dropped instead of written');
    }
  }

  leafOf(eventId: string): number | null {
    this.schema.assert();
    return this.leafByIndex(eventId);
  }

  /** Like `leafOf`, whatever the schema. */
  leafByIndex(eventId: string): number | null {
    this.leafQuery ??= this.db.prepare('SELECT leaf_index FROM leaves WHERE event_id = ?');
    return this.leafQuery.get(eventId)?.leaf_index ?? null;
  }

  /** The ids in the index from one leaf on, up to but without another, by leaf index. */
  idsIn(first: number, end: number): ReadonlyMap<number, string> {
    this.idsQuery ??= this.db
      .prepare<[number, number], [number, string]>(
        'SELECT leaf_index, event_id FROM leaves WHERE leaf_index >= ? AND leaf_index < ?',
      )
      .raw();
    return new Map(this.idsQuery.all(first, end));
  }

  /** Whether tables, indexes and triggers are those that this program makes, and nothing besides. */
  schemaHolds(): boolean {
    return this.schema.holds();
  }

  /** How many leaves the table has, how many of them before the first entry, and how many its index over ids has. */
  leafCounts(): { readonly rows: number; readonly strays: number; readonly indexed: number } {
    const count = (from: string): number =>
      this.db.prepare<[], number>(`SELECT count(*) FROM ${from}`).pluck().get() ?? 0;
    return this.atOnce(() => ({
      rows: count('leaves NOT INDEXED'),
      strays: count('leaves WHERE leaf_index < 0'),
      indexed:
        this.db
          .prepare<[], number>('SELECT count(event_id) FROM leaves INDEXED BY sqlite_autoindex_leaves_1')
          .pluck()
          .get() ?? 0,
    }));
  }

  /** Runs `read` over one state of the database, whatever is written meanwhile. */
  atOnce<T>(read: () => T): T {
    return this.db.transaction(read)();
  }

  /** The last leaf of the index; null when it has none. */
  lastLeaf(): { readonly leafIndex: number; readonly eventId: string } | null {
    const leaf = this.db
      .prepare<[], { leaf_index: number; event_id: string }>(
        'SELECT leaf_index, event_id FROM leaves ORDER BY leaf_index DESC LIMIT 1',
      )
      .get();
    return leaf === undefined ? null : { leafIndex: leaf.leaf_index, eventId: leaf.event_id };
  }

  close(): void {
    this.db.close();
  }
}

const fromStored = (row: StoredRow): CheckpointRow => ({
  origin: row.origin,
  size: row.size,
  previousSize: row.previous_size,
  root: row.root,
  frontier: decodeTile(row.frontier),
  note: row.note,
  position: row.position,
  eventId: row.event_id,
  fence: row.fence,
  createdAt: row.created_at,
});

const toStored = (row: CheckpointRow): StoredRow => ({
  origin: row.origin,
  size: row.size,
  previous_size: row.previousSize,
  root: row.root,
  frontier: encodeTile(row.frontier),
  note: row.note,
  position: row.position,
  event_id: row.eventId,
  fence: row.fence,
  created_at: row.createdAt,
});
