import { join } from 'node:path';
import { benchId } from '../ids.js';
import { catalogue } from '#domain';
import { type EventStore, openSqliteEventStore } from '#event-store';
import { openVault, type Vault } from '#vault';
import { type Comparison, compare, type Pace } from '../rounds.js';
import { bareDatabase } from './bare-side.js';
import { portSide } from './port-side.js';
import { clearOnly, makeKeys, ordinary, sealedOnly, type Workload } from './workload.js';

export interface AppendResult extends Comparison {
  readonly workload: string;
  readonly callers: number;
  /** Mean size of an entry in bytes. */
  readonly entryBytes: number;
}

export interface FullFileResult extends Comparison {
  readonly callers: number;
  /** Events in the full file before the first round. */
  readonly events: number;
}

const CALLERS = [1, 8, 64] as const;
/** Ready entries for the floor, and for filling files. */
const SAMPLES = 1_024;

/** Appends through the port, sealing included, against bare SQLite with batches of as many events as we have callers. */
export async function benchAppend(directory: string, pace: Pace): Promise<readonly AppendResult[]> {
  const vault = await vaultIn(directory);
  const store = await storeIn(directory, 'ours', vault);
  const results: AppendResult[] = [];
  try {
    for (const workload of [ordinary, clearOnly, sealedOnly]) {
      const entries = await samplesOf(vault, workload);
      const bare = bareDatabase(join(directory, `bare-${results.length}.sqlite`), entries);
      for (const callers of workload === ordinary ? CALLERS : ([64] as const)) {
        const ours = portSide('port, sealing included', { vault, store, workload }, callers);
        const entryBytes = Math.round(entries.reduce((sum, text) => sum + text.length, 0) / SAMPLES);
        const compared = await compare(ours, bare.side(callers), pace);
        results.push({ workload: workload.name, callers, entryBytes, ...compared });
      }
      bare.close();
    }
    return results;
  } finally {
    await store.close();
    await vault.close();
  }
}

/** The port on a file that holds `events` already, against itself on one that begins empty. */
export async function benchFullFile(
  directory: string,
  pace: Pace,
  events: number,
): Promise<readonly FullFileResult[]> {
  const vault = await vaultIn(directory);
  const full = await storeIn(directory, 'full', vault);
  const results: FullFileResult[] = [];
  try {
    await fill(full, events, await samplesOf(vault, clearOnly));
    for (const callers of CALLERS) {
      const empty = await storeIn(directory, `empty-${callers}`, vault);
      const parts = { vault, workload: ordinary };
      const ours = portSide('full file', { ...parts, store: full }, callers);
      const theirs = portSide('empty file', { ...parts, store: empty }, callers);
      results.push({ callers, events, ...(await compare(ours, theirs, pace)) });
      await empty.close();
    }
    return results;
  } finally {
    await full.close();
    await vault.close();
  }
}

export async function vaultIn(directory: string): Promise<Vault> {
  const vault = await openVault({
    directory: join(directory, 'keys'),
    rootDirectory: join(directory, 'root-keys'),
    process: 'bench',
    catalogue,
    realNow: Date.now,
  });
  await makeKeys(vault);
  return vault;
}

export const storeIn = async (directory: string, name: string, vault: Vault): Promise<EventStore> =>
  openSqliteEventStore({
    file: join(directory, `${name}.sqlite`),
    macKey: await vault.appendKey(),
    onFatal: (error) => {
      throw error;
    },
  });

async function samplesOf(vault: Vault, workload: Workload): Promise<readonly string[]> {
  const samples: string[] = [];
  for (let made = 0; made < SAMPLES; made += 1) {
    samples.push(...(await vault.seal([workload.draft()], [])).map(({ entry }) => entry));
  }
  return samples;
}

/** Through the adapter, since only its rows are rows: streams of four ready-made events, 128 appends under way. */
async function fill(store: EventStore, events: number, samples: readonly string[]): Promise<void> {
  const STREAM = 4;
  let left = Math.ceil(events / STREAM);
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const made = Array.from({ length: STREAM }, (_, index) => ({
        id: benchId(),
        type: 'InformationProvided',
        entry: samples[(left + index) % samples.length] as string,
      }));
      await store.append(`inquiry-${benchId()}`, 'no-stream', made);
    }
  };
  await Promise.all(Array.from({ length: 128 }, writer));
}
