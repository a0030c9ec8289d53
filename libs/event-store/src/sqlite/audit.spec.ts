import { createHmac } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { eventOf, leafHash } from '../contract/specimens.contract.js';
import type { EventStore, Receipt } from '../port.js';
import { type AuditedRow, openSqliteEventsAudit, type RowFault } from './audit.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

const macKey = Buffer.alloc(32, 0x4b);
const onFatal = (error: Error): never => {
  throw error;
};

describe('the audit of the events table', () => {
  let directory: string;
  let store: EventStore;
  let receipts: readonly Receipt[];
  const file = (): string => join(directory, 'events.db');
  /** Somebody with the file, who has dropped the triggers and put them back, and without the append key. */
  const tamper = (sql: string): void => {
    const db = new Database(file());
    try {
      const triggers = db
        .prepare<[], { name: string; sql: string }>(
          "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
        )
        .all();
      for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
      db.unsafeMode(true);
      db.exec(sql);
      for (const trigger of triggers) db.exec(trigger.sql);
    } finally {
      db.close();
    }
  };
  const audit = (page = 100): readonly AuditedRow[] => {
    const audit = openSqliteEventsAudit({ file: file(), macKey });
    try {
      const rows: AuditedRow[] = [];
      for (;;) {
        const more = audit.rows(rows.at(-1)?.position ?? 0, page);
        if (more.length === 0) return rows;
        rows.push(...more);
      }
    } finally {
      audit.close();
    }
  };
  /** The page at which the index by stream begins, and the size of a page; leaves no journal. */
  const header = (): readonly [number, number] => {
    const db = new Database(file());
    try {
      db.pragma('journal_mode = DELETE');
      const root = db
        .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_events_2'")
        .pluck()
        .get();
      return [root ?? 0, db.pragma('page_size', { simple: true }) as number];
    } finally {
      db.close();
    }
  };
  /** The positions at which something is wrong, and what; null for an index as a whole. */
  const faults = (): readonly unknown[] => {
    const audit = openSqliteEventsAudit({ file: file(), macKey });
    try {
      const found = audit
        .rows(0, 100)
        .map(({ position, faults: ofRow }): [number | null, ...RowFault[]] => [position, ...ofRow]);
      for (const fault of audit.indexFaults()) {
        if (fault === null) continue;
        const row = found.find(([position]) => position === fault.position);
        if (row) row.push(fault.kind);
        else found.push([fault.position, fault.kind]);
      }
      return found.filter((row) => row.length > 1);
    } finally {
      audit.close();
    }
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-audit-'));
    store = await openSqliteEventStore({ file: file(), macKey, onFatal });
    receipts = [
      ...(await store.append('one', 'no-stream', [eventOf(), eventOf()])),
      ...(await store.append('two', 'no-stream', [eventOf('葛\u{E0100}城')])),
      ...(await store.append('one', 1, [eventOf()])),
      ...(await store.append('three', 'no-stream', [eventOf()])),
    ];
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it.each([1, 2, 100])('reads every row of a sound table, %i at a time, beside its writer', (page) => {
    expect(audit(page)).toEqual(
      receipts.map(({ position, leafHash: hash, stream, id }) => ({
        position: Number(position),
        leafHash: hash,
        stream,
        id,
        faults: [],
      })),
    );
  });

  it('needs no writer, and no journal of one', async () => {
    await store.close();
    expect(audit().map(({ faults: found }) => found)).toEqual([[], [], [], [], []]);
  });

  const forged = `INSERT INTO events VALUES (6, 'one', 3, '01900000-ffff-7000-8000-000000000000', 'Noted', '{}',
    '${leafHash('{}')}', '${'ab'.repeat(32)}')`;
  it.each<[string, string, readonly unknown[]]>([
    ['an entry changed', `UPDATE events SET entry = '{}' WHERE position = 3`, [[3, 'leaf-hash']]],
    [
      'an entry changed together with its leaf hash',
      `UPDATE events SET entry = '{}', leaf_hash = '${leafHash('{}')}' WHERE position = 3`,
      [[3, 'mac']],
    ],
    ['a type changed', `UPDATE events SET type = 'Other' WHERE position = 5`, [[5, 'mac']]],
    [
      'two rows swapped',
      `UPDATE events SET position = 9 WHERE position = 3; UPDATE events SET position = 3 WHERE position = 5;
       UPDATE events SET position = 5 WHERE position = 9`,
      [
        [3, 'mac'],
        [5, 'mac'],
      ],
    ],
    ['a row taken out of a stream', 'DELETE FROM events WHERE position = 2', [[4, 'revision']]],
    [
      'a row moved behind the one that follows it',
      'UPDATE events SET position = 6 WHERE position = 2',
      [
        [4, 'revision'],
        [6, 'mac'],
      ],
    ],
    [
      'a gap made in the revisions of a stream',
      'UPDATE events SET revision = 7 WHERE position = 4',
      [[4, 'mac', 'revision']],
    ],
    ['a well-formed row that somebody else wrote', forged, [[6, 'mac']]],
    [
      'a column of another kind',
      `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'events';
       PRAGMA writable_schema = RESET; UPDATE events SET entry = x'00ff' WHERE position = 1`,
      [[1, 'malformed']],
    ],
  ])('names the place of %s', (_what, sql, places) => {
    tamper(sql);
    expect(faults()).toEqual(places);
  });

  it('repeats nothing of a row whose MAC does not hold', () => {
    tamper("UPDATE events SET stream = '山田花子' WHERE position = 3");
    expect(JSON.stringify(audit()[2])).not.toContain('山田');
    expect(audit()[2]).toMatchObject({ stream: null, id: null, faults: ['mac'] });
  });

  it('finds a row that an index hides from whoever asks by stream', () => {
    // An index that leaves the row out, put under the name of the table's own.
    tamper(`PRAGMA writable_schema = ON;
      CREATE UNIQUE INDEX part ON events (stream, revision) WHERE position <> 4;
      UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'part')
        WHERE name = 'sqlite_autoindex_events_2';
      DELETE FROM sqlite_schema WHERE name = 'part'; PRAGMA writable_schema = RESET`);
    expect(faults()).toEqual([[4, 'index']]);
  });

  it('finds an index that leads to every row, and whose order leaves rows out', async () => {
    await store.close();
    rmSync(file());
    store = await openSqliteEventStore({ file: file(), macKey, onFatal });
    await store.append('a', 'no-stream', [eventOf()]);
    await store.append('one', 'no-stream', [eventOf(), eventOf(), eventOf()]);
    await store.append('two', 'no-stream', [eventOf()]);
    await store.close();
    const [root, size] = header();
    const bytes = readFileSync(file());
    const page = (root - 1) * size;
    // Looked up by halves each of the five is still found; whoever reads on from one 0 meets two 0 before one 2.
    const entry = (at: number): number => bytes.readUInt16BE(page + 8 + 2 * at);
    const [a0, one0, one1, one2, two0] = [entry(0), entry(1), entry(2), entry(3), entry(4)];
    const order = [a0, one0, one1, two0, one0, one1, one2, one1, two0];
    order.forEach((cell, at) => bytes.writeUInt16BE(cell, page + 8 + 2 * at));
    bytes.writeUInt16BE(order.length, page + 3);
    writeFileSync(file(), bytes);
    expect(faults()).toEqual([[null, 'index']]);
  });

  it('holds against the indexes the rows that were read, whatever was appended since', async () => {
    const opened = openSqliteEventsAudit({ file: file(), macKey });
    opened.rows(0, 3);
    await store.append('one', 2, [eventOf()]);
    await store.append('four', 'no-stream', [eventOf()]);
    expect([...opened.indexFaults()]).toEqual([]);
    opened.close();
  });

  it('names a row that the index over ids lacks', () => {
    tamper(`PRAGMA writable_schema = ON;
      CREATE UNIQUE INDEX part ON events (id) WHERE position <> 2;
      UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'part')
        WHERE name = 'sqlite_autoindex_events_1';
      DELETE FROM sqlite_schema WHERE name = 'part'; PRAGMA writable_schema = RESET`);
    expect(faults()).toEqual([[2, 'index']]);
  });

  it('counts rows that stand where no append puts any', () => {
    tamper(`UPDATE events SET position = -3 WHERE position = 5;
      UPDATE events SET position = 9223372036854775807 WHERE position = 4`);
    const opened = openSqliteEventsAudit({ file: file(), macKey });
    expect(opened.strays()).toBe(2);
    opened.close();
    expect(audit().map(({ position }) => position)).toEqual([1, 2, 3]);
  });

  it('reads on to where a page is damaged, and says where that is', async () => {
    const long = Array.from({ length: 60 }, () => eventOf('x'.repeat(2_000)));
    await store.append('long', 'no-stream', long);
    await store.close();
    tamper('PRAGMA wal_checkpoint(TRUNCATE)');
    const bytes = readFileSync(file());
    // In the table's own page, not in that of an index.
    const at = bytes.indexOf(`"id":"${long[40]?.id}"`);
    const descriptor = openSync(file(), 'r+');
    writeSync(descriptor, Buffer.alloc(4_096, 0xff), 0, 4_096, at - (at % 4_096));
    closeSync(descriptor);
    const opened = openSqliteEventsAudit({ file: file(), macKey });
    let last = 0;
    const read = (): void => {
      for (let rows = opened.rows(last, 16); rows.length > 0; rows = opened.rows(last, 16)) {
        last = rows.at(-1)?.position ?? last;
      }
    };
    expect(read).toThrow(expect.objectContaining({ code: 'events-unreadable' }));
    // The damaged page holds a row or two: everything before it was read.
    expect([43, 44, 45, 46]).toContain(last);
    expect([...opened.indexFaults()].filter((fault) => fault !== null)).toEqual([]);
    opened.close();
  });

  it('checks the MAC that is documented', () => {
    const [{ leafHash: leaf, id } = { leafHash: '', id: '' }] = receipts;
    const text = `kiroku-append-mac/2 ${leaf} 1 0 3:one ${id.length}:${id} 5:Noted`;
    expect(receipts[0]?.mac).toBe(createHmac('sha256', macKey).update(text).digest('hex'));
  });

  it('refuses a file that is no event store, and a key of another length', () => {
    const open = (options: { file: string; macKey: Buffer }) => () => openSqliteEventsAudit(options);
    expect(open({ file: join(directory, 'none'), macKey })).toThrow(
      expect.objectContaining({ code: 'store-failed' }),
    );
    expect(open({ file: file(), macKey: Buffer.alloc(31) })).toThrow(RangeError);
  });
});
