import { describe, expect, it } from '@jest/globals';
import {
  type TimeBounds,
  tokyoBounds,
  hull,
  isEmpty,
  isTokyoMoment,
  isWithin,
  lengthInDays,
  overlap,
  unbounded,
} from './query-time.js';

describe('a moment of Tokyo', () => {
  it.each(['1970', '2026', '2026-12', '2024-02-29', '2026-04-01T00', '2026-04-01T23:59', '2999-12-31'])(
    'may be %s',
    (moment) => {
      expect(isTokyoMoment(moment)).toBe(true);
    },
  );

  it.each([
    '',
    '26',
    '1969',
    '3000',
    '2026-13',
    '2026-00',
    '2026-4',
    '2026-02-29',
    '2026-04-31',
    '2026-04-01T24',
    '2026-04-01T09:60',
    '2026-04-01T09:30:00',
    '2026-04-01T09:30Z',
    '2026-04T09',
    ' 2026',
    '2026\n',
    '２０２６',
  ])('is not %j', (moment) => {
    expect(isTokyoMoment(moment)).toBe(false);
  });

  it.each([
    ['2026', '2025-12-31T15:00:00.000Z', '2026-12-31T15:00:00.000Z'],
    ['2026-12', '2026-11-30T15:00:00.000Z', '2026-12-31T15:00:00.000Z'],
    ['2024-02', '2024-01-31T15:00:00.000Z', '2024-02-29T15:00:00.000Z'],
    ['2026-03-31', '2026-03-30T15:00:00.000Z', '2026-03-31T15:00:00.000Z'],
    ['2026-04-01T09', '2026-04-01T00:00:00.000Z', '2026-04-01T01:00:00.000Z'],
    ['2026-04-01T08:59', '2026-03-31T23:59:00.000Z', '2026-04-01T00:00:00.000Z'],
  ])('%s lasts from %s until %s', (moment, from, until) => {
    expect(tokyoBounds(moment, moment)).toEqual({ from, until });
  });
});

describe('a stretch of time', () => {
  it('reaches from the beginning of one moment through the end of another', () => {
    expect(tokyoBounds('2026-04', '2026-06')).toEqual({
      from: '2026-03-31T15:00:00.000Z',
      until: '2026-06-30T15:00:00.000Z',
    });
    expect(tokyoBounds('2026-04', null)).toEqual({ from: '2026-03-31T15:00:00.000Z', until: null });
    expect(tokyoBounds(null, '2026-06')).toEqual({ from: null, until: '2026-06-30T15:00:00.000Z' });
  });

  it('holds its first instant and not its last', () => {
    const april = tokyoBounds('2026-04', '2026-04');
    expect(isWithin('2026-03-31T14:59:59.999Z', april)).toBe(false);
    expect(isWithin('2026-03-31T15:00:00.000Z', april)).toBe(true);
    expect(isWithin('2026-04-30T14:59:59.999Z', april)).toBe(true);
    expect(isWithin('2026-04-30T15:00:00.000Z', april)).toBe(false);
  });

  it('is measured in days, begun ones counted', () => {
    expect(lengthInDays(tokyoBounds('2026-04', '2026-06'))).toBe(91);
    expect(lengthInDays(tokyoBounds('2026-04-01T09:30', '2026-04-01T09:30'))).toBe(1);
    expect(lengthInDays(tokyoBounds('2026-06', '2026-04'))).toBe(0);
    expect(lengthInDays(tokyoBounds('2026', null))).toBeNull();
    expect(lengthInDays(unbounded)).toBeNull();
  });

  it('overlaps another, and has a hull with it', () => {
    const spring = tokyoBounds('2026-03', '2026-05');
    const may = tokyoBounds('2026-05', '2026-08');
    const since = tokyoBounds('2026-04', null);
    const never = tokyoBounds('2026-06', '2026-04');
    expect(overlap(spring, may)).toEqual(tokyoBounds('2026-05', '2026-05'));
    expect(overlap(spring, unbounded)).toEqual(spring);
    expect(overlap(since, spring)).toEqual(tokyoBounds('2026-04', '2026-05'));
    expect(isEmpty(overlap(tokyoBounds('2026-03', '2026-03'), may))).toBe(true);
    expect(hull(spring, may)).toEqual(tokyoBounds('2026-03', '2026-08'));
    expect(hull(since, spring)).toEqual(tokyoBounds('2026-03', null));
    expect(hull(unbounded, spring)).toEqual(unbounded);
    expect(hull(never, spring)).toEqual(spring);
    expect(hull(spring, never)).toEqual(spring);
  });

  it('overlaps and has hulls as its instants say', () => {
    const ends = [null, '2026-04-01T00:00:00.000Z', '2026-04-02T00:00:00.000Z', '2026-04-03T00:00:00.000Z'];
    const instants = [1, 2, 3, 4]
      .map((day) => `2026-04-0${day}T00:00:00.000Z`)
      .concat('2026-03-31T00:00:00.000Z');
    const all: TimeBounds[] = ends.flatMap((from) => ends.map((until) => ({ from, until })));
    for (const one of all) {
      for (const other of all) {
        for (const instant of instants) {
          const [inOne, inOther] = [isWithin(instant, one), isWithin(instant, other)];
          expect(isWithin(instant, overlap(one, other))).toBe(inOne && inOther);
          if (inOne || inOther) expect(isWithin(instant, hull(one, other))).toBe(true);
        }
      }
    }
  });
});
