import type { Clock, Leases } from '#operations';

/** Which process shows by which lease that it lives, and how long it may be silent. */
export interface LifeSigns {
  /** Name of the lease. */
  readonly lease: string;
  /** Milliseconds of real time without a living lease. */
  readonly silenceMs: number;
  /** Whether a process that gave its lease back in good order is missed. A worker is, an api is not. */
  readonly missedAfterGoodbye: boolean;
}

/**
 * Whether another process has fallen silent, judged by its lease. What counts is when *this* process last saw it live:
 * one that has just started itself gives the other the whole time, so that a machine that boots alarms nobody.
 *
 * Silence has to be seen twice. After a machine was suspended, or its clock was set, the first look finds a lease that
 * ran out long ago; by the second a living process has renewed it.
 */
export class SignsOfLife {
  private seenAt: number | null = null;
  private suspected = false;
  private silent_ = false;

  constructor(
    private readonly leases: Pick<Leases, 'read'>,
    private readonly clock: Pick<Clock, 'realNow'>,
    private readonly signs: LifeSigns,
  ) {}

  /** What the last look came to. */
  get silent(): boolean {
    return this.silent_;
  }

  /**
   * One look; to be taken less often than the other renews its lease: true when it is silent, false when it shows that
   * it lives, null while it may be either. Throws what reading the lease throws.
   */
  look(): boolean | null {
    const now = this.clock.realNow();
    const lease = this.leases.read(this.signs.lease);
    const lives = lease !== null && lease.until > now;
    const saidGoodbye = lease?.until === 0 && !this.signs.missedAfterGoodbye;
    // A clock that was set back must not make the last sign of life lie in the future.
    if (lives || saidGoodbye || this.seenAt === null || this.seenAt > now) this.seenAt = now;
    const tooLong = now - this.seenAt > this.signs.silenceMs;
    this.silent_ = tooLong && this.suspected;
    this.suspected = tooLong;
    if (this.silent_) return true;
    return lives || saidGoodbye ? false : null;
  }
}
