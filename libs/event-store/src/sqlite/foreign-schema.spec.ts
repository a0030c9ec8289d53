import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { codeOf, eventOf } from '../contract/specimens.contract.js';
import type { EventStore, Receipt } from '../port.js';
import { Appender } from './appender.js';
import { openSqliteEventsAudit } from './audit.js';
import { AppendSeal, leafHashOf } from './seal.js';
import { openSqliteEventReads, openSqliteEventStore } from './sqlite-event-store.js';

const macKey = Buffer.alloc(32, 0x4b);

/** Drops what it is told to, and lets the writer believe that it was inserted. */
const QUIET = `CREATE TRIGGER quiet BEFORE INSERT ON events WHEN NEW.stream = 'two' BEGIN SELECT RAISE(IGNORE); END`;
/** Holds every column, so that it is the better index for reading a stream, and not the end of one of them. */
const HIDING = `CREATE INDEX hiding ON events (stream, revision, id, type, entry, leaf_hash, mac)
    WHERE NOT (stream = 'one' AND revision > 0);
  PRAGMA writable_schema = ON;
  UPDATE sqlite_schema SET sql = 'CREATE INDEX hiding ON events (stream, revision, id, type, entry, leaf_hash, mac)'
    WHERE name = 'hiding'`;

/** Somebody with the file and without the append key, while the store is open. */
describe('a schema that is not the store’s own', () => {
  let directory: string;
  let store: EventStore;
  let receipts: readonly Receipt[];
  let fatal: Error[];
  const file = (): string => join(directory, 'events.db');
  const open = (): Promise<EventStore> =>
    openSqliteEventStore({ file: file(), macKey, onFatal: (error) => void fatal.push(error) });
  const stranger = (sql: string): void => {
    const db = new Database(file());
    try {
      db.unsafeMode(true);
      db.exec(sql);
      const version = db.pragma('schema_version', { simple: true }) as number;
      if (sql === HIDING) db.pragma(`schema_version = ${version + 1}`);
    } finally {
      db.close();
    }
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-schema-'));
    fatal = [];
    store = await open();
    receipts = await store.append('one', 'no-stream', [eventOf(), eventOf()]);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const changes: readonly (readonly [string, string])[] = [
    ['a trigger that drops events', QUIET],
    ['an index that hides events', HIDING],
    ['a trigger taken away', 'DROP TRIGGER events_are_never_deleted'],
    [
      'a view in the place of the table',
      'ALTER TABLE events RENAME TO e; CREATE VIEW events AS SELECT * FROM e',
    ],
    ['a table of somebody', 'CREATE TABLE notes (text)'],
  ];

  it.each(changes)('%s: no append is acknowledged, and the store ends', async (_what, sql) => {
    stranger(sql);
    expect(await codeOf(store.append('two', 'no-stream', [eventOf()]))).toBe('store-failed');
    expect(fatal).toMatchObject([{ code: 'store-failed', cause: { code: 'foreign-schema' } }]);
  });

  it.each(changes)('%s: no read is answered', async (_what, sql) => {
    await store.headRevisions(['one']);
    stranger(sql);
    const reads: readonly (() => Promise<unknown>)[] = [
      () => store.readStream('one'),
      () => store.headRevisions(['one']),
      () => store.headRevisions(['one', 'two']),
      () => store.readAll(null, 10),
      () => store.readEvent(receipts[0]?.id ?? ''),
      () => store.count('1'),
      () => store.lastPosition(),
    ];
    const answers: string[] = [];
    for (const read of [...reads, ...reads]) answers.push(await codeOf(read()));
    expect(new Set(answers)).toEqual(new Set(['store-failed']));
  });

  it.each(changes)('%s: the file is not opened', async (_what, sql) => {
    await store.close();
    stranger(sql);
    expect(await codeOf(open())).toBe('store-failed');
    expect(await codeOf(openSqliteEventReads({ file: file(), macKey, onFatal: () => undefined }))).toBe(
      'store-failed',
    );
  });

  it.each(changes.filter(([, sql]) => !sql.includes('VIEW')))('%s: the audit says so', (_what, sql) => {
    const holds = (): boolean => {
      const audit = openSqliteEventsAudit({ file: file(), macKey });
      const answer = audit.schemaHolds();
      audit.close();
      return answer;
    };
    expect(holds()).toBe(true);
    stranger(sql);
    expect(holds()).toBe(false);
  });

  it('drops no event unnoticed, even where the schema passed for sound', () => {
    stranger(QUIET);
    const db = new Database(file());
    try {
      const sealing = { seal: new AppendSeal(macKey), leafHashOf };
      const appender = new Appender(db, sealing, { assertSound: () => undefined }, (step) => step());
      const { id, type, entry } = eventOf();
      expect(() => appender.append([[1, 'two', -1, id, type, entry]])).toThrow(
        expect.objectContaining({ code: 'event-dropped' }),
      );
      expect(db.inTransaction).toBe(false);
    } finally {
      db.close();
    }
  });

  it('is none where the file was only made smaller', async () => {
    stranger('VACUUM');
    expect(await codeOf(store.append('one', 1, [eventOf()]))).toBe('appended');
    expect(await store.readStream('one')).toHaveLength(3);
    expect(fatal).toEqual([]);
  });
});
