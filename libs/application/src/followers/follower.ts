import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EventStore, ForgedEvent, type Position, type StoredEvent } from '#event-store';

/** How far a follower has read: kept in the transaction of the rows that it wrote (decision 6). */
export interface FollowerCheckpoint {
  readonly position: Position;
  readonly eventId: string;
}

/** What follows the global order: the log, the read models, the policies. */
export interface Follower {
  readonly name: string;
  /** How many events it takes at a time while it is behind; `BATCH` where it does not say. */
  readonly batch?: number;
  checkpoint(): Promise<FollowerCheckpoint | null>;
  /** Applies a batch and its checkpoint together; a crash before it returns means the batch comes again. */
  apply(batch: readonly StoredEvent[]): Promise<void>;
  /** Told each time there is nothing more to read. What it does then it does again after a crash. */
  caughtUp?(signal?: AbortSignal): Promise<void>;
}

/** The store does not hold what a follower has read: its rows belong to another history (decision 16). */
export class FollowerDiverged extends Error {
  readonly code = 'follower-diverged';
  constructor(
    readonly follower: string,
    readonly position: Position,
  ) {
    super(`${follower} has read up to position ${position} in a history that the store does not hold`);
    this.name = 'FollowerDiverged';
  }
}

const BATCH = 500;

/** Whether the store holds this very event at this position; a forged one there is another one. */
export async function holds(
  store: Pick<EventStore, 'readEvent'>,
  { position, eventId }: FollowerCheckpoint,
): Promise<boolean> {
  try {
    return (await store.readEvent(eventId))?.position === position;
  } catch (error) {
    if (error instanceof ForgedEvent) return false;
    throw error;
  }
}

/** Checks that a follower's checkpoint lies in this store's history. Called once at start. */
export async function verifyCheckpoint(store: EventStore, follower: Follower): Promise<void> {
  const checkpoint = await follower.checkpoint();
  if (checkpoint && !(await holds(store, checkpoint))) {
    throw new FollowerDiverged(follower.name, checkpoint.position);
  }
}

/**
 * Reads everything after the follower's checkpoint, batch by batch; returns how many events it applied.
 * Stops between batches when `signal` aborts. Also the recovery after a crash: there is no other way to catch up.
 */
export async function catchUp(
  store: Pick<EventStore, 'readAll'>,
  follower: Follower,
  signal?: AbortSignal,
): Promise<number> {
  let applied = 0;
  let after = (await follower.checkpoint())?.position ?? null;
  for (;;) {
    if (signal?.aborted) break;
    const batch = await store.readAll(after, follower.batch ?? BATCH);
    const last = batch.at(-1);
    if (!last) {
      await follower.caughtUp?.(signal);
      break;
    }
    await follower.apply(batch);
    applied += batch.length;
    after = last.position;
    // Embedded, all of this runs without a pause: leases, the log and the stop must have their turn in between.
    await nextTurn();
  }
  return applied;
}
