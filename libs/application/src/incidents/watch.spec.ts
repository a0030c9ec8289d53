import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '#domain';
import { StoreFailed } from '#event-store';
import { GenuineMarks } from '#operations';
import { InMemoryMarks } from '../testing/alarm-scene.js';
import { byInit, MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { Sightings } from './sightings.js';
import { SignsOfWork } from './work-done.js';
import { type Condition, Watch } from './watch.js';

describe('the watch', () => {
  /** What happened, in order. */
  let told: string[];
  let state: Partial<Record<FaultKind, boolean | null | Error>>;
  let storeWorks: boolean;
  let doubt: boolean | Error;
  let clock: MovedClock;
  let faultSettleMs: number;
  /** What the processes know of each other. */
  let marks: InMemoryMarks;
  let genuine: GenuineMarks;

  const write = (what: string): void => {
    if (!storeWorks) throw new StoreFailed('full');
    told.push(what);
  };
  const watchOf = (...kinds: readonly FaultKind[]): Watch =>
    watchBy(
      'api/1',
      kinds.map(
        (kind): Condition => ({
          kind,
          holds: async () => {
            const seen = kind in state ? (state[kind] as boolean | null | Error) : false;
            if (seen instanceof Error) throw seen;
            return seen;
          },
        }),
      ),
    );
  const watchBy = (process: string, conditions: readonly Condition[]): Watch =>
    new Watch(
      {
        raise: async (kind) => {
          write(`raise ${kind}`);
          return { incident: 'i', opened: true };
        },
        clear: async (kind) => {
          write(`clear ${kind}`);
          return true;
        },
      },
      conditions,
      {
        sound: async (kind) => void told.push(`sound ${kind}`),
        record: async (_context, forget) => {
          if (storeWorks) told.push(`record ${forget ? 'for good' : 'for now'}`);
          else throw new StoreFailed('full');
        },
      },
      async () => {
        if (doubt instanceof Error) throw doubt;
        return doubt;
      },
      clock,
      new Sightings(genuine, clock, process),
      faultSettleMs,
    );
  /** One look; what it did besides recording what the lifeboat told. */
  const look = async (watch: Watch): Promise<readonly string[]> => {
    told = [];
    await watch.observe(byInit);
    return told.filter((what) => what !== 'record for good');
  };

  beforeEach(() => {
    [told, state, storeWorks, doubt] = [[], {}, true, false];
    [clock, faultSettleMs, marks] = [new MovedClock(MONDAY_MORNING), 0, new InMemoryMarks()];
    genuine = new GenuineMarks(marks, Buffer.alloc(32, 1));
  });

  it('raises what it sees, and clears what it sees no more', async () => {
    const watch = watchOf('worker-silent', 'log-late');
    state = { 'worker-silent': true };
    expect(await look(watch)).toEqual(['raise worker-silent', 'clear log-late']);
    state = { 'log-late': true };
    expect(await look(watch)).toEqual(['clear worker-silent', 'raise log-late']);
  });

  it('takes what comes and goes for one fault, and clears it when it has stayed away', async () => {
    faultSettleMs = 60_000;
    const watch = watchOf('log-late');
    const written: string[] = [];
    for (let time = 0; time < 100; time += 1) {
      state = { 'log-late': time % 2 === 0 };
      written.push(...(await look(watch)));
      clock.advance(30_000);
    }
    expect(new Set(written)).toEqual(new Set(['raise log-late']));
    clock.advance(29_999);
    expect(await look(watch)).toEqual([]);
    clock.advance(1);
    expect(await look(watch)).toEqual(['clear log-late']);
  });

  it('does not take for well what it could not judge meanwhile', async () => {
    faultSettleMs = 60_000;
    const watch = watchOf('log-late');
    await look(watch);
    state = { 'log-late': null };
    clock.advance(60_000);
    expect(await look(watch)).toEqual([]);
    state = {};
    expect(await look(watch)).toEqual([]);
    clock.advance(60_000);
    expect(await look(watch)).toEqual(['clear log-late']);
  });

  it('says nothing of what it cannot judge', async () => {
    state = { 'worker-silent': null };
    expect(await look(watchOf('worker-silent'))).toEqual([]);
  });

  it('raises once what only the closing of its incident ends, and never clears it', async () => {
    const watch = watchOf('forged-event');
    state = { 'forged-event': true };
    expect(await look(watch)).toEqual(['raise forged-event']);
    expect(await look(watch)).toEqual([]);
    state = {};
    expect(await look(watch)).toEqual([]);
    state = { 'forged-event': true };
    expect(await look(watch)).toEqual(['raise forged-event']);
  });

  it('raises again what only the closing ends for each thing that it has not told of, until it has', async () => {
    let untold = ['a'];
    const condition = {
      kind: 'mark-forged',
      holds: async () => true,
      untold: () => untold,
      told: (names: readonly string[]) => void (untold = untold.filter((name) => !names.includes(name))),
    } satisfies Condition;
    const watch = watchBy('api/1', [condition]);
    expect([await look(watch), untold]).toEqual([['raise mark-forged'], []]);
    expect(await look(watch)).toEqual([]);
    untold = ['b'];
    storeWorks = false;
    await expect(look(watch)).rejects.toThrow(StoreFailed);
    storeWorks = true;
    expect([await look(watch), untold]).toEqual([['raise mark-forged'], []]);
    expect(await look(watch)).toEqual([]);
  });

  it('goes past the record when it cannot be written, for all conditions, and says why at the end', async () => {
    const watch = watchOf('store-failed', 'log-late', 'key-trouble');
    state = { 'store-failed': true, 'key-trouble': true };
    storeWorks = false;
    await expect(look(watch)).rejects.toThrow(StoreFailed);
    expect(told).toEqual(['sound store-failed', 'sound key-trouble']);
    storeWorks = true;
    expect(await look(watch)).toEqual(['raise store-failed', 'clear log-late', 'raise key-trouble']);
  });

  it('raises again what it could not put on record, also where once is enough', async () => {
    const watch = watchOf('forged-event');
    state = { 'forged-event': true };
    storeWorks = false;
    await expect(look(watch)).rejects.toThrow(StoreFailed);
    storeWorks = true;
    expect(await look(watch)).toEqual(['raise forged-event']);
  });

  it('puts on record first what was told before, so that both are one incident', async () => {
    state = { 'store-failed': true };
    await look(watchOf('store-failed'));
    expect(told).toEqual(['record for good', 'raise store-failed']);
  });

  it('tells directly and records for now while the record is in doubt', async () => {
    const watch = watchOf('follower-diverged', 'worker-silent', 'log-late');
    doubt = true;
    state = { 'follower-diverged': true, 'worker-silent': true };
    expect(await look(watch)).toEqual([
      'record for now',
      'clear log-late',
      'sound follower-diverged',
      'sound worker-silent',
      'record for now',
    ]);
  });

  it('takes a record of which nobody can say whether it holds for one in doubt', async () => {
    doubt = new StoreFailed('unreadable');
    state = { 'log-late': true };
    await expect(look(watchOf('log-late'))).rejects.toThrow('unreadable');
    expect(told).toEqual(['record for now', 'sound log-late', 'record for now']);
  });

  it('does not let a condition that fails hide another', async () => {
    state = { 'log-late': new Error('cannot look'), 'worker-silent': true };
    await expect(look(watchOf('log-late', 'worker-silent'))).rejects.toThrow('cannot look');
    expect(told).toEqual(['record for good', 'raise worker-silent']);
  });

  describe('of one process beside that of another', () => {
    const LOOK_MS = 5_000;
    let seenBy: Readonly<Record<'api/1' | 'api/2', boolean | null>>;
    const ownWatch = (process: 'api/1' | 'api/2'): Watch =>
      watchBy(process, [{ kind: 'store-failed', holds: async () => seenBy[process] }]);
    /** What both write while they look in turn, for so long. */
    const pass = async (watches: readonly Watch[], forMs: number): Promise<readonly string[]> => {
      const written: string[] = [];
      for (let passed = 0; passed < forMs; passed += LOOK_MS) {
        for (const watch of watches) written.push(...(await look(watch)));
        clock.advance(LOOK_MS);
      }
      return written;
    };
    beforeEach(() => void (faultSettleMs = 60_000));

    it('does not call over what the other one sees, and does once neither has seen it for long enough', async () => {
      const watches = [ownWatch('api/1'), ownWatch('api/2')];
      seenBy = { 'api/1': false, 'api/2': false };
      await pass(watches, 120_000);
      seenBy = { 'api/1': true, 'api/2': false };
      expect(new Set(await pass(watches, 600_000))).toEqual(new Set(['raise store-failed']));
      seenBy = { 'api/1': false, 'api/2': false };
      expect(await pass(watches, 55_000)).toEqual([]);
      expect(new Set(await pass(watches, 20_000))).toEqual(new Set(['clear store-failed']));
    });

    it('is not kept from it by one that has died, or by a clock that was put back', async () => {
      const [first, second] = [ownWatch('api/1'), ownWatch('api/2')];
      seenBy = { 'api/1': true, 'api/2': false };
      await look(first);
      expect(await pass([second], 60_000)).toEqual([]);
      expect(await look(second)).toEqual(['clear store-failed']);
      await look(first);
      clock.advance(-3_600_000);
      expect(await look(second)).toEqual(['clear store-failed']);
    });

    it('is not kept from it by what somebody else wrote there', async () => {
      const watch = watchBy('api/1', [{ kind: 'store-failed', holds: async () => false }]);
      const mark = 'fault-seen-store-failed';
      for (const text of ['{x', '17', 'null', '"x"', '{"by":"api/2"}', 'forged']) {
        const fresh = JSON.stringify({ by: 'api/2', at: clock.realNow() + 60_000 });
        marks.spoil(mark, text === 'forged' ? fresh : text);
        await pass([watch], 60_000);
        expect(await look(watch)).toEqual(['clear store-failed']);
        // Whoever is started next does not find it again.
        expect(new GenuineMarks(marks, Buffer.alloc(32, 1)).genuine(mark)).not.toBe('forged');
      }
      expect(genuine.untold).toEqual([mark]);
    });

    it('takes a worker that dies at every start for silent, while one of two apis does its work', async () => {
      let undoneSince: number | null = clock.realNow();
      let [starts, position] = [0, 0];
      const lease = () => ({ name: 'w', holder: 'w', fence: starts, until: clock.realNow() + 15_000 });
      const signsOf = () =>
        new SignsOfWork(
          { read: lease },
          clock,
          { lease: 'w', silenceMs: 60_000, missedAfterGoodbye: true },
          async () => ({
            position: String(position),
            lagMs: undoneSince === null ? 0 : clock.realNow() - undoneSince,
          }),
        );
      const signs = [signsOf(), signsOf()];
      const watches = signs.map((one, at) =>
        watchBy(`api/${at}`, [{ kind: 'worker-silent', holds: () => one.look() }]),
      );
      const written: string[] = [];
      for (let passed = 0; passed < 900_000; passed += LOOK_MS) {
        starts += 1;
        for (const [at, watch] of watches.entries()) {
          written.push(...(await look(watch)));
          // Whoever notices it first does the work before the other one looks.
          if (signs[at]?.silent) [undoneSince, position] = [null, position + 1];
        }
        clock.advance(LOOK_MS);
        if (passed % 60_000 === 0) undoneSince ??= clock.realNow();
      }
      const raised = written.indexOf('raise worker-silent');
      expect(raised).toBeGreaterThanOrEqual(0);
      expect(new Set(written.slice(raised))).toEqual(new Set(['raise worker-silent']));
    });
  });
});
