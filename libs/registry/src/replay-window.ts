import { FRESHNESS_MS } from './message.js';

/** Whether a message may be believed to be new. */
export type Freshness = 'fresh' | 'stale' | 'repeated';

/**
 * Remembers the ids of recent messages, so that none is taken twice (annex 2, 2(3); schedule 2).
 *
 * Bounded in time and number without a gap: a message is fresh only if its `iat` is within the freshness limit of
 * the reader's clock, and whatever id is forgotten (too old, or the window full) raises a floor below which every
 * message is stale. So a forgotten id cannot come back, not even when the clock is set back; under a flood the
 * window errs towards refusing. It is not kept over a restart: then the answer's `in_reply_to`, a fresh id
 * each time, is what guards the client.
 */
export class ReplayWindow {
  private readonly seen = new Map<string, number>();
  private floor = 0;

  /** `freshnessMs`: how far `iat` may be off; `capacity`: how many ids are remembered at most. */
  constructor(
    private readonly freshnessMs: number = FRESHNESS_MS,
    private readonly capacity: number = 65_536,
  ) {}

  /** How many ids are remembered now. */
  get size(): number {
    return this.seen.size;
  }

  /** Judges an authentic message and remembers it if fresh. `iat` in seconds, `now` in milliseconds. */
  admit(jti: string, iat: number, now: number): Freshness {
    if (this.seen.has(jti)) return 'repeated';
    if (iat <= this.floor || Math.abs(iat * 1000 - now) > this.freshnessMs) return 'stale';
    this.forgetOld(now);
    if (this.seen.size >= this.capacity) this.forgetFirst();
    this.seen.set(jti, iat);
    return 'fresh';
  }

  private forgetOld(now: number): void {
    for (const iat of this.seen.values()) {
      if (now - iat * 1000 <= this.freshnessMs) return;
      this.forgetFirst();
    }
  }

  private forgetFirst(): void {
    for (const [jti, iat] of this.seen) {
      this.seen.delete(jti);
      this.floor = Math.max(this.floor, iat);
      return;
    }
  }
}
