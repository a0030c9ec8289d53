import type { Logger } from '@nestjs/common';

/** Who wants to know how each run of a task ended. */
export interface Outcomes {
  failed(task: string, error: unknown): void;
  succeeded(task: string): void;
}

/**
 * A task that ticks: never twice at once, asked for again while it runs it runs once more, and what it throws is
 * logged by name (messages may quote data) and tried again at the next tick.
 */
export class SingleFlight {
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private trouble = '';

  constructor(
    private readonly name: string,
    private readonly task: () => Promise<void>,
    private readonly log: Pick<Logger, 'error'>,
    private readonly outcomes?: Outcomes,
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

  /** A trouble is said when it begins, not at every tick that it lasts. */
  private complain({ name = 'unknown', code }: { name?: string; code?: unknown }): void {
    const trouble = `${name} ${String(code)}`;
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.log.error({ task: this.name, error: name, ...(typeof code === 'string' ? { code } : {}) });
  }

  private async loop(): Promise<void> {
    do {
      this.again = false;
      try {
        await this.task();
        this.trouble = '';
        this.outcomes?.succeeded(this.name);
      } catch (error) {
        this.outcomes?.failed(this.name, error);
        this.complain(error as { name?: string; code?: unknown });
      }
    } while (this.again && !this.stopped);
  }
}
