import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Marks } from '../port.js';
import type { Connection } from './database.js';

/** Marks as JSON text by name; the last write wins, and is on disk when `write` returns. */
export function marksIn(connection: Connection): Marks {
  const read = connection.prepare<[string], { value: string }>('SELECT value FROM marks WHERE name = ?');
  const write = connection.prepare(
    'INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    read(name) {
      const row = read.get(name);
      return row ? JSON.parse(row.value) : null;
    },
    write: (name, value) => void write.run(name, JSON.stringify(value)),
  };
}

/**
 * Those of these marks that were ever written; none where there is no file. Reads only, beside the processes that write or
 * without them. Throws SQLite's error when the file is none.
 */
export function marksKept(file: string, names: readonly string[]): readonly string[] {
  if (!existsSync(file)) return [];
  const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: PATIENCE_MS });
  try {
    const marks = marksIn(connection);
    return names.filter((name) => marks.read(name) !== null);
  } finally {
    connection.close();
  }
}

/** How long another process's lock is waited for, in milliseconds. */
const PATIENCE_MS = 5_000;
