/** The minute of business time in which an instant falls, `YYYY-MM-DDTHH:MMZ`: how failures and denials are counted. */
export const minuteOf = (instant: string): string => `${instant.slice(0, 16)}Z`;

/** What a flush writes: the minutes that are over, or (at stop) the running one too. */
export type FlushScope = 'past-minutes' | 'all';

/** Whether a flush takes a bucket of `minute` along at the instant `now`. */
export const isDue = (minute: string, scope: FlushScope, now: string): boolean =>
  scope === 'all' || minute < minuteOf(now);
