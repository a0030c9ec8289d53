import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { catchUp, projectionFollower } from '#application';
import { type EventReads, openSqliteEventReads } from '#event-store';
import { openProjections } from '#read-models';
import type { Vault } from '#vault';
import { storeIn, vaultIn } from '../append/append-bench.js';
import { cpuSince } from '../append/port-side.js';
import { type Comparison, compare, type Side } from '../rounds.js';
import { SameRows } from './same-rows.js';
import { makeKeysOfDays, recordDays } from './recorded-days.js';

export interface RebuildResult extends Comparison {
  readonly events: number;
  /** What the floor writes: the rows of all tables. */
  readonly rows: number;
}

/**
 * All read models from an events file, as the worker does it when their version was raised: every event read, its MAC
 * checked, its tokens opened, projected. Beside it the very rows that came of it, inserted ready-made.
 */
export async function benchRebuild(
  directory: string,
  { events, rounds }: { readonly events: number; readonly rounds: number },
): Promise<RebuildResult> {
  const vault = await vaultIn(directory);
  try {
    await makeKeysOfDays(vault);
    const store = await storeIn(directory, 'events', vault);
    const made = await recordDays(store, vault, events);
    await store.close();
    const reads = await openSqliteEventReads({
      file: join(directory, 'events.sqlite'),
      macKey: await vault.appendKey(),
      onFatal: (error) => {
        throw error;
      },
    });
    try {
      const file = join(directory, 'read-models.db');
      await rebuild(file, reads, vault);
      const same = SameRows.of(file, join(directory, 'made.db'));
      const ours = ourSide(file, reads, vault);
      const theirs = same.side(join(directory, 'by-hand.db'), made);
      return { events: made, rows: same.rows, ...(await compare(ours, theirs, { rounds, ms: 0 })) };
    } finally {
      await reads.close();
    }
  } finally {
    await vault.close();
  }
}

async function rebuild(file: string, reads: EventReads, vault: Vault): Promise<number> {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  const projections = await openProjections({ file });
  try {
    return await catchUp(reads, projectionFollower(projections, vault));
  } finally {
    await projections.close();
  }
}

/** One rebuild, however long it takes. */
const ourSide = (file: string, reads: EventReads, vault: Vault): Side => ({
  name: 'rebuild of all read models',
  work: async () => {
    const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
    const operations = await rebuild(file, reads, vault);
    return { operations, seconds: (performance.now() - began) / 1_000, cpuSeconds: cpuSince(cpuBefore) };
  },
});
