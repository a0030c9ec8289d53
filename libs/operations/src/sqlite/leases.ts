import type { Clock, Lease, Leases } from '../port.js';
import type { Connection } from './database.js';

/**
 * A lease that ends later than this from now, in milliseconds, was given under a clock that was put back since (leases are
 * of seconds). Believed, it would keep every other holder away, and its own would be thought alive, until that time
 * comes.
 */
const LATEST_END_MS = 300_000;

/**
 * Leases by name. Taking one reads and writes under SQLite's write lock, so of two processes one wins. A row is
 * never deleted: its fence must outlive every holder. A crash of the holder leaves the lease to run out.
 */
export function leasesIn(connection: Connection, clock: Clock): Leases {
  const stored = connection.prepare<[string], Lease>(
    'SELECT name, holder, fence, until FROM leases WHERE name = ?',
  );
  const write = connection.prepare(
    `INSERT INTO leases (name, holder, fence, until) VALUES (@name, @holder, @fence, @until)
     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, fence = excluded.fence, until = excluded.until`,
  );
  const end = connection.prepare('UPDATE leases SET until = 0 WHERE name = ? AND holder = ?');

  const read = (name: string): Lease | null => {
    const found = stored.get(name);
    const now = clock.realNow();
    if (!found || found.until <= now + LATEST_END_MS) return found ?? null;
    return { ...found, until: now - 1 };
  };

  const acquire = connection.transaction((name: string, holder: string, ttlMs: number): Lease | null => {
    const now = clock.realNow();
    const found = read(name);
    const renewed = found?.holder === holder;
    if (found && !renewed && found.until > now) return null;
    const fence = found ? (renewed ? found.fence : found.fence + 1) : 1;
    const lease: Lease = { name, holder, fence, until: now + ttlMs };
    write.run(lease);
    return lease;
  });

  const liftFence = connection.transaction((name: string, holder: string, seen: number): Lease | null => {
    if (!Number.isSafeInteger(seen + 1)) throw new RangeError(`there is no fencing token above ${seen}`);
    const found = read(name);
    // Somebody else may have it by now, under a fence of his own: of two that lift, one holds the lease.
    if (found?.holder !== holder || found.until <= clock.realNow()) return null;
    if (found.fence > seen) return found;
    const lifted: Lease = { ...found, fence: seen + 1 };
    write.run(lifted);
    return lifted;
  });

  return {
    acquire: (name, holder, ttlMs) => acquire.immediate(name, holder, ttlMs),
    liftFence: (name, holder, seen) => liftFence.immediate(name, holder, seen),
    release: (name, holder) => void end.run(name, holder),
    read,
  };
}
