import type Database from 'better-sqlite3';
import { VaultUnavailable } from '../port.js';

/**
 * The schema of `keys.sqlite`, one step for each version: append only, never edit one that was released.
 * Override rows of moved data keys (decision 11) will be a table of their own here: data key, the key that wraps it
 * now, wrap; and a column of dirty cohorts.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    generation INTEGER NOT NULL,        -- raised by every destruction; caches are dropped when it moves
    epoch INTEGER NOT NULL,             -- the root that wraps new keys; 0 before the first start is done
    epoch_generation INTEGER NOT NULL,  -- the generation at which this epoch began
    fence INTEGER NOT NULL              -- the highest fencing token seen
  ) STRICT;
  INSERT INTO state VALUES (1, 1, 0, 1, 0);

  CREATE TABLE keys (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    epoch INTEGER NOT NULL,             -- whose root opens the wrap
    wrap BLOB NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tombstones (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    generation INTEGER NOT NULL,        -- the one that its destruction raised
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE readers (
    reader TEXT PRIMARY KEY,            -- one open vault
    process TEXT NOT NULL,
    generation INTEGER NOT NULL,        -- the newest it has seen, with its cache dropped
    seen_at INTEGER NOT NULL            -- real time, ms
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The schema version this program knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the schema up to date; call it inside `BEGIN IMMEDIATE`, so that two starts at once do it once.
 * Throws `VaultUnavailable` for a schema newer than this program.
 */
export function migrate(db: Database.Database): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found > SCHEMA_VERSION) {
    throw new VaultUnavailable(
      `the key store has schema ${found}, this program knows ${SCHEMA_VERSION}: start the newer Kiroku`,
    );
  }
  for (const step of MIGRATIONS.slice(found)) db.exec(step);
  if (found < SCHEMA_VERSION) db.pragma(`user_version = ${SCHEMA_VERSION}`);
}
