import type { Credentials } from '#operations';
import { Refused } from '../refused.js';

export interface VerificationBounds {
  /** Verifications at the same time; each costs 19 MiB and one of libuv's threads. */
  readonly atOnce: number;
  /** Verifications that wait for one of those; beyond that nobody waits. */
  readonly waiting: number;
}

const BOUNDS: VerificationBounds = { atOnce: 4, waiting: 64 };

/**
 * Verifies PINs, a few at a time: the hash is slow on purpose, anybody who reaches the api can ask for one, and the same
 * threads write the record. Whoever comes when too many wait already is refused as `busy`, before anything was judged:
 * no failure is counted. Within this process.
 */
export class BoundedVerification implements Pick<Credentials, 'verify'> {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly credentials: Pick<Credentials, 'verify'>,
    private readonly bounds: VerificationBounds = BOUNDS,
  ) {}

  async verify(operator: string, pin: string): Promise<boolean> {
    await this.begin();
    try {
      return await this.credentials.verify(operator, pin);
    } finally {
      this.end();
    }
  }

  private async begin(): Promise<void> {
    if (this.running < this.bounds.atOnce) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.bounds.waiting) throw new Refused([{ code: 'busy' }]);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The place goes to who has waited longest; nobody who comes now gets in between. */
  private end(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}
