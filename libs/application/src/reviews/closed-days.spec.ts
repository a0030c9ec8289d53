import { describe, expect, it } from '@jest/globals';
import { initialProvision, isClosedDay } from '#domain';
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
        version('first', '2026-04-01', ['2026-04-29', '2026-07-20']),
        version('second', '2026-07-01', ['2026-04-30', '2026-08-11']),
      ],
    },
    [2026, 2027],
  );
  it.each([
    ['a Friday', '2026-04-03', false],
    ['a Saturday', '2026-04-04', true],
    ['a Sunday', '2026-04-05', true],
    ['a closed day of the version then in force', '2026-04-29', true],
    ['a closed day of a version that had not begun', '2026-04-30', false],
    ['a closed day of a version that was over', '2026-07-20', false],
    ['a closed day of the later version', '2026-08-11', true],
    ['the last working day of a year', '2026-12-28', false],
    ['the end of a year', '2026-12-29', true],
    ['the third of January', '2027-01-03', true],
    ['the first working day of a year', '2027-01-04', false],
  ])('%s', (_what, day, expected) => {
    expect(isClosedDay(day, closed)).toBe(expected);
  });
});
