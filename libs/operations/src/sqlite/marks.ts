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
 * Those of these marks that were ever written, whatever is in them; none where there is no file, and `unreadable` where it
 * is not one of marks, or cannot be read. Reads only, beside the processes that write or without them. Never throws.
 */
export function marksKept(file: string, names: readonly string[]): readonly string[] | 'unreadable' {
  if (!existsSync(file)) return [];
  try {
    const connection = new Database(file, { readonly: true, fileMustExist: true, timeout: PATIENCE_MS });
    try {
      const written = connection.prepare<[string]>('SELECT 1 FROM marks WHERE name = ?');
      return names.filter((name) => written.get(name) !== undefined);
    } finally {
      connection.close();
    }
  } catch {
    return 'unreadable';
  }
}

/** How long another process's lock is waited for, in milliseconds. */
const PATIENCE_MS = 5_000;
