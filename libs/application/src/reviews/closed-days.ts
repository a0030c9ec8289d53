import { type ClosedDays, hoursOn, type ProvisionState, type TokyoDay } from '#domain';
import { publicHolidaysOf } from './public-holidays.js';

/** 0 = Sunday, 6 = Saturday: offices of the state are closed (行政機関の休日に関する法律 1(1)一). */
const WEEKEND = [0, 6] as const;
/** 29 December to 3 January are closed as well (the same, 1(1)三). */
const YEAR_END = ['12-29', '12-30', '12-31'] as const;
const NEW_YEAR = ['01-01', '01-02', '01-03'] as const;

/**
 * The days on which nobody is expected at the counter: weekends, public holidays (the same, 1(1)二), the turn of the year,
 * and the closed days that both parties have agreed on with the service hours, each as of the version in force on that
 * day. For days within `years`; of years after `HOLIDAYS_KNOWN_THROUGH` no public holiday is known.
 */
export function closedDaysOf(provision: ProvisionState, years: Iterable<number>): ClosedDays {
  const agreed = provision.versions
    .flatMap(({ closedDays }) => closedDays)
    .filter((day) => hoursOn(provision, day)?.closedDays.includes(day));
  const ofLaw = [...years].flatMap((year) => [
    ...publicHolidaysOf(year),
    ...[...YEAR_END, ...NEW_YEAR].map((day): TokyoDay => `${year}-${day}`),
  ]);
  return { weekdays: WEEKEND, days: new Set([...agreed, ...ofLaw]) };
}
