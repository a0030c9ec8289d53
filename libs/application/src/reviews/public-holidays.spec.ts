import { describe, expect, it } from '@jest/globals';
import { addDays, isTokyoDay, weekday } from '#domain';
import { HOLIDAYS_KNOWN_THROUGH, publicHolidaysOf } from './public-holidays.js';

/**
 * As the Cabinet Office lists them (内閣府「国民の祝日について」): 2026 and 2027 with their substitutes (振替休日, 3(2)) and
 * with 2026-09-22 between two holidays (国民の休日, 3(3)).
 */
const official: Readonly<Record<number, string>> = {
  2026: '01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23',
  2027: '01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23',
};

describe('the public holidays', () => {
  it.each([2026, 2027])('of %i are those of the official list', (year) => {
    const days = official[year]?.split(' ').map((day) => `${year}-${day}`);
    expect(publicHolidaysOf(year)).toEqual(days);
  });

  it('go on to the Monday wherever one falls on a Sunday', () => {
    for (let year = 2026; year <= Number(HOLIDAYS_KNOWN_THROUGH.slice(0, 4)); year += 1) {
      const days = new Set(publicHolidaysOf(year));
      expect(days.size).toBeGreaterThanOrEqual(16);
      for (const day of days) {
        expect(isTokyoDay(day)).toBe(true);
        if (weekday(day) === 0) expect(days).toContain(addDays(day, 1));
      }
    }
  });

  it('are known through a last year, and that can be asked', () => {
    expect(HOLIDAYS_KNOWN_THROUGH >= '2050-12-31').toBe(true);
    expect(publicHolidaysOf(Number(HOLIDAYS_KNOWN_THROUGH.slice(0, 4)) + 1)).toEqual([]);
  });
});
