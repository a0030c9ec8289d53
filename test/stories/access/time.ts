import type { Kiroku } from '../../harness/kiroku.js';

/** Lets business time pass, and waits until the api has noticed: it believes an offset for 50 ms. */
export async function pass(kiroku: Kiroku, ms: number): Promise<void> {
  kiroku.advance(ms);
  const reached = kiroku.clock.now();
  while (kiroku.api.rooms.clock.now() < reached) await new Promise(setImmediate);
}

/** Lets business time pass until an instant (UTC ISO 8601) that is still to come. */
export const passUntil = (kiroku: Kiroku, instant: string): Promise<void> =>
  pass(kiroku, Date.parse(instant) - Date.parse(kiroku.clock.now()));

export const DAY_MS = 86_400_000;
