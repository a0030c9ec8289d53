import Database from 'better-sqlite3';
import { SchemaTooNew, StoreFailed } from '../port.js';
import { assertReadable } from './schema.js';
import { AppendSeal, leafHashOf } from './seal.js';

/** What is wrong with a row by itself or among the rows of its stream. */
export type RowFault =
  /** A column does not hold what the schema has there: nothing more is said of the row. */
  | 'malformed'
  /** The stored leaf hash is not that of the stored entry. */
  | 'leaf-hash'
  /** The MAC is not the one that the append key gives to this leaf hash at this place (decision 7). */
  | 'mac'
  /** The stream has no event of the revision before, or has it further on in the global order. */
  | 'revision'
  /** Whoever looks for the row by its id, or by stream and revision, does not find it: an index was changed. */
  | 'index';

/** A row of the events table as it lies in the file. */
export interface AuditedRow {
  /** In the global order; positions of this engine have no gaps, and begin at 1. */
  readonly position: number;
  /** Of the bytes of the entry, whatever the row says: lower-case hex; null for a malformed row. */
  readonly leafHash: string | null;
  /** Null unless the MAC holds: what somebody else wrote is repeated nowhere. */
  readonly stream: string | null;
  /** Like the stream. */
  readonly id: string | null;
  readonly faults: readonly RowFault[];
}

/** The file cannot be read on from here: a damaged page, or a disk that fails. */
export class EventsUnreadable extends Error {
  readonly code = 'events-unreadable';
  constructor(
    /** The last position that could be read; 0 for none. */
    readonly after: number,
    options?: ErrorOptions,
  ) {
    super(`the events after position ${after} cannot be read`, options);
    this.name = 'EventsUnreadable';
  }
}

/** Reads every row as it is, for a full check: where the store's own reads stop, this one says what it saw and goes on. */
export interface EventsAudit {
  /** Up to `limit` rows after a position, in order; 0 for the beginning. Throws `EventsUnreadable`. */
  rows(after: number, limit: number): readonly AuditedRow[];
  /** Rows at positions that no append gives: before the first, or beyond every number. */
  strays(): number;
  close(): void;
}

export interface EventsAuditOptions {
  /** The events' file. */
  readonly file: string;
  /** The append key: 32 bytes. */
  readonly macKey: Uint8Array;
}

interface RawRow {
  readonly position: number;
  readonly stream: unknown;
  readonly revision: unknown;
  readonly id: unknown;
  readonly type: unknown;
  readonly entry: unknown;
  readonly leafHash: unknown;
  readonly mac: unknown;
  /** Where the row before it in its stream stands. */
  readonly previous: number | null;
  readonly byId: number | null;
  readonly byRevision: number | null;
}

const MAX_POSITION = Number.MAX_SAFE_INTEGER;
const POSITIONS = `position BETWEEN 1 AND ${MAX_POSITION}`;
/** Numbers that JavaScript does not hold are none of ours: the library would throw for them. */
const number = (sql: string): string =>
  `CASE WHEN typeof(${sql}) = 'integer' AND ${sql} BETWEEN 0 AND ${MAX_POSITION} THEN ${sql} END`;
const positionOf = (where: string): string =>
  `(SELECT other.position FROM events AS other WHERE ${where} AND other.${POSITIONS} LIMIT 1)`;

/**
 * Opens the table for a full check, on a read-only connection of its own: beside a running api and worker, or without
 * either. No call leaves a read transaction open. Throws `SchemaTooNew`, `StoreFailed` when there is no event store of
 * this schema, RangeError for a key of another length.
 */
export function openSqliteEventsAudit({ file, macKey }: EventsAuditOptions): EventsAudit {
  const seal = new AppendSeal(macKey);
  try {
    return new SqliteEventsAudit(new Database(file, { readonly: true, fileMustExist: true }), seal);
  } catch (cause) {
    if (cause instanceof SchemaTooNew || cause instanceof StoreFailed) throw cause;
    throw new StoreFailed(`the event store ${file} cannot be opened`, { cause });
  }
}

class SqliteEventsAudit implements EventsAudit {
  private readonly page: Database.Statement<[number, number], RawRow>;

  constructor(
    private readonly db: Database.Database,
    private readonly seal: AppendSeal,
  ) {
    try {
      assertReadable(db);
      this.page = db.prepare(
        `SELECT position, stream, ${number('revision')} AS revision, id, type, entry, leaf_hash AS leafHash, mac,
           ${positionOf('other.stream = events.stream AND other.revision = events.revision - 1')} AS previous,
           ${positionOf('other.id = events.id')} AS byId,
           ${positionOf('other.stream = events.stream AND other.revision = events.revision')} AS byRevision
         FROM events WHERE position > ? AND ${POSITIONS} ORDER BY position LIMIT ?`,
      );
    } catch (error) {
      db.close();
      throw error;
    }
  }

  rows(after: number, limit: number): readonly AuditedRow[] {
    try {
      return this.page.all(after, limit).map((row) => this.audited(row));
    } catch (cause) {
      // One row at a time from here: all that can be read before the damage is.
      if (limit > 1) return this.rowsUpToDamage(after, limit);
      throw new EventsUnreadable(after, { cause });
    }
  }

  strays(): number {
    const count = `SELECT count(*) FROM events WHERE NOT (${POSITIONS})`;
    return this.db.prepare<[], number>(count).pluck().get() ?? 0;
  }

  close(): void {
    this.db.close();
  }

  /** At least one row, or `EventsUnreadable`. */
  private rowsUpToDamage(after: number, limit: number): readonly AuditedRow[] {
    const rows: AuditedRow[] = [];
    while (rows.length < limit) {
      try {
        const [row] = this.rows(rows.at(-1)?.position ?? after, 1);
        if (row === undefined) break;
        rows.push(row);
      } catch (error) {
        if (rows.length === 0) throw error;
        break;
      }
    }
    return rows;
  }

  private audited(row: RawRow): AuditedRow {
    const { position, stream, revision, id, type, entry, leafHash, mac } = row;
    if (!areTexts([stream, id, type, entry, leafHash, mac]) || typeof revision !== 'number') {
      return { position, leafHash: null, stream: null, id: null, faults: ['malformed'] };
    }
    const place = { position, stream: stream as string, revision, id: id as string, type: type as string };
    const computed = leafHashOf(entry as string);
    const faults: RowFault[] = [];
    if (computed !== leafHash) faults.push('leaf-hash');
    const genuine = this.seal.isOf(leafHash as string, mac as string, place);
    if (!genuine) faults.push('mac');
    if (revision > 0 && !(row.previous !== null && row.previous < position)) faults.push('revision');
    if (row.byId !== position || row.byRevision !== position) faults.push('index');
    return {
      position,
      leafHash: computed,
      stream: genuine ? place.stream : null,
      id: genuine ? place.id : null,
      faults,
    };
  }
}

const areTexts = (columns: readonly unknown[]): boolean =>
  columns.every((column) => typeof column === 'string');
