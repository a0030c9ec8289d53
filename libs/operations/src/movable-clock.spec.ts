import { describe, expect, it } from '@jest/globals';
import { movableClock } from './movable-clock.js';

describe('the movable clock', () => {
  const start = '2026-04-01T00:00:00.000Z';

  it('stands still', () => {
    const clock = movableClock(start);
    expect([clock.now(), clock.now()]).toEqual([start, start]);
  });

  it('moves business, real and monotonic time together', () => {
    const clock = movableClock(start);
    const before = clock.monotonic().ms;
    clock.advance(1500);
    expect(clock.now()).toBe('2026-04-01T00:00:01.500Z');
    expect(clock.realNow()).toBe(Date.parse(start) + 1500);
    expect(clock.monotonic().ms).toBe(before + 1500);
  });

  it('skews business time alone', () => {
    const clock = movableClock(start);
    clock.skewBusiness(1000);
    expect(clock.now()).toBe('2026-04-01T00:00:01.000Z');
    expect(clock.realNow()).toBe(Date.parse(start));
  });

  it('lets the machine clock be wrong while monotonic time stands', () => {
    const clock = movableClock(start);
    const before = clock.monotonic();
    clock.stepReal(-60_000);
    expect(clock.now()).toBe('2026-03-31T23:59:00.000Z');
    expect(clock.monotonic()).toEqual(before);
  });

  it('starts another boot at zero', () => {
    const clock = movableClock(start);
    const { bootId } = clock.monotonic();
    clock.reboot();
    expect(clock.monotonic().bootId).not.toBe(bootId);
    expect(clock.monotonic().ms).toBe(0);
  });

  it('refuses to go back', () => {
    expect(() => movableClock(start).advance(-1)).toThrow(RangeError);
    expect(() => movableClock(start).skewBusiness(-1)).toThrow(RangeError);
  });
});
