import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { codeOf, eventOf, leafHash } from '../contract/specimens.contract.js';
import type { EventStore, Receipt } from '../port.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

const macKey = Buffer.alloc(32, 0x4b);
const onFatal = (error: Error): never => {
  throw error;
};

/** Somebody with the file, who has dropped the triggers and put them back, and without the append key. */
describe('what is taken out of the SQLite event store, or moved in it', () => {
  let directory: string;
  let store: EventStore;
  let receipts: readonly Receipt[];
  const file = (): string => join(directory, 'events.db');
  const tamper = (sql: string): void => {
    const db = new Database(file());
    try {
      const triggers = db
        .prepare<[], { name: string; sql: string }>(
          "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
        )
        .all();
      for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
      db.exec(sql);
      for (const trigger of triggers) db.exec(trigger.sql);
    } finally {
      db.close();
    }
  };
  const append = async (stream: string, ...events: readonly ReturnType<typeof eventOf>[]): Promise<void> => {
    receipts = [...receipts, ...(await store.append(stream, 'no-stream', events))];
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-missing-'));
    store = await openSqliteEventStore({ file: file(), macKey, onFatal });
    receipts = [];
    await append('one', eventOf(), eventOf());
    await append('two', eventOf());
    await append('three', eventOf(), eventOf());
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('stands at positions without a gap from 1, whatever was refused or sent again in between', async () => {
    await codeOf(store.append('one', 'no-stream', [eventOf(), eventOf()]));
    const again = eventOf();
    await append('four', again);
    expect(await store.append('four', 'no-stream', [again])).toEqual(receipts.slice(-1));
    await append('five', eventOf());
    expect(receipts.map(({ position }) => position)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it.each([
    ['at the beginning', '(1, 2)', null, 'at the beginning'],
    ['in the middle of a stream', '(1)', null, 'at the beginning'],
    ['at the end of a stream', '(2)', '1', 'after position 1'],
    ['as a whole stream', '(3)', '2', 'after position 2'],
    ['in two places', '(3, 5)', '2', 'after position 2'],
  ])('%s breaks the global order off there', async (_where, positions, after, words) => {
    await append('four', eventOf());
    tamper(`DELETE FROM events WHERE position IN ${positions}`);
    const read = store.readAll(null, 10);
    await expect(read).rejects.toMatchObject({ code: 'events-missing', name: 'EventsMissing', after });
    await expect(read).rejects.toThrow(words);
  });

  it('is missed by whoever reads on from before the gap, and not from after it', async () => {
    tamper('DELETE FROM events WHERE position = 3');
    await expect(store.readAll('2', 1)).rejects.toMatchObject({
      code: 'events-missing',
      after: '2',
      next: '4',
    });
    expect((await store.readAll('3', 10)).map(({ position }) => position)).toEqual(['4', '5']);
    expect((await store.readAll(null, 2)).map(({ position }) => position)).toEqual(['1', '2']);
  });

  it('is not counted any more', async () => {
    tamper('DELETE FROM events WHERE position = 3');
    expect(await Promise.all(['2', '3', '4', '5'].map((position) => store.count(position)))).toEqual([
      2, 2, 3, 4,
    ]);
  });

  it('leaves its position to the next append when it was the last, and its number to nobody', async () => {
    tamper('DELETE FROM events WHERE position >= 4');
    await append('four', eventOf());
    expect(receipts.at(-1)?.position).toBe('4');
    expect(await store.readEvent(receipts[3]?.id ?? '')).toBeNull();
    expect(await store.count('5')).toBe(4);
  });

  describe('a genuine row moved', () => {
    const [from, to] = [5, 2];
    const readers: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['reading everything', () => store.readAll('1', 10)],
      ['reading its stream', () => store.readStream('three')],
      ['reading it by id', () => store.readEvent(receipts[from - 1]?.id ?? '')],
      ['asking for the head of its stream', () => store.headRevisions(['three'])],
    ];
    it.each(readers)('into a gap that was made for it is found by %s', async (_path, read) => {
      await expect(read()).resolves.toBeDefined();
      tamper(`DELETE FROM events WHERE position = ${to};
        UPDATE events SET position = ${to} WHERE position = ${from}`);
      await expect(read()).rejects.toMatchObject({
        code: 'forged-event',
        stream: 'three',
        revision: 1,
        position: `${to}`,
      });
    });

    it.each([0, -1])('before the first, to position %i, is found in its stream, and as a gap', async (at) => {
      tamper(`UPDATE events SET position = ${at} WHERE position = 1`);
      expect(await codeOf(store.readStream('one'))).toBe('forged-event');
      expect(await codeOf(store.readAll(null, 10))).toBe('events-missing');
    });

    it('behind the last is found by asking for the last position', async () => {
      tamper('UPDATE events SET position = 9 WHERE position = 5');
      expect(await codeOf(store.lastPosition())).toBe('forged-event');
    });

    it('gets no receipt when it is sent again', async () => {
      const event = eventOf();
      await append('four', event);
      tamper('UPDATE events SET position = 9 WHERE position = 6');
      await expect(store.append('four', 'no-stream', [event])).rejects.toMatchObject({
        code: 'forged-event',
        position: '9',
      });
    });
  });

  it('still has its receipt, which whoever holds the append key can check', async () => {
    const event = eventOf('葛\u{E0100}城');
    await append('six', event);
    const { id, position, stream, revision, leafHash: leaf, mac } = receipts.at(-1) as Receipt;
    expect([position, leaf]).toEqual(['6', leafHash(event.entry)]);
    const { type } = event;
    const text = `kiroku-append-mac/2 ${leaf} 6 ${revision} ${stream.length}:${stream} ${id.length}:${id} ${type.length}:${type}`;
    expect(mac).toBe(createHmac('sha256', macKey).update(text).digest('hex'));
  });
});
