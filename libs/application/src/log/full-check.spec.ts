import { beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditedRow, EventsUnreadable, type IndexFault, StoreFailed } from '#event-store';
import { type InstalledVerification, leafHash } from '#ledger';
import { checkInFull, type FullVerification } from './full-check.js';

const NOW = Date.parse('2026-04-06T01:00:00.000Z');
const MINUTE_MS = 60_000;
const hashAt = (position: number): Buffer => leafHash(Buffer.from(`event ${position}`));
/** A UUIDv7 of a time in milliseconds. */
const idOf = (at: number): string => {
  const hex = at.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};
const rowAt = (position: number): AuditedRow => ({
  position,
  leafHash: hashAt(position).toString('hex'),
  stream: `inquiry-${position}`,
  id: idOf(NOW - 1_000),
  faults: [],
});
const sound = {
  begun: true,
  ok: true,
  selfConsistentOnly: false,
  origin: 'kiroku.example/log',
  root: '00',
  witnessed: [],
  earlier: 0,
  faults: [],
  stopped: false,
} as const;

describe('the full check of an installation', () => {
  let rows: AuditedRow[];
  /** Entries in the log. */
  let size: number;
  /** What the check of the log finds. */
  let log: Partial<InstalledVerification>;
  /** Where else a log is remembered. */
  let remembered: ReturnType<Parameters<typeof checkInFull>[0]['logRemembered']>;
  let strays: number;
  let schemaHolds: boolean;
  let ofIndexes: readonly IndexFault[];
  let closed: number;
  /** The first position that cannot be read. */
  let unreadable: number;
  beforeEach(() => {
    rows = Array.from({ length: 600 }, (_, at) => rowAt(at + 1));
    [size, strays, closed, unreadable, log] = [600, 0, 0, Infinity, {}];
    [schemaHolds, ofIndexes, remembered] = [true, [], []];
  });

  const table = {
    rows: (after: number, limit: number): readonly AuditedRow[] => {
      if (after + 1 >= unreadable) throw new EventsUnreadable(after);
      const page = rows.filter(({ position }) => position > after && position < unreadable);
      return page.slice(0, limit);
    },
    strays: () => strays,
    schemaHolds: () => schemaHolds,
    *indexFaults() {
      yield null;
      yield* ofIndexes;
    },
    close: () => void (closed += 1),
  };
  const check = (more: Partial<Parameters<typeof checkInFull>[0]> = {}): Promise<FullVerification> =>
    checkInFull({
      openEvents: () => table,
      verifyLog: async ({ onLeaves, onProgress }) => {
        for (let start = 0; start < size; start += 256) {
          const width = Math.min(256, size - start);
          await onLeaves(
            start,
            Array.from({ length: width }, (_, at) => hashAt(start + at + 1)),
          );
          onProgress(start + width, size);
        }
        return { ...sound, size, entries: size, ...log };
      },
      logRemembered: () => remembered,
      realNow: () => NOW,
      unsequencedMs: 15 * MINUTE_MS,
      ...more,
    });
  const without = (...positions: readonly number[]): void => {
    rows = rows.filter(({ position }) => !positions.includes(position));
  };
  const faults = async (): Promise<readonly unknown[]> =>
    (await check()).faults.map(({ kind, ...rest }) => {
      const { position, last } = rest as { position?: number; last?: number };
      return [kind, ...[position, last].filter((at) => at !== undefined)];
    });

  it('holds when every row is in the log, and every entry in the table', async () => {
    expect(await check()).toMatchObject({ ok: true, events: 600, unsequenced: 0, faults: [], size: 600 });
    expect(closed).toBe(1);
  });

  it.each<[string, () => void, readonly unknown[]]>([
    ['one row taken out', () => without(300), [['event-missing', 300]]],
    ['the first', () => without(1), [['event-missing', 1]]],
    ['the last', () => without(600), [['event-missing', 600]]],
    ['several in a row, over two bundles', () => without(256, 257, 258), [['event-missing', 256, 258]]],
    ['all', () => void (rows = []), [['event-missing', 1, 600]]],
    [
      'two apart',
      () => without(3, 5),
      [
        ['event-missing', 3],
        ['event-missing', 5],
      ],
    ],
    [
      'one behind the log’s end',
      () => {
        size = 590;
        without(595);
      },
      [['event-missing', 595]],
    ],
    [
      'those at the log’s end and behind it',
      () => {
        size = 590;
        without(590, 591);
      },
      [['event-missing', 590, 591]],
    ],
    ['another entry', () => void (rows[6] = { ...rowAt(7), leafHash: 'ab' }), [['event-differs', 7]]],
    [
      'a row that is none',
      () => void (rows[6] = { ...rowAt(7), leafHash: null, faults: ['malformed'] }),
      [['event-malformed', 7]],
    ],
    [
      'all that a row can have',
      () => void (rows[6] = { ...rowAt(7), faults: ['leaf-hash', 'mac', 'revision', 'index'] }),
      [
        ['event-hash', 7],
        ['event-forged', 7],
        ['event-revision', 7],
        ['event-hidden', 7],
      ],
    ],
    ['a schema that is another', () => void (schemaHolds = false), [['events-schema']]],
    [
      'what the indexes say',
      () =>
        void (ofIndexes = [
          { kind: 'revision', position: 7, stream: 'inquiry-7' },
          { kind: 'index', position: 9, stream: null },
          { kind: 'index', position: null, stream: null },
        ]),
      [['event-revision', 7], ['event-hidden', 9], ['event-hidden']],
    ],
    ['rows at impossible positions', () => void (strays = 2), [['event-stray']]],
    ['a page that cannot be read', () => void (unreadable = 301), [['events-unreadable', 301]]],
    [
      'a page that cannot be read behind the log’s end',
      () => void ([size, unreadable] = [590, 595]),
      [['events-unreadable', 595]],
    ],
  ])('names %s', async (_what, damage, expected) => {
    damage();
    expect(await faults()).toEqual(expected);
  });

  it('says nothing of the stream of a row whose MAC does not hold', async () => {
    rows[6] = { ...rowAt(7), stream: null, faults: ['mac'] };
    expect((await check()).faults[0]).not.toHaveProperty('stream');
    rows[6] = { ...rowAt(7), leafHash: 'ab' };
    expect((await check()).faults[0]).toHaveProperty('stream', 'inquiry-7');
  });

  it('compares nothing with leaves that the log has lost', async () => {
    const verifyLog: Parameters<typeof checkInFull>[0]['verifyLog'] = async ({ onLeaves }) => {
      await onLeaves(
        0,
        Array.from({ length: 600 }, () => null),
      );
      return { ...sound, size, entries: 0 };
    };
    expect((await check({ verifyLog })).faults).toEqual([]);
  });

  it('puts the faults of the log first', async () => {
    log = { faults: [{ kind: 'tile-hash', path: 'tile/0/000', message: '' }] };
    without(9);
    expect((await check()).faults.map(({ path }) => path)).toEqual(['tile/0/000', 'events']);
  });

  it('stops listing after 10,000 faults', async () => {
    rows = rows.map((row) => ({ ...row, faults: Array.from({ length: 20 }, () => 'mac' as const) }));
    const { faults: found, stopped } = await check();
    expect([found.length, stopped]).toEqual([10_000, true]);
  });

  describe('of events that the log does not have yet', () => {
    beforeEach(() => void (size = 590));
    const since = (position: number, ms: number): void =>
      void (rows[position - 1] = { ...rowAt(position), id: idOf(NOW - ms) });

    it('counts them', async () => {
      expect(await check()).toMatchObject({ ok: true, events: 600, unsequenced: 10 });
    });

    it('names the first when it has waited for longer than is allowed', async () => {
      since(591, 15 * MINUTE_MS);
      expect(await faults()).toEqual([]);
      since(591, 15 * MINUTE_MS + 1_000);
      expect(await faults()).toEqual([['event-late', 591]]);
      expect(await check({ unsequencedMs: Infinity })).toMatchObject({ ok: true });
    });

    it('does not count one that nobody knows the age of', async () => {
      rows[590] = { ...rowAt(591), id: null, stream: null, faults: ['mac'] };
      expect(await check()).toMatchObject({ unsequenced: 9 });
    });

    it('calls none of them late when nobody knows where the log ends', async () => {
      since(1, 60 * MINUTE_MS);
      size = 0;
      log = { size: null };
      expect(await check()).toMatchObject({ faults: [], unsequenced: null, events: 600 });
    });
  });

  describe('before there is a log', () => {
    const KEY = { stream: 'log-kiroku.example/log' };
    beforeEach(() => {
      rows = rows.slice(0, 10);
      size = 0;
      log = { begun: false, size: null };
    });

    it('counts the events that wait, and finds no fault in that', async () => {
      expect(await check()).toMatchObject({
        ok: true,
        begun: false,
        size: null,
        unsequenced: 10,
        faults: [],
      });
    });

    it('names the first that has waited for longer than is allowed', async () => {
      rows[0] = { ...rowAt(1), id: idOf(NOW - 16 * MINUTE_MS) };
      expect(await check()).toMatchObject({ ok: false, begun: false });
      expect(await faults()).toEqual([['event-late', 1]]);
    });

    it('finds that the log is gone where the key of one is on record', async () => {
      rows[6] = { ...rowAt(7), ...KEY };
      expect(await check()).toMatchObject({ ok: false, begun: true });
      expect(await faults()).toEqual([['log-gone', 7]]);
    });

    it('does not where the key came on record after the check began: the log was made meanwhile', async () => {
      rows[6] = { ...rowAt(7), ...KEY, id: idOf(NOW) };
      expect(await check()).toMatchObject({ ok: true, begun: false });
    });

    it('finds it where the log is remembered elsewhere, from before it was looked at', async () => {
      remembered = [{ kind: 'log-gone', path: 'operations.sqlite' }];
      const verifyLog = async () => {
        remembered = [];
        return { ...sound, begun: false, size: null, entries: 0 };
      };
      expect((await check({ verifyLog })).faults).toMatchObject([
        { kind: 'log-gone', path: 'operations.sqlite' },
      ]);
    });

    it('takes neither for a fault of a log that is there', async () => {
      remembered = [{ kind: 'marks-unreadable', path: 'operations.sqlite' }];
      rows[6] = { ...rowAt(7), ...KEY };
      log = {};
      expect(await check()).toMatchObject({ ok: true, begun: true });
    });
  });

  it('says that the table cannot be opened, and checks the log all the same', async () => {
    const openEvents = (): never => {
      throw new StoreFailed('no such file');
    };
    expect(await check({ openEvents })).toMatchObject({
      ok: false,
      entries: 600,
      faults: [{ kind: 'events-unreadable', path: 'events' }],
    });
  });

  it('ends where it is told to, and closes the table', async () => {
    const stop = (): never => {
      throw new Error('stop');
    };
    await expect(
      checkInFull(
        {
          openEvents: () => table,
          verifyLog: async ({ onProgress }) => {
            onProgress(0, 1);
            throw new Error('not reached');
          },
          logRemembered: () => [],
          realNow: () => NOW,
          unsequencedMs: 0,
        },
        stop,
      ),
    ).rejects.toThrow('stop');
    expect(closed).toBe(1);
  });
});
