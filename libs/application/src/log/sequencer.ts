import type { Log } from '#ledger';
import type { Follower } from '../followers/follower.js';

/**
 * Sequences events into the log (decision 8). The store has checked leaf hash and MAC of each event when it was
 * read (decision 7): a forged one throws `ForgedEvent` there, and nothing after it is notarised.
 */
export const logFollower = (log: Log, fence: () => number, realNow: () => number): Follower => ({
  name: 'log',
  checkpoint: async () => {
    const { position, eventId } = await log.state();
    return position !== null && eventId !== null ? { position, eventId } : null;
  },
  apply: async (batch) => {
    const entries = batch.map(({ id, position, entry, leafHash }) => ({
      eventId: id,
      position,
      entry,
      leafHash,
    }));
    await log.append(entries, { fence: fence(), now: new Date(realNow()).toISOString() });
  },
});
