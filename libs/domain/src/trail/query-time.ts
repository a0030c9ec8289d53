import { addDays, addMonths, isTokyoDay, startOfTokyoDay } from '../kernel/tokyo.js';

/** A year, month, day, hour or minute in Tokyo: `2026`, `2026-04`, `2026-04-01`, `2026-04-01T09`, `2026-04-01T09:30`. */
export type TokyoMoment = string;

/** Years that an instant can be written for and that a trail can have. */
const YEAR = '(?:19[7-9]\\d|2\\d{3})';
const MOMENT = new RegExp(
  `^(${YEAR})(?:-(0[1-9]|1[0-2])(?:-(\\d{2})(?:T([01]\\d|2[0-3])(?::([0-5]\\d))?)?)?)?$`,
);

const HOUR_MS = 3_600_000;

/** A stretch of time as UTC instants (ISO 8601, milliseconds), `from` inside and `until` outside; null where open. */
export interface TimeBounds {
  readonly from: string | null;
  readonly until: string | null;
}

export const unbounded: TimeBounds = { from: null, until: null };

export function isTokyoMoment(value: string): value is TokyoMoment {
  const [, , , day] = MOMENT.exec(value) ?? [];
  return MOMENT.test(value) && (day === undefined || isTokyoDay(value.slice(0, 10)));
}

const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

/** First instant of a moment, and the first after it. */
function extent(moment: TokyoMoment): { readonly from: string; readonly until: string } {
  const day = `${moment}-01-01`.slice(0, 10);
  switch (moment.length) {
    case 4:
      return { from: startOfTokyoDay(day), until: startOfTokyoDay(addMonths(day, 12)) };
    case 7:
      return { from: startOfTokyoDay(day), until: startOfTokyoDay(addMonths(day, 1)) };
    case 10:
      return { from: startOfTokyoDay(day), until: startOfTokyoDay(addDays(day, 1)) };
    default: {
      const [hour = 0, minute] = moment.slice(11).split(':').map(Number);
      const from = later(startOfTokyoDay(day), hour * HOUR_MS + (minute ?? 0) * 60_000);
      return { from, until: later(from, minute === undefined ? HOUR_MS : 60_000) };
    }
  }
}

/** From the beginning of one moment through the end of another. */
export const tokyoBounds = (from: TokyoMoment | null, through: TokyoMoment | null): TimeBounds => ({
  from: from === null ? null : extent(from).from,
  until: through === null ? null : extent(through).until,
});

/** Whether no instant lies inside. */
export const isEmpty = ({ from, until }: TimeBounds): boolean =>
  from !== null && until !== null && from >= until;

/** Whether an instant of that form lies inside. */
export const isWithin = (instant: string, { from, until }: TimeBounds): boolean =>
  (from === null || instant >= from) && (until === null || instant < until);

const latest = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;
const earliest = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other < one) ? other : one;

/** What lies in both. */
export const overlap = (one: TimeBounds, other: TimeBounds): TimeBounds => ({
  from: latest(one.from, other.from),
  until: earliest(one.until, other.until),
});

/** The shortest stretch that holds both. */
export function hull(one: TimeBounds, other: TimeBounds): TimeBounds {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  return {
    from: one.from === null || other.from === null ? null : earliest(one.from, other.from),
    until: one.until === null || other.until === null ? null : latest(one.until, other.until),
  };
}

/** Its length in days, rounded up; null where it is open. */
export const lengthInDays = ({ from, until }: TimeBounds): number | null =>
  from === null || until === null
    ? null
    : Math.ceil(Math.max(0, Date.parse(until) - Date.parse(from)) / (24 * HOUR_MS));
