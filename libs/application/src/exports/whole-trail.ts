import type { EventReads } from '#event-store';
import type { Queries, ReadPosition, TrailFilter, TrailRow } from '#read-models';
import { Refused } from '../refused.js';
import { readAll } from '../trail/read-all.js';
import type { Trail } from '../trail/trail.js';

const PAGE = 500;
const WAITS = 2;

/**
 * Waits until the read models have read everything that is on record now. What is handed over is complete: where they
 * do not catch up within four seconds, it is refused with `trail-behind`. Null where nothing is on record.
 */
export async function caughtUp(
  store: Pick<EventReads, 'lastPosition'>,
  trail: Pick<Trail, 'waitFor'>,
): Promise<ReadPosition | null> {
  const read = await readAll(store, trail, WAITS);
  if (read === 'behind') throw new Refused([{ code: 'trail-behind' }]);
  return read;
}

/** All pages of a search, newest first, from a cursor on; each is asked for when the one before it is used up. */
export async function* pagesOf(
  queries: Pick<Queries, 'searchTrail'>,
  filter: TrailFilter,
  from: string | null = null,
): AsyncGenerator<readonly TrailRow[]> {
  let cursor = from;
  do {
    const { rows, next } = await queries.searchTrail(filter, {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    yield rows;
    cursor = next;
  } while (cursor !== null);
}
