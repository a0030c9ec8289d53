import type { EventStore, Position } from '#event-store';
import type { LogReader } from '#ledger';
import type { Clock } from '#operations';

/** Bounds of decision 8; configured, with strict defaults. */
export interface LogBounds {
  /** Inquiries stop when the oldest unsequenced event is older than this, in milliseconds of real time. */
  readonly unsequencedMs: number;
}
export const strictLogBounds: LogBounds = { unsequencedMs: 15 * 60_000 };

/** The real time at which a UUIDv7 was made, in milliseconds since the epoch (RFC 9562, 5.7). */
export const timeOfUuid7 = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

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
 */
export class LogHealth {
  private known: { readonly at: number; readonly lagMs: number } | null = null;

  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'readEvent'>,
    private readonly log: Pick<LogReader, 'state'>,
    private readonly clock: Clock,
    private readonly bounds: LogBounds = strictLogBounds,
  ) {}

  /** Inquiries may go on: what they record will be proven in time. */
  async provable(): Promise<boolean> {
    try {
      return (await this.lagMs()) <= this.bounds.unsequencedMs;
    } catch {
      // Who cannot say that it will be proven says no: the inquiry is refused on record.
      return false;
    }
  }

  /**
   * Age of the oldest unsequenced event in milliseconds; 0 when the log is up to date, Infinity when the log ends with
   * an event that this store does not hold: one of the two was restored from another time (decision 16).
   */
  async lagMs(): Promise<number> {
    const now = this.clock.realNow();
    if (this.known && now >= this.known.at && now - this.known.at < REMEMBER_MS) return this.known.lagMs;
    const { position, eventId } = await this.log.state();
    const lagMs = (await this.isOurs(position, eventId))
      ? await lagBehind(this.store, position, now)
      : Infinity;
    this.known = { at: now, lagMs };
    return lagMs;
  }

  private async isOurs(position: Position | null, eventId: string | null): Promise<boolean> {
    if (position === null || eventId === null) return true;
    return (await this.store.readEvent(eventId))?.position === position;
  }
}
