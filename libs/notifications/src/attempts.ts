/** Why an attempt was ended from this side. */
export type Ending = 'timeout' | 'closed';

/** Work that was ended has this long to say what came of it. */
const GRACE_MS = 1_000;

/** The attempts under way: each ends at its time-out, and all of them when the channels close. */
export class Attempts {
  private readonly underWay = new Map<AbortController, Promise<unknown>>();
  private closed = false;

  constructor(
    private readonly timeoutMs: number,
    private readonly graceMs = GRACE_MS,
  ) {}

  /**
   * Runs one attempt. `work` settles once its signal is aborted, and leaves no socket; what it settles with is
   * returned. Work that does not (a library that forgot a case) is given up as `ended` says: an alert whose attempt
   * never ends would never be tried again. Real time: another machine waits on the other side (decision 22).
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>, ended: T): Promise<T> {
    const ending = new AbortController();
    const timers = [setTimeout(() => ending.abort('timeout' satisfies Ending), this.timeoutMs)];
    const givenUp = new Promise<T>((resolve) => {
      const wait = (): void => void timers.push(setTimeout(resolve, this.graceMs, ended));
      ending.signal.addEventListener('abort', wait, { once: true });
    });
    if (this.closed) ending.abort('closed' satisfies Ending);
    const attempt = Promise.race([work(ending.signal), givenUp]);
    this.underWay.set(ending, attempt);
    try {
      return await attempt;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      this.underWay.delete(ending);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const attempts = [...this.underWay.values()];
    for (const ending of this.underWay.keys()) ending.abort('closed' satisfies Ending);
    await Promise.allSettled(attempts);
  }
}

/** What an aborted attempt failed of. */
export const endedBy = ({ reason }: AbortSignal): 'timeout' | 'connection' =>
  (reason as Ending) === 'timeout' ? 'timeout' : 'connection';

/** `work`, or a rejection as soon as the signal is aborted; for work that cannot be ended. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('the attempt was ended'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
