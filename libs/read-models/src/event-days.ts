import { fiscalYear, tokyoDay, type TokyoDay } from '#domain';

/** `2026-04-01T09`, in UTC. */
export const hourOf = (instant: string): string => instant.slice(0, 13);

/**
 * The Tokyo day of one event after another. Tokyo is ahead by whole hours, so that all of an hour (UTC) are of one day, and a
 * batch is of few hours: to reckon the day of each takes longer than to write some of its rows.
 */
export const dayOfEvent = ofHours(tokyoDay);

/** The fiscal year of one event after another. */
export const yearOfEvent = ofHours((instant) => fiscalYear(tokyoDay(instant)));

/** The same function for instants that end in `Z`, with the answer of the last hour at hand. */
function ofHours<T extends TokyoDay | number>(reckon: (instant: string) => T): (instant: string) => T {
  let last: { readonly hour: string; readonly answer: T } | null = null;
  return (instant) => {
    if (last !== null && instant.startsWith(last.hour) && instant.endsWith('Z')) return last.answer;
    const answer = reckon(instant);
    last = { hour: hourOf(instant), answer };
    return answer;
  };
}
