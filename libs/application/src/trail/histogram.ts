import { tokyoDay, tokyoMinute, type TokyoMoment } from '#domain';
import { Refused } from '../refused.js';

export const intervals = ['hour', 'day', 'month'] as const;
export type Interval = (typeof intervals)[number];

/** How many events one hour, day or month of Tokyo has; `moment` may be searched for as it is, by `at:`. */
export interface HistogramBar {
  readonly moment: TokyoMoment;
  readonly count: number;
}

/** Nobody looks at more, and a year by the hour would be 8,760. */
const MOST_BARS = 1_000;

/** The moment of Tokyo in which an hour of UTC (`2026-04-01T09`) lies. */
function momentOf(hour: string, interval: Interval): TokyoMoment {
  const instant = `${hour}:00:00.000Z`;
  const day = tokyoDay(instant);
  if (interval === 'month') return day.slice(0, 7);
  if (interval === 'day') return day;
  return `${day}T${String(tokyoMinute(instant) / 60).padStart(2, '0')}`;
}

/** Ascending, as the hours are; what has no events has no bar. Refuses with `histogram-too-fine` above 1,000 of them. */
export function histogramOf(
  hours: readonly { readonly hour: string; readonly count: number }[],
  interval: Interval,
): readonly HistogramBar[] {
  const bars = new Map<TokyoMoment, number>();
  for (const { hour, count } of hours) {
    const moment = momentOf(hour, interval);
    bars.set(moment, (bars.get(moment) ?? 0) + count);
  }
  if (bars.size > MOST_BARS) throw new Refused([{ code: 'histogram-too-fine', field: 'interval' }]);
  return [...bars].map(([moment, count]) => ({ moment, count }));
}
