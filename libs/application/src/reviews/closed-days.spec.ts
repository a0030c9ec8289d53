import { describe, expect, it } from '@jest/globals';
import { addDays, initialProvision, isClosedDay, nextOpenDay } from '#domain';
import { closedDaysOf } from './closed-days.js';

const version = (proposal: string, effectiveFrom: string, closedDays: readonly string[]) => ({
  proposal,
  hours: [],
  closedDays,
  effectiveFrom,
});

describe('the days on which nobody is at the counter', () => {
  const closed = closedDaysOf(
    {
      ...initialProvision,
      versions: [
        version('first', '2026-04-01', ['2026-04-28', '2026-07-21']),
        version('second', '2026-07-01', ['2026-04-30', '2026-08-12']),
      ],
    },
    [2026, 2027],
  );
  it.each([
    ['a Friday', '2026-04-03', false],
    ['a Saturday', '2026-04-04', true],
    ['a Sunday', '2026-04-05', true],
    ['a closed day of the version then in force', '2026-04-28', true],
    ['a closed day of a version that had not begun', '2026-04-30', false],
    ['a closed day of a version that was over', '2026-07-21', false],
    ['a closed day of the later version', '2026-08-12', true],
    ['a public holiday', '2026-11-03', true],
    ['the substitute of one that fell on a Sunday', '2026-05-06', true],
    ['a day between two of them', '2026-09-22', true],
    ['the day after them', '2026-09-24', false],
    ['the last working day of a year', '2026-12-28', false],
    ['the end of a year', '2026-12-29', true],
    ['the third of January', '2027-01-03', true],
    ['the first working day of a year', '2027-01-04', false],
  ])('%s', (_what, day, expected) => {
    expect(isClosedDay(day, closed)).toBe(expected);
  });

  // Where a deadline of thirty days falls on a closed day it ends on the next open one (rules 43 to 45 of the act).
  it.each([
    ['2026-03-31', '2026-03-31'],
    ['2026-05-02', '2026-05-07'],
    ['2026-01-02', '2026-01-05'],
  ])('a deadline on %s ends on %s', (day, open) => {
    const calendar = closedDaysOf(initialProvision, [2025, 2026]);
    expect(nextOpenDay(addDays(day, -1), calendar)).toBe(open);
  });
});
