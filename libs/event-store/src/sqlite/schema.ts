import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SchemaTooNew, StoreFailed } from '../port.js';
import { schemaOf } from './schema-guard.js';

/** One step of the schema. Steps are numbered, only ever added at the end, and never edited once released. */
interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'events',
    sql: `
      CREATE TABLE events (
        position  INTEGER PRIMARY KEY,
        stream    TEXT    NOT NULL,
        revision  INTEGER NOT NULL CHECK (revision >= 0),
        id        TEXT    NOT NULL UNIQUE,
        type      TEXT    NOT NULL,
        entry     TEXT    NOT NULL,
        leaf_hash TEXT    NOT NULL CHECK (length(leaf_hash) = 64),
        mac       TEXT    NOT NULL CHECK (length(mac) = 64),
        UNIQUE (stream, revision)
      ) STRICT;

      CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
      BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;

      CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
      BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;

      -- A stream grows by one event at a time at its end, and so does the global order. REPLACE would delete the
      -- row in its way, and fires delete triggers only where recursive_triggers is on, which a stranger's
      -- connection need not have: so the row in its way is looked for here. FAIL and not ABORT: nothing is written
      -- yet that would have to be undone, and ABORT would make SQLite copy every page before each insert.
      CREATE TRIGGER events_are_only_added BEFORE INSERT ON events
      WHEN NEW.position <= (SELECT max(position) FROM events)
        OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
        OR EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND revision >= NEW.revision)
        OR (NEW.revision > 0
            AND NOT EXISTS (SELECT 1 FROM events WHERE stream = NEW.stream AND revision = NEW.revision - 1))
      BEGIN SELECT RAISE(FAIL, 'an event is only ever added at the end'); END;
    `,
  },
];

/** The schema that this program writes. */
export const SCHEMA_VERSION = migrations.length;

/** How long opening waits for another process that is opening or migrating the same file, in milliseconds. */
const OPENING_PATIENCE_MS = 10_000;

/**
 * Makes the file ready: directory, write-ahead log, schema. Safe to run again, and in two processes at once: the
 * version is read inside the same `BEGIN IMMEDIATE` that applies what is missing. A crash inside leaves the older
 * schema whole, and the next open migrates again. Throws `SchemaTooNew`, and `StoreFailed` where anything stands in the
 * schema that the migrations do not put there, having changed nothing.
 */
export function prepareFile(file: string): void {
  makeDirectory(dirname(file));
  patiently(() => {
    const db = new Database(file, { timeout: OPENING_PATIENCE_MS });
    try {
      refuseNewer(schemaVersion(db));
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      const expected = soundSchema();
      db.transaction(() => {
        migrate(db);
        if (schemaOf(db) !== expected) throw foreignSchema();
      }).immediate();
    } finally {
      db.close();
    }
  });
}

/** What a sound file consists of (`schemaOf`): the migrations are run where nobody else can write. */
export function soundSchema(): string {
  if (sound === undefined) {
    const db = new Database(':memory:');
    try {
      migrate(db);
      sound = schemaOf(db);
    } finally {
      db.close();
    }
  }
  return sound;
}
let sound: string | undefined;

/** A table, index, trigger or view in the file is missing, another's, or changed: somebody else has been at it. */
export const foreignSchema = (): StoreFailed =>
  new StoreFailed('the schema of the event store is not the one that this program made');

/** Refuses a file that this program cannot read: newer (`SchemaTooNew`), or without an event store's schema. */
export function assertReadable(db: Database.Database): void {
  const found = schemaVersion(db);
  refuseNewer(found);
  if (found < SCHEMA_VERSION)
    throw new StoreFailed(`the event store has schema ${found}: open it for writing once`);
}

/** Inside a write transaction, wherever others may write. */
function migrate(db: Database.Database): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT',
  );
  const current = schemaVersion(db);
  refuseNewer(current);
  for (const { version, name, sql } of migrations.slice(current)) {
    db.exec(sql);
    db.prepare('INSERT INTO schema_migrations (version, name) VALUES (?, ?)').run(version, name);
  }
}

function schemaVersion(db: Database.Database): number {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'schema_migrations'").get();
  if (!table) return 0;
  const version = db.prepare<[], number | null>('SELECT max(version) FROM schema_migrations').pluck().get();
  return version ?? 0;
}

function refuseNewer(found: number): void {
  if (found > SCHEMA_VERSION) throw new SchemaTooNew(found, SCHEMA_VERSION);
}

/** SQLite answers BUSY at once, whatever the timeout, when two connections switch to WAL together: try again. */
function patiently(step: () => void): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += 5) {
    try {
      step();
      return;
    } catch (error) {
      const busy = String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
      if (!busy || waited >= OPENING_PATIENCE_MS) throw error;
      Atomics.wait(cell, 0, 0, 5);
    }
  }
}

/** Creates the directory and makes each new name durable, so that a power loss cannot take the file with it. */
function makeDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    const parent = openSync(dirname(made), 'r');
    fsyncSync(parent);
    closeSync(parent);
  }
}
