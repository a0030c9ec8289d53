/** Generous: a machine that is busy with something else is slow, and a story that hangs must end all the same. */
const PATIENCE_MS = 120_000;
const POLL_MS = 100;

/** Asks again until there is an answer other than null or false; throws, naming what was waited for, when there is none. */
export async function until<T>(what: string, ask: () => Promise<T | null | false>): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1_000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
