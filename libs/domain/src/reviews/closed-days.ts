import { addDays, type TokyoDay, weekday } from '../kernel/tokyo.js';

/** Days on which nobody is expected to work: weekdays that are always closed, and holidays. They arrive as state. */
export interface ClosedDays {
  /** 0 = Sunday … 6 = Saturday. */
  readonly weekdays: readonly number[];
  /** Public holidays and the office's own, as Tokyo days. */
  readonly days: ReadonlySet<TokyoDay>;
}

export const isClosedDay = (day: TokyoDay, { weekdays, days }: ClosedDays): boolean =>
  weekdays.includes(weekday(day)) || days.has(day);

/** No office is closed for longer; beyond it, whoever named the days has closed all of them. */
const LONGEST_CLOSURE = 366;

/** The first open day after `day`; where none comes within a year, the day after it. */
export function nextOpenDay(day: TokyoDay, closed: ClosedDays): TokyoDay {
  for (let ahead = 1; ahead <= LONGEST_CLOSURE; ahead++) {
    const next = addDays(day, ahead);
    if (!isClosedDay(next, closed)) return next;
  }
  return addDays(day, 1);
}
