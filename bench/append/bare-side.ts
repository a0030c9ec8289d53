import Database from 'better-sqlite3';
import { benchId } from '../ids.js';
import type { Side } from '../rounds.js';
import { cpuSince } from './port-side.js';

/** The columns and indexes of the event store's table, without its triggers. */
const TABLE = `
  CREATE TABLE events (
    position  INTEGER PRIMARY KEY,
    stream    TEXT    NOT NULL,
    revision  INTEGER NOT NULL,
    id        TEXT    NOT NULL UNIQUE,
    type      TEXT    NOT NULL,
    entry     TEXT    NOT NULL,
    leaf_hash TEXT    NOT NULL,
    mac       TEXT    NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT`;

export interface BareDatabase {
  side(batch: number): Side;
  close(): void;
}

/**
 * The floor: better-sqlite3 alone, in the calling thread, with the same durability. Everything but the ids is ready
 * beforehand (`entries` were sealed before, hashes are constant), and a commit takes exactly `batch` events.
 */
export function bareDatabase(file: string, entries: readonly string[]): BareDatabase {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // As the event store has it: checkpoints cost the same on both sides.
  db.pragma('wal_autocheckpoint = 2000');
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('the floor would not be durable');
  db.exec(TABLE);
  const insert = db.prepare('INSERT INTO events VALUES (?, ?, 0, ?, ?, ?, ?, ?)');
  const hash = 'a'.repeat(64);
  let position = 0;
  const write = db.transaction((batch: number) => {
    for (let index = 0; index < batch; index += 1) {
      position += 1;
      const entry = entries[position % entries.length];
      insert.run(position, `inquiry-${benchId()}`, benchId(), 'InformationProvided', entry, hash, hash);
    }
  });
  return {
    close: () => db.close(),
    side: (batch) => ({
      name: 'bare better-sqlite3',
      work: async (ms) => {
        const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
        let operations = 0;
        for (; performance.now() - began < ms; operations += batch) write.immediate(batch);
        const seconds = (performance.now() - began) / 1_000;
        return { operations, seconds, cpuSeconds: cpuSince(cpuBefore) };
      },
    }),
  };
}
