import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';

export type Connection = Database.Database;

/** One step of a schema; its number is its place in the list, counted from 1. Append only, never edit. */
export type Migration = string;

/** The file was written by a newer Kiroku than this one: refuse, rather than misread it (STYLE 14). */
export class OperationsSchemaTooNew extends Error {
  readonly code = 'schema-too-new';
  constructor(
    readonly file: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(`${file} has schema ${found}, this program knows ${known}; run the newer version`);
    this.name = 'OperationsSchemaTooNew';
  }
}

/**
 * Brings the schema up to date, one step after another, in one transaction: a crash leaves the old schema, and
 * a second process that starts at the same time waits for the lock and finds nothing left to do.
 */
function migrate(connection: Connection, file: string, migrations: readonly Migration[]): void {
  connection
    .transaction(() => {
      const found = connection.pragma('user_version', { simple: true }) as number;
      if (found > migrations.length) throw new OperationsSchemaTooNew(file, found, migrations.length);
      for (const step of migrations.slice(found)) connection.exec(step);
      connection.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}

export type Synchronous = 'NORMAL' | 'FULL';

/**
 * Opens a connection: write-ahead log, five seconds of patience for another process's lock. The file is made
 * readable by its owner only; SQLite gives its journals the same mode.
 */
export function openConnection(
  file: string,
  synchronous: Synchronous,
  migrations: readonly Migration[],
): Connection {
  closeSync(openSync(file, 'a', 0o600));
  const connection = new Database(file, { timeout: 5000 });
  try {
    connection.pragma('journal_mode = WAL');
    // After WAL and explicitly: the library is built with a default that commits without any fsync (decision 5).
    connection.pragma(`synchronous = ${synchronous}`);
    migrate(connection, file, migrations);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}
