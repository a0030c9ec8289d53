import { comparePositions, type EventStore, ForgedEvent, type Position } from '#event-store';
import type { FaultCount } from './alarm-mark.js';
import type { UncountedAfter } from './faults.js';

/** An event that shows a fault. */
export interface Occurrence {
  readonly id: string;
  readonly position: Position;
}

/**
 * What is not on record yet of a fault. `count` is what the mark makes of it, `fresh` those of its pending occurrences
 * that came with this batch.
 *
 * Exact over crashes. What is on record is counted up to the event that the record names. Is it the one that the mark
 * knows, then all that is pending is missing. Is it a later one, then a crash kept the mark from being written, or
 * another process was faster: what was pending before is counted, and of the batch what stands up to there.
 */
export function uncountedOf(
  store: Pick<EventStore, 'readEvent'>,
  count: FaultCount | null,
  fresh: readonly Occurrence[],
): UncountedAfter {
  return async (through) => {
    if (!count) return { occurrences: 0, through };
    const counted = through === null ? null : await positionOf(store, through);
    const later = fresh.filter(({ position }) => counted === null || comparePositions(position, counted) > 0);
    const earlier = count.through === through ? count.pending - fresh.length : 0;
    return { occurrences: earlier + later.length, through: count.last };
  };
}

/** Null for an event that is not there any more: that is another matter, and everything counts. */
async function positionOf(store: Pick<EventStore, 'readEvent'>, id: string): Promise<Position | null> {
  try {
    return (await store.readEvent(id))?.position ?? null;
  } catch (error) {
    if (error instanceof ForgedEvent) return null;
    throw error;
  }
}
