import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogState } from '#ledger';
import { FollowerDiverged } from '../followers/follower.js';
import { genuine, InMemoryMarks } from '../testing/alarm-scene.js';
import { InMemory } from '../testing/in-memory.js';
import { CountSeen, EventCount, LOG_DISTRUSTED } from './event-count.js';
import { LogHealth } from './log-health.js';

const MINUTE = 60_000;

describe('what the worker has counted, for every process', () => {
  let memory: InMemory;
  let marks: InMemoryMarks;
  let end: Pick<LogState, 'position' | 'eventId'>;
  let missing: boolean;
  let worker: EventCount;
  let health: LogHealth;
  beforeEach(() => {
    memory = new InMemory();
    marks = new InMemoryMarks();
    end = { position: null, eventId: null };
    missing = false;
    worker = newWorker();
    health = newHealth();
  });

  const newWorker = (): EventCount => {
    const follower = {
      checkpoint: () => Promise.resolve(end as never),
      verify: () =>
        missing ? Promise.reject(new FollowerDiverged('log', '1')) : Promise.resolve(end.position),
    };
    return new EventCount(memory.store, follower, genuine(marks), memory.clock);
  };
  /** That of another process. */
  const newHealth = (): LogHealth => {
    const state = (): Promise<LogState> => Promise.resolve(end as LogState);
    return new LogHealth(memory.store, { state }, memory.clock, undefined, new CountSeen(genuine(marks)));
  };
  const record = async (): Promise<typeof end> => {
    const id = memory.journal.newId();
    const event = { id, type: 'Tested', entry: '{}' };
    const [receipt] = await memory.store.append(`s-${id}`, 'no-stream', [event]);
    return { position: receipt?.position ?? null, eventId: id };
  };
  const provable = (): Promise<boolean> => {
    // Longer than an answer is remembered.
    memory.clock.advance(1_000);
    return health.provable();
  };
  const miss = async (): Promise<void> => {
    missing = true;
    await expect(worker.count()).rejects.toMatchObject({ code: 'follower-diverged' });
  };

  it('is asked for as soon as the log has begun, and not before', async () => {
    const first = await record();
    expect(await provable()).toBe(true);
    end = first;
    expect([await provable(), await health.parted()]).toEqual([false, null]);
    await worker.count();
    expect([await provable(), await health.lagMs(), await health.parted()]).toEqual([true, 0, false]);
  });

  it('ends inquiries at once where events are missing, and lets them go on once a worker finds all of them', async () => {
    end = await record();
    await worker.count();
    await miss();
    expect([await provable(), await health.lagMs(), await health.parted()]).toEqual([false, Infinity, true]);
    missing = false;
    await newWorker().count();
    expect(await provable()).toBe(true);
  });

  const forgeries: readonly (readonly [string, (honest: object) => void])[] = [
    ['is taken away', () => marks.forget(LOG_DISTRUSTED)],
    [
      'is changed',
      (honest) => {
        const { value, ...others } = honest as { value: object };
        marks.write(LOG_DISTRUSTED, { ...others, value: { ...value, distrusted: false } });
      },
    ],
    ['is replaced', () => marks.write(LOG_DISTRUSTED, false)],
    ['is replaced by an older one', (honest) => marks.write(LOG_DISTRUSTED, honest)],
  ];

  it.each(forgeries.filter(([how]) => how === 'is taken away' || how === 'is replaced'))(
    'is not said to have come to the bad when all is well and the mark %s',
    async (_how, forge) => {
      end = await record();
      await worker.count();
      expect(await provable()).toBe(true);
      forge(marks.read<object>(LOG_DISTRUSTED) ?? {});
      expect([await provable(), await health.parted()]).toEqual([false, null]);
      await worker.count();
      expect([await provable(), await health.parted()]).toEqual([true, false]);
    },
  );

  it('need not have been made for the log’s end to be seen missing', async () => {
    end = { position: '99', eventId: memory.journal.newId() };
    expect([await provable(), await health.parted()]).toEqual([false, true]);
  });

  it.each(forgeries)('does not turn to the good when the mark %s', async (_how, forge) => {
    end = await record();
    await worker.count();
    const honest = marks.read<object>(LOG_DISTRUSTED) ?? {};
    await miss();
    expect(await provable()).toBe(false);
    forge(honest);
    expect(await provable()).toBe(false);
    await miss();
    expect(marks.read(LOG_DISTRUSTED)).toMatchObject({ value: { distrusted: true } });
  });

  it('is believed in an old mark by a process that saw no newer one for 15 minutes of events, and no longer', async () => {
    end = await record();
    await worker.count();
    const old = marks.read<object>(LOG_DISTRUSTED);
    await miss();
    marks.write(LOG_DISTRUSTED, old);
    health = newHealth();
    end = await record();
    memory.clock.advance(15 * MINUTE - 2_000);
    expect(await provable()).toBe(true);
    memory.clock.advance(2_000);
    expect(await provable()).toBe(false);
    expect(await health.lagMs()).toBeGreaterThan(15 * MINUTE);
  });

  it('is not late while nothing happens', async () => {
    end = await record();
    await worker.count();
    memory.clock.advance(24 * 60 * MINUTE);
    expect([await provable(), await health.lagMs()]).toEqual([true, 0]);
  });

  it('is written when it changes, and where somebody took it away', async () => {
    end = await record();
    await worker.count();
    await worker.count();
    expect(marks.writes).toBe(1);
    marks.forget(LOG_DISTRUSTED);
    await worker.count();
    end = await record();
    await worker.count();
    expect(marks.writes).toBe(3);
  });

  it('is counted again at once when the log has what was recorded long ago', async () => {
    await worker.count();
    end = await record();
    expect(await worker.isOverdue()).toBe(false);
    memory.clock.advance(2 * MINUTE);
    expect(await worker.isOverdue()).toBe(true);
    await worker.count();
    expect(await worker.isOverdue()).toBe(false);
    // Outside the log: no count would see it.
    await record();
    memory.clock.advance(2 * MINUTE);
    expect(await worker.isOverdue()).toBe(false);
  });

  it('is above what others have seen, whatever became of the mark and of the clock', async () => {
    end = await record();
    await worker.count();
    expect(await provable()).toBe(true);
    memory.clock.advance(-60 * MINUTE);
    end = await record();
    await worker.count();
    expect(await provable()).toBe(true);
  });
});
