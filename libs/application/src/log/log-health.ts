import { timeOfUuid7 } from '#domain';
import type { EventStore, Position } from '#event-store';
import type { LogReader } from '#ledger';
import type { Clock } from '#operations';
import { holds } from '../followers/follower.js';
import type { CosignedAge } from './cosigned-age.js';
import type { CountSeen } from './event-count.js';

/** Bounds of decision 8; configured, with strict defaults. */
export interface LogBounds {
  /** Inquiries stop when the oldest unsequenced event is older than this, in milliseconds of real time. */
  readonly unsequencedMs: number;
  /** They stop also when the oldest entry that a witness has not cosigned is older than this. */
  readonly uncosignedMs: number;
}
export const strictLogBounds: LogBounds = { unsequencedMs: 15 * 60_000, uncosignedMs: 24 * 3_600_000 };

/** Age, in milliseconds of real time, of the oldest event after `position`; 0 when there is none. */
export async function lagBehind(
  store: Pick<EventStore, 'readAll'>,
  position: Position | null,
  realNow: number,
): Promise<number> {
  const [oldest] = await store.readAll(position, 1);
  return oldest ? Math.max(0, realNow - timeOfUuid7(oldest.id)) : 0;
}

/** How long an answer is remembered, in milliseconds of real time: an inquiry must not cost two more reads. */
const REMEMBER_MS = 250;

/**
 * Whether what is recorded now can be proven (decision 8, fail closed): the age of the oldest event that the worker
 * has not sequenced into the log. The age is real time: event ids are UUIDv7 of the real clock.
 *
 * A log that ends with an event which this store does not hold is another matter than a late one: events were deleted,
 * or one of the two was restored from another time (decision 16). What the store shows then may lack a revocation, and
 * nothing that happens to it later makes that good: once seen, it stands until a person has looked and started the
 * process again.
 *
 * Events that are missing further back only the worker finds, which counts them. What it has not said is not so: a log
 * that has begun and of which nobody has counted the events is not believed, and events that were counted too long ago
 * are as good as outside the log. So an old mark that was put back lasts no longer than those bounds.
 */
export class LogHealth {
  private hasParted = false;
  private known: { readonly at: number; readonly lagMs: number } | null = null;
  /** Entries in the log, when it was last asked. */
  private size = 0;

  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'readEvent'>,
    private readonly log: Pick<LogReader, 'state'>,
    private readonly clock: Clock,
    private readonly bounds: LogBounds = strictLogBounds,
    /** What the worker's last count came to; null: whoever asks takes the log's end for counted. */
    private readonly counted: Pick<CountSeen, 'read'> | null = null,
    /** How long the log has waited for its witnesses, where it has any. */
    private readonly cosigned: Pick<CosignedAge, 'ageMs'> = { ageMs: () => 0 },
  ) {}

  /** Inquiries may go on: what they record will be proven in time. */
  async provable(): Promise<boolean> {
    try {
      const sequenced = (await this.lagMs()) <= this.bounds.unsequencedMs;
      return sequenced && this.cosigned.ageMs(this.size) <= this.bounds.uncosignedMs;
    } catch {
      // Who cannot say that it will be proven says no: the inquiry is refused on record.
      return false;
    }
  }

  /**
   * Age of the oldest unsequenced event in milliseconds; 0 when the log is up to date, Infinity when the log ends, or
   * was once seen to end, with an event that this store does not hold, and when nobody says that all before it are there.
   * Where the last count is longer ago than inquiries may go on, the age of the oldest event that it did not see.
   */
  async lagMs(): Promise<number> {
    const seen = await this.look();
    return typeof seen === 'number' ? seen : Infinity;
  }

  /** Whether events of the log are missing from this store; null where nobody says, and the log's end is there. */
  async parted(): Promise<boolean | null> {
    const seen = await this.look();
    return seen === 'uncounted' ? null : seen === 'parted';
  }

  /** The age in milliseconds where it can be told, else why not. */
  private async look(): Promise<number | 'parted' | 'uncounted'> {
    if (this.hasParted) return 'parted';
    const now = this.clock.realNow();
    if (this.known && now >= this.known.at && now - this.known.at < REMEMBER_MS) return this.known.lagMs;
    const { position, eventId, size } = await this.log.state();
    this.size = size;
    const counted = this.counted === null ? { distrusted: false, position } : this.counted.read();
    if (counted?.distrusted) return 'parted';
    if (position !== null && eventId !== null && !(await holds(this.store, { position, eventId }))) {
      this.hasParted = true;
      return 'parted';
    }
    if (counted === null && position !== null) return 'uncounted';
    const uncountedMs = await lagBehind(this.store, counted?.position ?? null, now);
    const lagMs =
      uncountedMs > this.bounds.unsequencedMs ? uncountedMs : await lagBehind(this.store, position, now);
    this.known = { at: now, lagMs };
    return lagMs;
  }
}
