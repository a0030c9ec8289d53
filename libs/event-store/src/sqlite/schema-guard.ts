import type { Database, Statement } from 'better-sqlite3';

// Loaded by the writer thread by URL (see writer.ts): type imports only, erasable syntax only.

/**
 * Everything that a database is made of, as one text: tables, indexes, triggers and views. Read from the table itself,
 * whatever index somebody may have put on it.
 */
export const schemaOf = (db: Database): string =>
  JSON.stringify(
    db
      .prepare(
        'SELECT type, name, tbl_name, sql FROM sqlite_schema NOT INDEXED ORDER BY type, name, tbl_name, sql',
      )
      .raw()
      .all(),
  );

/**
 * Sees to it that an open database is made as the migrations make it. A trigger may drop what is inserted, an index may
 * hide what is there, and no MAC shows either. Asked for every batch and every read, so what it asks is a number in the
 * first page; only where that has changed is everything compared.
 */
export class SchemaGuard {
  private readonly version: Statement<[], number>;
  private readonly db: Database;
  private readonly expected: string;
  private readonly refusal: () => Error;
  private seen: number | undefined;

  /** `expected` is what `schemaOf` says of a sound database; `refusal` makes the error that is thrown otherwise. */
  constructor(db: Database, expected: string, refusal: () => Error) {
    this.db = db;
    this.expected = expected;
    this.refusal = refusal;
    this.version = db.prepare<[], number>('PRAGMA schema_version').pluck();
  }

  /** Throws when the database consists of anything else than it should. */
  assertSound(): void {
    // Before the rest: what changes in between changes it once more.
    const version = this.version.get();
    if (version === this.seen) return;
    if (schemaOf(this.db) !== this.expected) throw this.refusal();
    this.seen = version;
  }
}
