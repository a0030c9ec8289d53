import type { EventStore, Position } from '#event-store';
import type { Clock, Marks } from '#operations';
import { FollowerDiverged } from '../followers/follower.js';
import { lagBehind } from './log-health.js';
import type { LogFollower } from './sequencer.js';

/** Mark by which the worker tells every process whether the store and the log have parted: `Counted`. */
export const LOG_DISTRUSTED = 'log-distrusted';

/** Longer than the worker lets pass between two counts, in milliseconds of real time: it slept, or was not there. */
const OVERDUE_MS = 60_000;

/** What the worker's last count of the events against the log's leaves came to. */
export interface Counted {
  /** Events that the log has are missing from the store. */
  readonly distrusted: boolean;
  /** Up to where every event was there; null before the log has any. */
  readonly position: Position | null;
  /** Rises with every count: a mark with a lower one than was seen already is an old one that was put back. */
  readonly turn: number;
}

/**
 * Counts the events against the log's leaves, and tells the other processes, for which counting is too slow. That all is
 * well is told as much as that it is not: who takes the mark away, or puts an old one back, must not thereby say so.
 */
export class EventCount {
  private told: Counted | null = null;

  constructor(
    private readonly store: Pick<EventStore, 'readAll'>,
    private readonly log: Pick<LogFollower, 'verify' | 'checkpoint'>,
    private readonly marks: Marks,
    private readonly clock: Pick<Clock, 'realNow'>,
  ) {}

  /**
   * At start, before the log grows, and every now and then. Rejects with `FollowerDiverged` where events are missing, and
   * with what the marks fail with where none are and that cannot be told.
   */
  async count(): Promise<void> {
    let position: Position | null;
    try {
      position = await this.log.verify();
    } catch (error) {
      if (error instanceof FollowerDiverged) this.tellOfMissing();
      throw error;
    }
    this.tell({ distrusted: false, position });
  }

  /** Said to the api at once: it stops at once, and not when the log has lagged for a quarter of an hour. */
  private tellOfMissing(): void {
    try {
      this.tell({ distrusted: true, position: null });
    } catch {
      // A full disk, say. That events are missing is the graver news and must not be lost over it: whoever counted says
      // that, alarms, and tells the others at the next count.
    }
  }

  /** Whether the log has what was recorded long ago and not counted since: the others must not wait for the next turn. */
  async isOverdue(): Promise<boolean> {
    const { told } = this;
    if (told === null || told.distrusted) return false;
    const end = (await this.log.checkpoint())?.position ?? null;
    if (end === told.position) return false;
    return (await lagBehind(this.store, told.position, this.clock.realNow())) > OVERDUE_MS;
  }

  /** Nothing is written where it has been said and still stands: each costs an fsync. */
  private tell(found: Omit<Counted, 'turn'>): void {
    const kept = this.marks.read<Counted>(LOG_DISTRUSTED);
    const { told } = this;
    const stands = told !== null && kept?.turn === told.turn;
    if (stands && told.distrusted === found.distrusted && told.position === found.position) return;
    const before = Math.max(kept?.turn ?? 0, told?.turn ?? 0);
    // The clock, so that a process which finds no mark does not begin below what others have seen.
    const next: Counted = { ...found, turn: Math.max(before + 1, this.clock.realNow()) };
    this.marks.write(LOG_DISTRUSTED, next);
    // Not before it is written: what nobody has read is not told.
    this.told = next;
  }
}

/** What a process may believe of the events that the log has: counted up to a position, or nothing. */
export class CountSeen {
  private turn = 0;

  constructor(private readonly marks: Pick<Marks, 'read'>) {}

  /** Null where nobody has counted, or it cannot be known what came of it. */
  read(): Pick<Counted, 'distrusted' | 'position'> | null {
    const counted = this.marks.read<Counted>(LOG_DISTRUSTED);
    if (counted === null || counted.turn < this.turn) return null;
    this.turn = counted.turn;
    return counted;
  }
}
