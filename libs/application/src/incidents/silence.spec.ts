import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Lease } from '#operations';
import { MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { SignsOfLife } from './silence.js';

const LEASE_MS = 15_000;
const SILENCE_MS = 60_000;
const LOOK_MS = 5_000;

describe('a process that another one watches', () => {
  let clock: MovedClock;
  let lease: Lease | null;
  const renew = (): void => {
    lease = { name: 'other', holder: 'other/1', fence: 1, until: clock.realNow() + LEASE_MS };
  };
  const sayGoodbye = (): void => {
    lease = { name: 'other', holder: 'other/1', fence: 1, until: 0 };
  };
  const signsOf = (missedAfterGoodbye = true): SignsOfLife =>
    new SignsOfLife({ read: () => lease }, clock, {
      lease: 'other',
      silenceMs: SILENCE_MS,
      missedAfterGoodbye,
    });
  /** Looks every five seconds; how many milliseconds passed until it was found silent, or null. */
  const watch = (signs: SignsOfLife, forMs: number, between: () => void = () => undefined): number | null => {
    for (let passed = 0; passed <= forMs; passed += LOOK_MS) {
      if (signs.look()) return passed;
      clock.advance(LOOK_MS);
      between();
    }
    return null;
  };

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    lease = null;
  });

  it('is not silent while it renews its lease', () => {
    renew();
    expect(watch(signsOf(), 600_000, renew)).toBeNull();
  });

  it('is silent when it was not seen to live for longer than the bound', () => {
    renew();
    const found = watch(signsOf(), 600_000);
    expect(found).toBeGreaterThan(LEASE_MS + SILENCE_MS - LOOK_MS);
    expect(found).toBeLessThanOrEqual(LEASE_MS + SILENCE_MS + 2 * LOOK_MS);
  });

  it('is given the whole time by a watcher that has just started, whatever an old lease says', () => {
    renew();
    clock.advance(30 * 86_400_000);
    expect(watch(signsOf(), SILENCE_MS)).toBeNull();
  });

  it('is silent when it never began', () => {
    expect(watch(signsOf(), 600_000)).not.toBeNull();
  });

  it('is not silent after a goodbye, if nobody misses it then', () => {
    renew();
    const signs = signsOf(false);
    signs.look();
    sayGoodbye();
    expect(watch(signs, 600_000)).toBeNull();
  });

  it('is silent after a goodbye too, if it is missed: nobody erases and nobody proves', () => {
    renew();
    const signs = signsOf();
    signs.look();
    sayGoodbye();
    expect(watch(signs, 600_000)).not.toBeNull();
  });

  it('is not silent because the machine slept: one look is not enough', () => {
    renew();
    const signs = signsOf();
    signs.look();
    clock.advance(8 * 3_600_000);
    expect(signs.look()).toBeNull();
    renew();
    clock.advance(LOOK_MS);
    expect([signs.look(), signs.silent]).toEqual([false, false]);
  });

  it('is not said to live by a watcher that has just started: what another one has seen is not over by that', () => {
    renew();
    clock.advance(LEASE_MS);
    const signs = signsOf();
    expect([signs.look(), signs.silent]).toEqual([null, false]);
    renew();
    expect(signs.look()).toBe(false);
    clock.advance(LEASE_MS);
    expect(signs.look()).toBeNull();
  });

  it('is missed in time after the clock was set back', () => {
    const signs = signsOf();
    signs.look();
    clock.moveTo('2026-04-05T01:00:00.000Z');
    expect(watch(signs, 600_000)).toBeLessThanOrEqual(SILENCE_MS + 2 * LOOK_MS);
  });

  it('is not silent any more with its next sign of life', () => {
    const signs = signsOf();
    expect(watch(signs, 600_000)).not.toBeNull();
    renew();
    expect([signs.look(), signs.silent]).toEqual([false, false]);
  });
});
