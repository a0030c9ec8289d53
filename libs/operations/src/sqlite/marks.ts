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
