import type { NewEvent } from '#event-store';
import type { Vault } from '#vault';
import { ordinary } from '../append/workload.js';
import { benchId } from '../ids.js';

const SAMPLES = 1_024;

/** Endless events whose entries are as long as sealed ones, each with an id of its own: a sample with the id replaced. */
export async function distinctEntries(vault: Vault): Promise<() => NewEvent> {
  const samples: NewEvent[] = [];
  while (samples.length < SAMPLES) samples.push(...(await vault.seal([ordinary.draft()], [])));
  let made = 0;
  return () => {
    const { id: old, type, entry } = samples[made++ % SAMPLES] as NewEvent;
    const id = benchId();
    return { id, type, entry: entry.replace(`"id":"${old}"`, `"id":"${id}"`) };
  };
}
