import type { EventStore } from '#event-store';
import type { Vault } from '#vault';
import type { Side } from '../rounds.js';
import type { Workload } from './workload.js';

/** Processor time of this process, all threads, in seconds. */
export function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Kiroku: `callers` that each seal an event, append it through the port, and wait until it is on disk. */
export function portSide(
  name: string,
  { vault, store, workload }: { vault: Vault; store: EventStore; workload: Workload },
  callers: number,
): Side {
  return {
    name,
    work: async (ms) => {
      const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
      const latencies: number[] = [];
      const caller = async (): Promise<void> => {
        while (performance.now() - began < ms) {
          const draft = workload.draft();
          const asked = performance.now();
          await store.append(draft.stream, 'no-stream', await vault.seal([draft], []));
          latencies.push(performance.now() - asked);
        }
      };
      await Promise.all(Array.from({ length: callers }, caller));
      const seconds = (performance.now() - began) / 1_000;
      return { operations: latencies.length, seconds, latencies, cpuSeconds: cpuSince(cpuBefore) };
    },
  };
}
