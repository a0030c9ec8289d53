import type { Clock, Lease, Leases } from '#operations';
import { type LifeSigns, SignsOfLife } from './silence.js';

/** How far the one that is watched has come with what it has to do. */
export interface Progress {
  /** Where it stands; null where it has not begun. */
  readonly position: string | null;
  /** Age of the oldest thing left to do, in milliseconds of real time; 0 when there is none. */
  readonly lagMs: number;
}

/** How late a position may be kept that changed nothing, in milliseconds of real time: work goes on meanwhile. */
const KEPT_LATE_MS = 15_000;

/**
 * Whether another process has fallen silent, judged by its lease and by the work that it does. One that dies and is
 * started again and again renews its lease at each start, so that it always seems to live; so does one that hangs with
 * its lease. Both leave undone what they are there for.
 *
 * The work of one that leaves it undone is done by the watcher, and then shows nothing any more: such a one is well
 * again when it has lived by one and the same lease for as long as it might have been silent.
 */
export class SignsOfWork {
  private readonly life: SignsOfLife;
  private moved: { readonly position: string | null; readonly at: number } | null = null;
  private suspected = false;
  private leavesUndone = false;
  private steady: { readonly fence: number | null; readonly since: number } | null = null;

  constructor(
    private readonly leases: Pick<Leases, 'read'>,
    private readonly clock: Pick<Clock, 'realNow'>,
    private readonly signs: LifeSigns,
    private readonly progress: () => Promise<Progress>,
  ) {
    this.life = new SignsOfLife(leases, clock, signs);
  }

  /** What the last look came to. */
  get silent(): boolean {
    return this.life.silent || this.leavesUndone;
  }

  /** Who holds the lease and leaves the work undone; null where nobody does. Throws what reading the lease throws. */
  get idler(): string | null {
    return this.leavesUndone ? (this.leases.read(this.signs.lease)?.holder ?? null) : null;
  }

  /** One look, as of `SignsOfLife`. Rejects with what reading the lease or the progress throws. */
  async look(): Promise<boolean | null> {
    const lives = this.life.look();
    if (lives !== true) await this.lookAtWork();
    return this.silent ? true : lives;
  }

  private async lookAtWork(): Promise<void> {
    const now = this.clock.realNow();
    if (this.leavesUndone) {
      if (!this.isSteady(now)) return;
      // Given the whole time again: what it did not do until now was done by others.
      [this.leavesUndone, this.moved] = [false, null];
    }
    const { position, lagMs } = await this.progress();
    // A clock that was set back must not make the last step lie in the future.
    if (!this.moved || this.moved.position !== position || this.moved.at > now)
      this.moved = { position, at: now };
    const stands = now - this.moved.at > this.signs.silenceMs;
    const tooLong = stands && lagMs > this.signs.silenceMs + KEPT_LATE_MS;
    // Twice, as with the lease: after the machine slept the first look finds everything undone.
    this.leavesUndone = tooLong && this.suspected;
    this.suspected = tooLong;
    if (this.leavesUndone) this.steady = null;
  }

  /** Whether one and the same lease was seen to live at every look, for long enough. */
  private isSteady(now: number): boolean {
    const fence = fenceOf(this.leases.read(this.signs.lease), now);
    if (!this.steady || this.steady.fence !== fence || this.steady.since > now)
      this.steady = { fence, since: now };
    return fence !== null && now - this.steady.since > this.signs.silenceMs;
  }
}

const fenceOf = (lease: Lease | null, now: number): number | null =>
  lease !== null && lease.until > now ? lease.fence : null;
