import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { catchUp, type FullVerification } from '#application';
import { initialise, openRooms, readConfiguration, takeUpDuties } from '#wiring';
import { verify } from './verify.js';

const onFatal = (error: Error): never => {
  throw error;
};
const MINUTE_MS = 60_000;

/**
 * An installation before its first worker, and the same after it with all of its log taken away: what somebody does who
 * has rewritten the past and wants to begin a new log over it.
 */
describe('a full check of an installation without a log', () => {
  const place = mkdtempSync(join(tmpdir(), 'kiroku-fresh-'));
  const [fresh, begun] = [join(place, 'fresh', 'data'), join(place, 'begun', 'data')];
  const configurationOf = (data: string) =>
    readConfiguration({ KIROKU_DATA: data, KIROKU_LOG_ORIGIN: 'kiroku.example/log' }, 'cli');
  let events: number;
  let copies = 0;

  beforeAll(async () => {
    let rooms = await openRooms(configurationOf(fresh), 'cli', onFatal);
    try {
      await initialise(rooms);
      events = (await rooms.store.readAll(null, 1_000)).length;
    } finally {
      await rooms.close();
    }
    cpSync(join(place, 'fresh'), join(place, 'begun'), { recursive: true });
    rooms = await openRooms(configurationOf(begun), 'worker', onFatal);
    try {
      const duties = await takeUpDuties(rooms, () => 1);
      await catchUp(rooms.store, duties.log);
      const { agreement } = rooms.configuration;
      rooms.lifeboat.stock({ agreement, contacts: [], checkpoint: await rooms.log.checkpointNote() });
      await duties.close();
    } finally {
      await rooms.close();
    }
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  afterEach(() => void jest.restoreAllMocks());

  const copy = (data: string): string => {
    const to = join(place, `copy-${++copies}`);
    cpSync(join(data, '..'), to, { recursive: true });
    return join(to, 'data');
  };
  async function run(data: string, json = false) {
    const said: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => !!said.push(String(text)));
    const environment = { KIROKU_DATA: data, KIROKU_LOG_ORIGIN: 'kiroku.example/log' };
    const code = await verify(undefined, { installation: true, json }, environment);
    write.mockRestore();
    return { code, out: said.join('') };
  }
  const checked = async (data: string): Promise<FullVerification> =>
    JSON.parse((await run(data, true)).out) as FullVerification;
  const take = (...paths: readonly string[]) => {
    const data = copy(begun);
    for (const path of paths) rmSync(join(data, path), { recursive: true });
    return data;
  };
  /** Somebody with events.sqlite, who puts the trigger back. */
  const takeEvents = (data: string, where: string): void => {
    const db = new Database(join(data, 'events', 'events.sqlite'));
    const name = 'events_are_never_deleted';
    try {
      const trigger = db.prepare<[string], { sql: string }>('SELECT sql FROM sqlite_schema WHERE name = ?');
      const sql = trigger.get(name)?.sql ?? '';
      db.exec(`DROP TRIGGER ${name}; DELETE FROM events WHERE ${where}; ${sql}`);
    } finally {
      db.close();
    }
  };
  /** Everything that the first worker left in the events. */
  const cutTail = (data: string): void => takeEvents(data, `position > ${events}`);

  it('says before the first worker that there is no log yet, and how many events wait, and calls it not whole', async () => {
    const { code, out } = await run(fresh);
    expect(out).toContain(`未収録 not yet sequenced: ${events}`);
    expect(out).toContain('ログはまだない');
    expect(out).toContain('no log yet');
    expect(out).not.toContain('検証済み verified');
    expect(code).toBe(0);
    expect(await checked(fresh)).toMatchObject({
      ok: true,
      begun: false,
      size: null,
      events,
      unsequenced: events,
      faults: [],
    });
  });

  it('says that it is late once the first worker has not come for longer than events may wait', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 16 * MINUTE_MS);
    const { code, out } = await run(fresh);
    expect(out).toContain('ログへの収録が遅れている');
    expect(code).toBe(1);
  });

  it('names a fault in the events all the same', async () => {
    const data = copy(fresh);
    takeEvents(data, 'position = 2');
    const { code, out } = await run(data);
    expect(out).toContain('events position 2');
    expect(code).toBe(1);
  });

  it('has a log once a worker was there', async () => {
    expect(await checked(begun)).toMatchObject({ ok: true, begun: true, unsequenced: 0 });
  });

  it('tells a log that was taken away by the key that is on record', async () => {
    const data = take('ledger', 'lifeboat', 'operations');
    const { code, out } = await run(data);
    expect(out).toContain('ログが消えている');
    expect(out).toMatch(/\n {2}events position \d+ \(log-kiroku\.example\/log\): /);
    expect(code).toBe(1);
    expect((await checked(data)).faults.map(({ kind }) => kind)).toEqual(['log-gone']);
  });

  it.each<[string, readonly string[], string]>([
    ['the lifeboat’s checkpoint', ['ledger', 'operations'], 'checkpoint-missing'],
    ['the marks of the worker', ['ledger', 'lifeboat'], 'log-gone'],
    ['a file of the log', ['ledger/ledger.sqlite', 'lifeboat', 'operations'], 'unreadable'],
  ])('tells it by %s alone, although the events end before the worker', async (_what, paths, kind) => {
    const data = take(...paths);
    cutTail(data);
    const { ok, faults } = await checked(data);
    expect(ok).toBe(false);
    expect(faults.map((fault) => fault.kind)).toContain(kind);
    expect((await run(data)).code).toBe(1);
  });

  it.each(['log-distrusted', 'log-checked', 'log-cosigned', 'witness-replies'])(
    'tells it by the mark %s where that is the only one that is left',
    async (name) => {
      const data = take('ledger', 'lifeboat');
      cutTail(data);
      const db = new Database(`${data}/operations/operations.sqlite`);
      db.exec('DELETE FROM marks');
      db.prepare("INSERT INTO marks (name, value) VALUES (?, '{}')").run(name);
      db.close();
      expect((await checked(data)).faults.map(({ kind }) => kind)).toContain('log-gone');
    },
  );

  describe('whose operations database somebody has spoilt', () => {
    const spoilt: readonly (readonly [string, (operations: string) => void, string])[] = [
      [
        'a mark that is no JSON',
        (operations) => {
          const db = new Database(operations);
          db.exec("UPDATE marks SET value = '{x'");
          db.close();
        },
        'log-gone',
      ],
      [
        'a file that is no database',
        (operations) => writeFileSync(operations, 'x'.repeat(4_096)),
        'marks-unreadable',
      ],
      ['an empty file', (operations) => writeFileSync(operations, ''), 'marks-unreadable'],
    ];
    const operationsIn = (data: string): string => join(data, 'operations', 'operations.sqlite');

    it.each(spoilt)('is checked all the same where there is a log: %s', async (_what, spoil) => {
      const data = copy(begun);
      spoil(operationsIn(data));
      expect(await checked(data)).toMatchObject({ ok: true, begun: true, faults: [] });
    });

    it.each(spoilt)('is not taken for one without a log yet: %s', async (_what, spoil, kind) => {
      const data = take('ledger', 'lifeboat');
      cutTail(data);
      spoil(operationsIn(data));
      expect(await checked(data)).toMatchObject({ ok: false, faults: [{ kind, path: 'operations.sqlite' }] });
      expect((await run(data)).code).toBe(1);
    });
  });
});
