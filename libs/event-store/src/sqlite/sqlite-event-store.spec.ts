import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { codeOf, eventOf, nextStream, readEverything } from '../contract/specimens.contract.js';
import { eventStoreContract } from '../event-store.contract.js';
import type { EventReads, EventStore, Receipt, StoreFailed } from '../port.js';
import type { FromWriter } from './protocol.js';
import { prepareFile, SCHEMA_VERSION, soundSchema } from './schema.js';
import { openSqliteEventReads, openSqliteEventStore } from './sqlite-event-store.js';
import { assertDurable } from './writer-thread.js';

const macKey = Buffer.alloc(32, 0x4b);
const onFatal = (error: Error): never => {
  throw error;
};

eventStoreContract('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kiroku-events-'));
  return {
    open: () => openSqliteEventStore({ file: join(directory, 'events.db'), macKey, onFatal }),
    remove: async () => rmSync(directory, { recursive: true }),
  };
});

describe('the SQLite event store', () => {
  let directory: string;
  let file: string;
  const opened: EventReads[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-sqlite-'));
    file = join(directory, 'data', 'events.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
    rmSync(directory, { recursive: true });
  });

  const open = async (
    options: { maxPages?: number; onFatal?: (error: StoreFailed) => void } = {},
  ): Promise<EventStore> => {
    const store = await openSqliteEventStore({ file, macKey, onFatal, ...options });
    opened.push(store);
    return store;
  };
  const openReads = async (key = macKey): Promise<EventReads> => {
    const reads = await openSqliteEventReads({ file, macKey: key, onFatal });
    opened.push(reads);
    return reads;
  };
  /** Somebody with the file and without the key. */
  const stranger = <T>(act: (db: Database.Database) => T): T => {
    const db = new Database(file);
    try {
      return act(db);
    } finally {
      db.close();
    }
  };

  describe('its file', () => {
    it('is made with its directory, which is closed to others', async () => {
      await open();
      expect(statSync(join(directory, 'data')).mode & 0o777).toBe(0o700);
    });

    it('is written by a thread that fsyncs every commit', async () => {
      prepareFile(file);
      const writer = new Worker(new URL('./writer.ts', import.meta.url), {
        workerData: { file, macKey, schema: soundSchema() },
      });
      const [message] = (await once(writer, 'message')) as [FromWriter];
      expect(message).toEqual({ kind: 'ready', settings: { journalMode: 'wal', synchronous: 2 } });
      await writer.terminate();
    });

    it.each([
      { journalMode: 'wal', synchronous: 1 },
      { journalMode: 'delete', synchronous: 2 },
      { journalMode: undefined, synchronous: undefined },
    ])('is refused with the settings %j', (settings) => {
      expect(() => assertDurable(settings)).toThrow('would not be durable');
    });

    it('may be prepared again', async () => {
      prepareFile(file);
      prepareFile(file);
      const versions = stranger((db) => db.prepare('SELECT version FROM schema_migrations').pluck().all());
      expect(versions).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1));
    });

    it('of a newer schema is refused, and left alone', async () => {
      await (await open()).close();
      stranger((db) => db.exec("INSERT INTO schema_migrations VALUES (99, 'from the future')"));
      const refusal = { code: 'schema-too-new', found: 99, known: SCHEMA_VERSION };
      await expect(open()).rejects.toMatchObject(refusal);
      await expect(openReads()).rejects.toMatchObject(refusal);
      expect(stranger((db) => db.prepare('SELECT count(*) FROM schema_migrations').pluck().get())).toBe(
        SCHEMA_VERSION + 1,
      );
    });

    it('is not made by reading', async () => {
      await expect(openReads()).rejects.toMatchObject({ code: 'store-failed' });
      await (await open()).close();
      stranger((db) => db.exec('DROP TABLE schema_migrations'));
      await expect(openReads()).rejects.toMatchObject({ code: 'store-failed' });
    });

    it('needs an append key of 32 bytes', async () => {
      await expect(openSqliteEventStore({ file, macKey: Buffer.alloc(31), onFatal })).rejects.toThrow(
        RangeError,
      );
    });
  });

  describe('a row', () => {
    const insert = (or: string, position: number, stream: string, revision: number, id: string): string =>
      `INSERT ${or} INTO events VALUES (${position}, '${stream}', ${revision}, '${id}', 'T', '{}',
        '${'0'.repeat(64)}', '${'0'.repeat(64)}')`;
    const attempts: readonly (readonly [string, string])[] = [
      ['updated', "UPDATE events SET entry = '{}'"],
      ['deleted', 'DELETE FROM events'],
      ['replaced by its position', insert('OR REPLACE', 1, 'new', 0, 'new')],
      ['replaced by its id', insert('OR REPLACE', 9, 'new', 0, 'first')],
      ['replaced by its place in the stream', insert('OR REPLACE', 9, 'stream', 1, 'new')],
      [
        'updated by an upsert',
        `${insert('', 9, 'new', 0, 'first')} ON CONFLICT (id) DO UPDATE SET entry = '{}'`,
      ],
      ['put into its stream before another', insert('', 9, 'stream', 0, 'new')],
      ['put before another', insert('', 0, 'new', 0, 'new')],
      ['put beyond the end of its stream', insert('', 9, 'stream', 3, 'new')],
    ];
    it.each(attempts)('cannot be %s', async (_what, sql) => {
      const store = await open();
      const events = ['first', 'second'].map((id) => ({ ...eventOf(), id }));
      await store.append('stream', 'no-stream', events);
      const before = await store.readAll(null, 10);
      const attempt = (): unknown =>
        stranger((db) => {
          db.pragma('recursive_triggers = OFF');
          db.exec(sql);
        });
      expect(attempt).toThrow(/an event is (never|only)/);
      expect(await store.readAll(null, 10)).toEqual(before);
    });
  });

  describe('a forged row', () => {
    const readers: readonly (readonly [string, (store: EventStore, last: Receipt) => Promise<unknown>])[] = [
      ['reading its stream', (store, { stream }) => store.readStream(stream)],
      ['reading everything', (store) => store.readAll(null, 10)],
      ['reading it by id', (store, { id }) => store.readEvent(id)],
      ['asking for the head of its stream', (store, { stream }) => store.headRevisions([stream])],
      ['asking for the last position', (store) => store.lastPosition()],
    ];
    const forge = (sql: string): void =>
      stranger((db) => {
        const triggers = db
          .prepare<[], { name: string; sql: string }>(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
          )
          .all();
        for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
        db.exec(sql);
        for (const trigger of triggers) db.exec(trigger.sql);
      });

    it.each(readers)('is found by %s', async (_path, read) => {
      const store = await open();
      const receipts = await store.append(nextStream(), 'no-stream', [eventOf(), eventOf()]);
      const last = receipts[1] as Receipt;
      await expect(read(store, last)).resolves.toBeDefined();
      forge(`UPDATE events SET entry = replace(entry, '"v":1', '"v":2') WHERE revision = 1`);
      const { stream, revision, position } = last;
      await expect(read(store, last)).rejects.toMatchObject({
        code: 'forged-event',
        stream,
        revision,
        position,
      });
    });

    it.each(['stream', 'revision', 'id', 'type', 'entry', 'leaf_hash', 'mac'])(
      'is one whose %s is changed',
      async (column) => {
        const store = await open();
        await store.append('stream', 'no-stream', [eventOf()]);
        const changed =
          column === 'revision'
            ? 'revision + 1'
            : `iif(${column} LIKE '7%', '8', '7') || substr(${column}, 2)`;
        forge(`UPDATE events SET ${column} = ${changed}`);
        expect(await codeOf(store.readAll(null, 1))).toBe('forged-event');
      },
    );

    it('is one inserted without the key, or moved to another revision', async () => {
      const store = await open();
      await store.append('stream', 'no-stream', [eventOf()]);
      forge(`INSERT INTO events SELECT 2, stream, 1, 'copy', type, entry, leaf_hash, mac FROM events`);
      expect(await codeOf(store.readStream('stream'))).toBe('forged-event');
    });

    it('is found by a resend, which gets no receipt for it', async () => {
      const store = await open();
      const events = [eventOf(), eventOf()];
      await store.append('stream', 'no-stream', events);
      forge(`UPDATE events SET mac = '${'0'.repeat(64)}' WHERE revision = 1`);
      const resend = store.append('stream', 'no-stream', events);
      await expect(resend).rejects.toMatchObject({
        code: 'forged-event',
        stream: 'stream',
        revision: 1,
        position: '2',
      });
    });

    it('leaves a gap when it is taken out, which reading the stream finds', async () => {
      const store = await open();
      await store.append('stream', 'no-stream', [eventOf(), eventOf(), eventOf()]);
      forge('DELETE FROM events WHERE revision = 1');
      await expect(store.readStream('stream')).rejects.toMatchObject({ code: 'forged-event', revision: 1 });
    });

    it('taken out of the middle leaves no room for another', async () => {
      const store = await open();
      await store.append('stream', 'no-stream', [eventOf(), eventOf(), eventOf()]);
      forge('DELETE FROM events WHERE revision = 1');
      const outcomes = [
        store.append('stream', 0, [eventOf(), eventOf()]),
        store.append('other', 'no-stream', [eventOf()]),
      ];
      expect(await Promise.all(outcomes.map(codeOf))).toEqual(['revision-conflict', 'appended']);
    });

    it('is every row to a reader with another key', async () => {
      await (await open()).append('stream', 'no-stream', [eventOf()]);
      expect(await codeOf((await openReads(Buffer.alloc(32, 1))).readAll(null, 1))).toBe('forged-event');
    });
  });

  describe('two stores on one file', () => {
    it('each see the heads that the other has moved, however often they asked before', async () => {
      const [one, two] = [await open(), await open()];
      const streams = [nextStream(), nextStream()];
      const heads = (): Promise<unknown> =>
        Promise.all([one, two].map((store) => store.headRevisions(streams)));
      const [first = '', second = ''] = streams;
      expect(await heads()).toEqual([
        [-1, -1],
        [-1, -1],
      ]);
      await one.append(first, 'no-stream', [eventOf(), eventOf()]);
      expect(await heads()).toEqual([
        [1, -1],
        [1, -1],
      ]);
      await two.append(second, 'no-stream', [eventOf()]);
      await two.append(first, 1, [eventOf()]);
      expect(await heads()).toEqual([
        [2, 0],
        [2, 0],
      ]);
    });

    it('give out each revision once, and share one order without gaps', async () => {
      const [one, two] = [await open(), await open()];
      const append = async (store: EventStore, shared: string): Promise<string> => {
        await store.append(nextStream(), 'no-stream', [eventOf(), eventOf()]);
        return codeOf(store.append(shared, 'no-stream', [eventOf()]));
      };
      const shared = Array.from({ length: 100 }, () => nextStream());
      const outcomes = await Promise.all(
        shared.map((stream) => Promise.all([append(one, stream), append(two, stream)])),
      );
      expect(outcomes.map((pair) => pair.toSorted())).toEqual(
        shared.map(() => ['appended', 'revision-conflict']),
      );
      const all = await readEverything(one, 64);
      expect(all).toHaveLength(500);
      expect(await readEverything(two, 64)).toEqual(all);
    });

    it("answer each other's resends with the first receipts", async () => {
      const [one, two] = [await open(), await open()];
      const events = [eventOf(), eventOf()];
      const receipts = await one.append('stream', 'no-stream', events);
      expect(await two.append('stream', 'no-stream', events)).toEqual(receipts);
    });

    it("hear each other's commits, a process that only reads too", async () => {
      const writer = await open();
      const listeners = [await open(), await openReads()];
      const heard = listeners.map(
        (store) =>
          new Promise<void>((resolve) => {
            const end = store.onCommit(() => {
              end();
              resolve();
            });
          }),
      );
      const [receipt] = await writer.append('stream', 'no-stream', [eventOf()]);
      await Promise.all(heard);
      for (const store of listeners) expect(await store.lastPosition()).toBe(receipt?.position);
    });
  });

  describe('a commit that fails', () => {
    const large = (): ReturnType<typeof eventOf> => eventOf('x'.repeat(3000));

    /** A store that fills up: two appends are on disk, and a hundred more are under way than fit. */
    const fillUp = async (fatal: StoreFailed[]) => {
      const store = await open({ maxPages: 60, onFatal: (error) => fatal.push(error) });
      const appends = Array.from({ length: 102 }, () => ({
        stream: nextStream(),
        events: [large(), large()],
      }));
      const outcomes: string[] = [];
      for (const { stream, events } of appends.slice(0, 2)) {
        outcomes.push(await codeOf(store.append(stream, 'no-stream', events)));
      }
      const rest = appends
        .slice(2)
        .map(({ stream, events }) => codeOf(store.append(stream, 'no-stream', events)));
      return { store, appends, outcomes: [...outcomes, ...(await Promise.all(rest))] };
    };

    it('rejects everything outstanding, is reported once, and ends the store', async () => {
      const fatal: StoreFailed[] = [];
      const { store, outcomes } = await fillUp(fatal);
      const failedFrom = outcomes.indexOf('store-failed');
      expect(failedFrom).toBeGreaterThanOrEqual(2);
      expect(new Set(outcomes.slice(failedFrom))).toEqual(new Set(['store-failed']));
      expect(await codeOf(store.append(nextStream(), 'no-stream', [eventOf()]))).toBe('store-failed');
      expect(fatal.map((error) => [error.code, (error.cause as { code?: string }).code])).toEqual([
        ['store-failed', 'SQLITE_FULL'],
      ]);
    });

    it('leaves exactly what was acknowledged, and the rest can be sent again', async () => {
      const { store, appends, outcomes } = await fillUp([]);
      await store.close();
      const again = await open();
      const heads = await again.headRevisions(appends.map(({ stream }) => stream));
      expect(heads).toEqual(outcomes.map((outcome) => (outcome === 'appended' ? 1 : -1)));
      await Promise.all(appends.map(({ stream, events }) => again.append(stream, 'no-stream', events)));
      expect(await readEverything(again, 50)).toHaveLength(204);
    });
  });
});
