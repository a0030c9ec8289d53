import { setImmediate } from 'node:timers/promises';
import { type EventStore, EventsMissing, ForgedEvent, type Position, type StoredEvent } from '#event-store';

/**
 * What can still be read after a position: a forged event, or events that are missing, stop the log, but not the
 * alarm, which has just that to tell (decisions 7 and 8: alerts go on). The forged one itself is never read; that
 * there is one is said by whoever watches the log. An empty page means the end.
 */
export async function readWhatIsThere(
  store: Pick<EventStore, 'readAll'>,
  after: Position | null,
  limit: number,
): Promise<readonly StoredEvent[]> {
  try {
    return await store.readAll(after, limit);
  } catch (error) {
    if (!isGap(error)) throw error;
  }
  return oneByOne(store, after, limit);
}

const isGap = (error: unknown): error is ForgedEvent | EventsMissing =>
  error instanceof ForgedEvent || error instanceof EventsMissing;

/**
 * Event by event over the page that could not be read at once, stepping over what is not genuine. Somebody who can write
 * into the store can make any number of steps necessary: others get their turn at each.
 */
async function oneByOne(
  store: Pick<EventStore, 'readAll'>,
  after: Position | null,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const page: StoredEvent[] = [];
  let at = after;
  while (page.length < limit) {
    try {
      const [event] = await store.readAll(at, 1);
      if (!event) break;
      page.push(event);
      at = event.position;
    } catch (error) {
      if (!isGap(error)) throw error;
      at = error instanceof ForgedEvent ? error.position : before(error.next);
      await setImmediate();
    }
  }
  return page;
}

/** An engine that tells of missing events has positions without gaps: this one is the last of what is missing. */
const before = (position: Position): Position => String(BigInt(position) - 1n);
