/** Why an attempt was ended from this side. */
type Ending = 'timeout' | 'closed';

/** The attempts under way: each ends at its time-out, and all of them when the channels close. */
export class Attempts {
  private readonly underWay = new Map<AbortController, Promise<unknown>>();
  private closed = false;

  constructor(private readonly timeoutMs: number) {}

  /**
   * Runs one attempt. `work` must settle once its signal is aborted, and leave no socket; what it settles with is
   * returned. Real time: another machine waits on the other side (decision 22).
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ending = new AbortController();
    const end = (why: Ending): void => ending.abort(why);
    if (this.closed) end('closed');
    const timer = setTimeout(end, this.timeoutMs, 'timeout');
    const attempt = work(ending.signal);
    this.underWay.set(ending, attempt);
    try {
      return await attempt;
    } finally {
      clearTimeout(timer);
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
