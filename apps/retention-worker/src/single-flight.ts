import type { Logger } from '@nestjs/common';

/**
 * A task that ticks: never twice at once, asked for again while it runs it runs once more, and what it throws is
 * logged by name (messages may quote data) and tried again at the next tick.
 */
export class SingleFlight {
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(
    private readonly name: string,
    private readonly task: () => Promise<void>,
    private readonly log: Pick<Logger, 'error'>,
  ) {}

  run(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.loop().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Waits for the run under way; later ticks do nothing. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async loop(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.task();
      } catch (error) {
        const { name, code } = error as { name?: string; code?: unknown };
        this.log.error({
          task: this.name,
          error: name ?? typeof error,
          ...(typeof code === 'string' ? { code } : {}),
        });
      }
    } while (this.again && !this.stopped);
  }
}
