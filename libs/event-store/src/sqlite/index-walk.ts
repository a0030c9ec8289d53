import { hash, randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';

/** The largest position that is told apart from its neighbours. */
export const MAX_POSITION = Number.MAX_SAFE_INTEGER;
/** Numbers that JavaScript does not hold are none of ours: the library would throw for them. */
export const number = (sql: string): string =>
  `CASE WHEN typeof(${sql}) = 'integer' AND ${sql} BETWEEN 0 AND ${MAX_POSITION} THEN ${sql} END`;

/** What an index says of a row: its columns, and where the row is. */
export interface IndexEntry {
  readonly text: unknown;
  /** Null in the index over ids, and where it is no number. */
  readonly revision: number | null;
  readonly position: number | null;
}

/** Entries looked at between two pauses: about a millisecond. */
const STEP = 512;
/** Hexadecimal digits of each hash that are added up: 48 bits, so that a sum is a number. */
const HEX = 12;

/**
 * What some rows or entries are, in any order: the sum of a hash of each. Whoever does not know the key, which is new
 * for every check, cannot make others that have the same sum.
 */
export class Tally {
  count = 0;
  private sum = 0;

  constructor(private readonly key: string) {}

  /** A new one, and another of the same key to compare it with. */
  static pair(): readonly [Tally, Tally] {
    const key = randomBytes(16).toString('base64');
    return [new Tally(key), new Tally(key)];
  }

  add({ text, revision, position }: IndexEntry): void {
    const digest = hash('sha256', `${this.key} ${position} ${revision} ${String(text)}`);
    this.sum = (this.sum + Number.parseInt(digest.slice(0, HEX), 16)) % 2 ** (4 * HEX);
    this.count += 1;
  }

  clear(): void {
    [this.sum, this.count] = [0, 0];
  }

  equals(other: Tally): boolean {
    return this.count === other.count && this.sum === other.sum;
  }
}

/** One unique index of the events table. */
export interface UniqueIndex {
  readonly name: string;
  readonly text: 'id' | 'stream';
  readonly revision: boolean;
}
export const BY_ID: UniqueIndex = { name: 'sqlite_autoindex_events_1', text: 'id', revision: false };
export const BY_REVISION: UniqueIndex = {
  name: 'sqlite_autoindex_events_2',
  text: 'stream',
  revision: true,
};

/**
 * Every entry of an index as it lies in the file, from one end to the other, in one read: page by page each would be
 * looked up anew, and what lies between them not seen. Yields null to pause. Throws what the library does for a damaged
 * page, or when there is no such index.
 */
export function* entriesOf(
  db: Database,
  { name, text, revision }: UniqueIndex,
): Generator<IndexEntry | null, void, void> {
  const rows = db
    .prepare<[], [unknown, number | null, number | null]>(
      `SELECT ${text}, ${revision ? number('revision') : 'NULL'}, ${number('position')}
       FROM events INDEXED BY ${name} ORDER BY ${text}${revision ? ', revision' : ''}`,
    )
    .raw();
  let looked = 0;
  for (const [value, at, position] of rows.iterate()) {
    yield { text: value, revision: at, position };
    looked += 1;
    if (looked % STEP === 0) yield null;
  }
}

/** Whether an entry stands before another in an index: SQLite goes by the bytes. */
export function isBefore(one: IndexEntry, other: IndexEntry): boolean {
  const order = inBytes(String(one.text), String(other.text));
  return order < 0 || (order === 0 && one.revision !== null && one.revision < (other.revision ?? 0));
}

/** From here on JavaScript's order, by UTF-16, is another. */
const SURROGATES = /[\ud800-\uffff]/;
const inBytes = (one: string, other: string): number => {
  if (one === other) return 0;
  if (SURROGATES.test(one) || SURROGATES.test(other))
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : 1;
};
