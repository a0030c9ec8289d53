import calendar from '@holiday-jp/holiday_jp';
import type { TokyoDay } from '#domain';

/**
 * The public holidays (国民の祝日に関する法律 art. 3: holidays, their substitutes, and the days between two of them), by
 * year. They are data and no rule: the equinoxes are announced a year ahead, and single years have had holidays of their
 * own. A new law, and years after the last, come with a new version of the calendar's package.
 */
const byYear: ReadonlyMap<number, readonly TokyoDay[]> = Map.groupBy(Object.keys(calendar.holidays), (day) =>
  Number(day.slice(0, 4)),
);

/** Empty for a year that the calendar does not have. */
export const publicHolidaysOf = (year: number): readonly TokyoDay[] => byYear.get(year) ?? [];

/** The last Tokyo day of which the calendar says whether it is a holiday; after it, none is known. */
export const HOLIDAYS_KNOWN_THROUGH: TokyoDay = `${Math.max(...byYear.keys())}-12-31`;
