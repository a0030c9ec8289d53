import { type Rooms, WORKER_LEASE } from './rooms.js';

/**
 * The fencing token under which this process, which has the worker's lease, may write the log and destroy keys: above
 * every one that log and key store have seen, for the leases that hand them out may have been lost or be old ones. To be
 * asked for before the duties are taken up, and never for going on with them: whoever was superseded must stop. Null when
 * the lease is another's by now.
 */
export async function workerFence(
  rooms: Pick<Rooms, 'log' | 'vault' | 'operations' | 'lease'>,
): Promise<number | null> {
  const { log, vault, operations, lease: holder } = rooms;
  const seen = Math.max((await log.state()).fence, await vault.highestFence());
  return operations.leases.liftFence(WORKER_LEASE, holder, seen)?.fence ?? null;
}
