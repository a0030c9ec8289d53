import { reasons, type Refusal } from '../kernel/decision.js';
import { hasRepeats } from '../kernel/text.js';
import { isTokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import type { OpeningHours } from './agreement.events.js';
import { because } from './refusals.js';

/** Ten intervals on each weekday: far more than anybody needs, and an event stays small. */
const MOST_INTERVALS = 70;
/** A year of closed days and a margin. */
const MOST_CLOSED_DAYS = 400;
const MINUTES_OF_A_DAY = 1_440;

const isInterval = ({ weekday, from, until }: OpeningHours): boolean =>
  [weekday, from, until].every(Number.isInteger) &&
  weekday >= 0 &&
  weekday <= 6 &&
  from >= 0 &&
  from < until &&
  until <= MINUTES_OF_A_DAY;

/** Whether two intervals of one weekday share a minute; one may begin where another ends. */
function overlap(hours: readonly OpeningHours[]): boolean {
  const ascending = hours.toSorted((a, b) => a.weekday - b.weekday || a.from - b.from);
  return ascending.some((opening, index) => {
    const next = ascending[index + 1];
    return next !== undefined && next.weekday === opening.weekday && next.from < opening.until;
  });
}

/**
 * What is wrong with proposed service hours. An empty week is refused: to stop altogether is a suspension, which
 * has a reason and an end on record (art. 6).
 */
export function serviceHoursFaults(
  hours: readonly OpeningHours[],
  closedDays: readonly TokyoDay[],
): Refusal[] {
  return reasons(
    hours.length === 0 && because('hours-empty', 'hours'),
    hours.length > MOST_INTERVALS && because('hours-too-many', 'hours'),
    !hours.every(isInterval) && because('hours-malformed', 'hours'),
    hours.every(isInterval) && overlap(hours) && because('hours-overlapping', 'hours'),
    closedDays.length > MOST_CLOSED_DAYS && because('closed-days-too-many', 'closedDays'),
    !closedDays.every(isTokyoDay) && because('closed-day-malformed', 'closedDays'),
    hasRepeats(closedDays) && because('closed-day-repeated', 'closedDays'),
  );
}
