import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Lease } from '#operations';
import { MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { SignsOfWork } from './work-done.js';

const LEASE_MS = 15_000;
const SILENCE_MS = 60_000;
const LOOK_MS = 5_000;

describe('a process of which another one sees what it does', () => {
  let clock: MovedClock;
  let lease: Lease | null;
  let position: string;
  /** Since when the oldest thing is to be done; null when all is done. */
  let undoneSince: number | null;
  let signs: SignsOfWork;
  let starts: number;

  const live = (): void => {
    lease = { name: 'other', holder: `other/${starts}`, fence: starts, until: clock.realNow() + LEASE_MS };
  };
  const startAgain = (): void => {
    starts += 1;
    live();
  };
  const workArrives = (): void => {
    undoneSince ??= clock.realNow();
  };
  const doEverything = (): void => {
    position = String(clock.realNow());
    undoneSince = null;
  };
  /** Looks every five seconds; after how many milliseconds the answer came first, or null. */
  const passUntil = async (answer: boolean, forMs: number, between: () => void): Promise<number | null> => {
    for (let passed = 0; passed <= forMs; passed += LOOK_MS) {
      if ((await signs.look()) === answer) return passed;
      clock.advance(LOOK_MS);
      between();
    }
    return null;
  };

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    [position, undoneSince, starts] = ['0', null, 1];
    live();
    signs = new SignsOfWork(
      { read: () => lease },
      clock,
      { lease: 'other', silenceMs: SILENCE_MS, missedAfterGoodbye: true },
      async () => ({ position, lagMs: undoneSince === null ? 0 : clock.realNow() - undoneSince }),
    );
  });

  it('is not silent while it lives and nothing is left to do', async () => {
    expect(await passUntil(true, 600_000, live)).toBeNull();
  });

  it('is not silent while it works at more than it can do at once', async () => {
    workArrives();
    let step = 0;
    const goOn = (): void => {
      live();
      position = String((step += 1));
    };
    expect(await passUntil(true, 600_000, goOn)).toBeNull();
  });

  it('is silent when it dies at every start, however often it renews its lease', async () => {
    workArrives();
    const found = await passUntil(true, 600_000, startAgain);
    expect(found).toBeGreaterThan(SILENCE_MS);
    expect(found).toBeLessThanOrEqual(SILENCE_MS + 15_000 + 3 * LOOK_MS);
    expect([signs.silent, signs.idler]).toEqual([true, `other/${starts}`]);
  });

  it('is silent when it hangs with its lease', async () => {
    workArrives();
    expect(await passUntil(true, 600_000, live)).not.toBeNull();
  });

  it('is silent without a lease, whatever is left to do', async () => {
    expect(await passUntil(true, 600_000, () => undefined)).not.toBeNull();
    expect(signs.idler).toBeNull();
  });

  it('is not well again because the watcher does its work, while it still dies at every start', async () => {
    workArrives();
    await passUntil(true, 600_000, startAgain);
    const doneByTheWatcher = (): void => {
      startAgain();
      doEverything();
    };
    expect(await passUntil(false, 600_000, doneByTheWatcher)).toBeNull();
  });

  it('is well again when it lived by one lease for long enough', async () => {
    workArrives();
    await passUntil(true, 600_000, startAgain);
    doEverything();
    const found = await passUntil(false, 600_000, live);
    expect(found).toBeGreaterThan(SILENCE_MS);
    expect([signs.silent, signs.idler]).toEqual([false, null]);
  });

  it('is not silent because the machine slept with something left to do', async () => {
    workArrives();
    await signs.look();
    clock.advance(8 * 3_600_000);
    live();
    expect(await signs.look()).toBe(false);
    doEverything();
    clock.advance(LOOK_MS);
    live();
    expect([await signs.look(), signs.silent]).toEqual([false, false]);
  });

  it('is given the whole time by a watcher that has just started', async () => {
    workArrives();
    clock.advance(30 * 86_400_000);
    live();
    expect(await passUntil(true, SILENCE_MS, live)).toBeNull();
  });
});
