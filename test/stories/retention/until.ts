import { setTimeout as pause } from 'node:timers/promises';

/** Asks again until the answer is something, ten seconds at most: for what another process does in its own time. */
export async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  for (const end = performance.now() + 10_000; performance.now() < end; await pause(10)) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`waited in vain for ${what}`);
}
