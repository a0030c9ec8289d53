import Database from 'better-sqlite3';
import { SchemaTooNew, StoreFailed } from '../port.js';
import {
  BY_ID,
  BY_REVISION,
  entriesOf,
  type IndexEntry,
  isBefore,
  MAX_POSITION,
  number,
  Tally,
  type UniqueIndex,
} from './index-walk.js';
import { schemaOf } from './schema-guard.js';
import { assertReadable, soundSchema } from './schema.js';
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
  /** Whoever looks for the row by its id, or by stream and revision, does not find it, or more: an index was changed. */
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

/** What is wrong with a row among the others: found by walking the indexes, not the table. */
export interface IndexFault {
  readonly kind: Extract<RowFault, 'revision' | 'index'>;
  /** Null where an index is wrong and each row is found by it all the same. */
  readonly position: number | null;
  /** Null unless the row's MAC holds. */
  readonly stream: string | null;
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
  /** Whether tables, indexes and triggers are those that this program makes, and nothing besides. */
  schemaHolds(): boolean;
  /**
   * Walks both unique indexes, in order, and holds them against the rows that `rows` has given: to be run after it, from
   * the first row on. Yields null to pause; a read transaction is open until it ends or is returned from.
   */
  indexFaults(): Generator<IndexFault | null, void, void>;
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
}

/** Where the indexes lead to whoever looks for a row by what it says. */
interface FoundRow {
  readonly position: number;
  readonly byId: number | null;
  readonly byRevision: number | null;
}

const POSITIONS = `position BETWEEN 1 AND ${MAX_POSITION}`;
const positionOf = (where: string): string =>
  `(SELECT other.position FROM events AS other WHERE ${where} AND other.${POSITIONS} LIMIT 1)`;
/** Rows that are looked up between two pauses, where an index is not what it should be. */
const SEARCHED = 64;

/**
 * Opens the table for a full check, on a read-only connection of its own: beside a running api and worker, or without
 * either. No call but `indexFaults` leaves a read transaction open. Throws `SchemaTooNew`, `StoreFailed` when there is no event store of
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
  /** What the rows are that were read, and room for what an index says of them. */
  private readonly ids = Tally.pair();
  private readonly revisions = Tally.pair();
  /** The last position that was read. */
  private upTo = 0;

  constructor(
    private readonly db: Database.Database,
    private readonly seal: AppendSeal,
  ) {
    try {
      assertReadable(db);
      // One lower bound: of two SQLite takes whichever it likes, and begins every page at the first row.
      this.page = db.prepare(
        `SELECT position, stream, ${number('revision')} AS revision, id, type, entry, leaf_hash AS leafHash, mac
         FROM events WHERE position > max(?, 0) AND position <= ${MAX_POSITION} ORDER BY position LIMIT ?`,
      );
    } catch (error) {
      db.close();
      throw error;
    }
  }

  rows(after: number, limit: number): readonly AuditedRow[] {
    try {
      return this.page.all(after, limit).map((row) => {
        this.take(row);
        return this.audited(row);
      });
    } catch (cause) {
      // One row at a time from here: all that can be read before the damage is.
      if (limit > 1) return this.rowsUpToDamage(after, limit);
      throw new EventsUnreadable(after, { cause });
    }
  }

  schemaHolds(): boolean {
    return schemaOf(this.db) === soundSchema();
  }

  *indexFaults(): Generator<IndexFault | null, void, void> {
    let isWhole = true;
    for (const [index, [rows, entries]] of [
      [BY_ID, this.ids],
      [BY_REVISION, this.revisions],
    ] as const) {
      entries.clear();
      const rises = yield* this.walk(index, entries);
      isWhole &&= rises && entries.equals(rows);
    }
    if (!isWhole) yield* this.hiddenRows();
  }

  strays(): number {
    const count = `SELECT count(*) FROM events WHERE NOT (${POSITIONS})`;
    return this.db.prepare<[], number>(count).pluck().get() ?? 0;
  }

  close(): void {
    this.db.close();
  }

  private take({ position, stream, revision, id }: RawRow): void {
    if (position <= this.upTo) return;
    this.upTo = position;
    this.ids[0].add({ text: id, revision: null, position });
    this.revisions[0].add({ text: stream, revision: revision as number | null, position });
  }

  /** Takes the entries for the rows that were read; returns whether all were in order. */
  private *walk(index: UniqueIndex, entries: Tally): Generator<IndexFault | null, boolean, void> {
    let [last, previous]: (IndexEntry | null)[] = [null, null];
    try {
      for (const entry of entriesOf(this.db, index)) {
        if (entry === null) {
          yield null;
          continue;
        }
        if (last && !isBefore(last, entry)) return false;
        last = entry;
        if (!isPosition(entry.position)) continue;
        if (entry.position <= this.upTo) {
          entries.add(entry);
          if (index.revision && !follows(entry, previous ?? null))
            yield this.faultAt('revision', entry.position);
        }
        previous = entry;
      }
      return true;
    } catch {
      // A page of the index is damaged: what can be found by it is looked up row by row.
      return false;
    }
  }

  /** Looks for every row by its id and by its stream; where each is found, the fault is the index's as a whole. */
  private *hiddenRows(): Generator<IndexFault | null, void, void> {
    let hidden = 0;
    for (let after = 0; after < this.upTo; after += SEARCHED) {
      for (const position of this.notFound(after)) {
        hidden += 1;
        yield this.faultAt('index', position);
      }
      yield null;
    }
    if (hidden === 0) yield { kind: 'index', position: null, stream: null };
  }

  /** Positions of rows that are not found, among so many behind `after`. */
  private notFound(after: number): readonly number[] {
    try {
      const found = this.db
        .prepare<[number, number], FoundRow>(
          `SELECT position, ${positionOf('other.id = events.id')} AS byId,
             ${positionOf('other.stream = events.stream AND other.revision = events.revision')} AS byRevision
           FROM events WHERE position > ? AND position <= ? ORDER BY position`,
        )
        .all(after, Math.min(after + SEARCHED, this.upTo));
      return found
        .filter(({ position, byId, byRevision }) => byId !== position || byRevision !== position)
        .map(({ position }) => position);
    } catch {
      return [];
    }
  }

  private faultAt(kind: IndexFault['kind'], position: number): IndexFault {
    const [row] = this.page.all(position - 1, 1);
    const isThere = row?.position === position;
    return { kind, position, stream: isThere ? this.audited(row).stream : null };
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
    return {
      position,
      leafHash: computed,
      stream: genuine ? place.stream : null,
      id: genuine ? place.id : null,
      faults,
    };
  }
}

const isPosition = (position: number | null): position is number => position !== null && position >= 1;

/** Whether an event has the one of the revision before it in its stream, and earlier in the global order. */
const follows = ({ text, revision, position }: IndexEntry, previous: IndexEntry | null): boolean =>
  revision === null ||
  revision === 0 ||
  (previous !== null &&
    previous.text === text &&
    previous.revision === revision - 1 &&
    (previous.position ?? 0) < (position ?? 0));

const areTexts = (columns: readonly unknown[]): boolean =>
  columns.every((column) => typeof column === 'string');
