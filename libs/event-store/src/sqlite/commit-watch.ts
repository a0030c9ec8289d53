/** How often other processes' commits are looked for, in milliseconds (decision 6: 25 or less). */
const POLL_MS = 20;

/**
 * Tells listeners that events were committed: by this process at once, by another through polling
 * `PRAGMA data_version` (about 5 µs). Polls only while somebody listens, and never keeps the process alive.
 */
export class CommitWatch {
  private readonly listeners = new Set<() => void>();
  private timer: NodeJS.Timeout | null = null;
  private seen = 0;

  /** `dataVersion` changes when another connection has committed; `onError` hears when it cannot be read. */
  constructor(
    private readonly dataVersion: () => number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Returns the function that ends it. The same function given twice is two subscriptions. */
  listen(listener: () => void): () => void {
    const subscription = (): void => listener();
    this.listeners.add(subscription);
    if (!this.timer) {
      this.seen = this.dataVersion();
      this.timer = setInterval(() => this.poll(), POLL_MS).unref();
    }
    return () => {
      this.listeners.delete(subscription);
      if (this.listeners.size === 0) this.stop();
    };
  }

  /** Call after a commit of this process. */
  notify(): void {
    for (const listener of this.listeners) listener();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private poll(): void {
    try {
      const version = this.dataVersion();
      if (version === this.seen) return;
      this.seen = version;
    } catch (error) {
      this.stop();
      this.onError(error);
      return;
    }
    this.notify();
  }
}
