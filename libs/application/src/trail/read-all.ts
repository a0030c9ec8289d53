import { comparePositions, type EventReads } from '#event-store';
import type { ReadPosition } from '#read-models';
import type { Trail } from './trail.js';

/**
 * Where the read models stand once they have read everything that is on record now; null where nothing is. `behind` where
 * they have not after `waits` waits, of 2 s at most each.
 */
export async function readAll(
  store: Pick<EventReads, 'lastPosition'>,
  trail: Pick<Trail, 'waitFor'>,
  waits = 1,
): Promise<ReadPosition | 'behind' | null> {
  const last = await store.lastPosition();
  if (last === null) return null;
  for (let waited = 0; waited < waits; waited += 1) {
    const read = await trail.waitFor(last);
    if (read && comparePositions(read.position, last) >= 0) return read;
  }
  return 'behind';
}
