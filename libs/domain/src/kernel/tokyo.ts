/**
 * Tokyo days (decision 22): instants are UTC, days and deadlines are Asia/Tokyo, which has had the fixed
 * offset +09:00 since 1951, so the arithmetic needs no time-zone table.
 */

/** A calendar day in Tokyo, `YYYY-MM-DD`. Strings compare in calendar order. */
export type TokyoDay = string;

const OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The Tokyo day on which a UTC instant (ISO 8601) falls. */
export const tokyoDay = (instant: string): TokyoDay =>
  new Date(Date.parse(instant) + OFFSET_MS).toISOString().slice(0, 10);

/** Minutes since midnight in Tokyo, 0 to 1,439. */
export const tokyoMinute = (instant: string): number =>
  Math.floor(((((Date.parse(instant) + OFFSET_MS) % DAY_MS) + DAY_MS) % DAY_MS) / 60_000);

/** The instant of 00:00 in Tokyo on `day`, as UTC ISO 8601. */
export const startOfTokyoDay = (day: TokyoDay): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) - OFFSET_MS).toISOString();

/** 0 = Sunday … 6 = Saturday. */
export const weekday = (day: TokyoDay): number => new Date(`${day}T00:00:00.000Z`).getUTCDay();

export const addDays = (day: TokyoDay, days: number): TokyoDay =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Calendar months later; a day that the target month lacks becomes its last day (Civil Code 143(2)). */
export function addMonths(day: TokyoDay, months: number): TokyoDay {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

export const daysBetween = (from: TokyoDay, to: TokyoDay): number =>
  Math.round((Date.parse(`${to}T00:00:00.000Z`) - Date.parse(`${from}T00:00:00.000Z`)) / DAY_MS);

/** The fiscal year (年度, April to March) of a day: 2027-03-31 is in 2026. */
export function fiscalYear(day: TokyoDay): number {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return month >= 4 ? year : year - 1;
}

export const isTokyoDay = (value: unknown): value is TokyoDay => {
  const match = typeof value === 'string' ? DAY.exec(value) : null;
  if (!match) return false;
  const time = Date.parse(`${value as string}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
};

/** A retention period: a whole number of days, months or years as an ISO 8601 duration, `P90D`, `P6M`, `P1Y`. */
export type Period = string;
const PERIOD = /^P(?:([1-9]\d{0,3})D|([1-9]\d{0,2})M|([1-9]\d?)Y)$/;

export const isPeriod = (value: unknown): value is Period => typeof value === 'string' && PERIOD.test(value);

/** The last day of a period that begins on `day`: that day plus the period. */
export function addPeriod(day: TokyoDay, period: Period): TokyoDay {
  const match = PERIOD.exec(period);
  if (!match) throw new RangeError('not a period');
  if (match[1]) return addDays(day, Number(match[1]));
  return addMonths(day, match[2] ? Number(match[2]) : Number(match[3]) * 12);
}
