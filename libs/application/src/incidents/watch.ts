import { type FaultKind, faultTable } from '#domain';
import type { Clock } from '#operations';
import type { CommandContext } from '../journal.js';
import type { Faults } from './faults.js';
import type { Sightings } from './sightings.js';

/** Something that can be seen to go wrong, and to be well again. */
export interface Condition {
  readonly kind: FaultKind;
  /** Whether it goes wrong now; null when this process cannot say, or it is not for it to say. */
  readonly holds: () => Promise<boolean | null>;
  /** Where it is several things that go wrong, what of it has not been raised: each is news, also while another stands. */
  readonly untold?: () => readonly string[];
  /** These have been raised. */
  readonly told?: (what: readonly string[]) => void;
}

/** The way past everything that may have failed (decision 21). */
export interface PastTheRecord {
  /** Tells the contacts directly, unless they were told not long ago. Never rejects. */
  sound(kind: FaultKind): Promise<unknown>;
  /**
   * Puts on record what was told directly. `forget`: what is recorded now will last, so that nothing else need be
   * remembered of it.
   */
  record(context: CommandContext, forget: boolean): Promise<void>;
}

/**
 * Looks at the conditions of this process, and puts on record what begins and what is over. The fault's stream is asked
 * every time: whoever raised it, and whichever process looks next, they agree, and a look that changes nothing records
 * nothing. A fault that one process sees and another does not is one that stands (`Sightings`).
 *
 * What cannot be recorded is told to the contacts directly, and recorded as soon as it can be. The same while the
 * record cannot be relied on (`inDoubt`): the events are of another history, or nobody reads them to alert.
 */
export class Watch {
  /** Faults that only the closing of their incident ends, seen by this process: closed, they are not news again. */
  private readonly told = new Set<FaultKind>();
  /** Since when each condition was seen not to hold at every look, real time. */
  private readonly wellSince = new Map<FaultKind, number>();

  constructor(
    private readonly faults: Pick<Faults, 'raise' | 'clear'>,
    private readonly conditions: readonly Condition[],
    private readonly lifeboat: PastTheRecord,
    private readonly inDoubt: () => Promise<boolean>,
    private readonly clock: Pick<Clock, 'realNow'>,
    /** What other processes see, which look after the same. */
    private readonly sightings: Pick<Sightings, 'saw' | 'isSeenElsewhere'>,
    /**
     * How long a condition must not have held, for any process, until the fault is over, milliseconds of real time. A fault's stream is
     * folded whole: what comes and goes every few seconds must not write there every time.
     */
    private readonly faultSettleMs: number,
  ) {}

  /**
   * One look at every condition; one that throws does not hide the others. Rejects with the first error when all have
   * been looked at. Not to be called twice at once.
   */
  async observe(context: CommandContext): Promise<void> {
    const troubles: unknown[] = [];
    const attempt = async (step: () => Promise<void>): Promise<boolean> => {
      try {
        await step();
        return true;
      } catch (error) {
        troubles.push(error);
        return false;
      }
    };
    let doubt = true;
    await attempt(async () => void (doubt = await this.inDoubt()));
    // First, so that what was told already is the incident that a condition below belongs to.
    await attempt(() => this.lifeboat.record(context, !doubt));
    const alarming = new Set<FaultKind>();
    for (const condition of this.conditions) {
      await attempt(async () => {
        const holds = await condition.holds();
        if (holds !== false) this.wellSince.delete(condition.kind);
        if (holds === null) return;
        // First: another process that looks between the two must not end what is about to be raised.
        if (holds && faultTable[condition.kind].clears === 'observation')
          await attempt(async () => this.sightings.saw(condition.kind));
        if (holds && doubt) alarming.add(condition.kind);
        else if (!(await attempt(() => this.note(condition, holds, context))) && holds)
          alarming.add(condition.kind);
      });
    }
    await Promise.all([...alarming].map((kind) => this.lifeboat.sound(kind)));
    // What could be told and recorded at once need not wait for the next look.
    if (alarming.size) await attempt(() => this.lifeboat.record(context, !doubt));
    if (troubles.length) throw troubles[0];
  }

  private async note(condition: Condition, holds: boolean, context: CommandContext): Promise<void> {
    const { kind } = condition;
    if (faultTable[kind].clears === 'observation') {
      // Nothing is recorded while it stands and its incident is open, and nothing when it does not stand.
      if (holds) await this.faults.raise(kind, context);
      else if (this.hasSettled(kind) && !this.sightings.isSeenElsewhere(kind, this.faultSettleMs))
        await this.faults.clear(kind, context);
    } else if (!holds) this.told.delete(kind);
    else {
      const untold = condition.untold?.() ?? [];
      if (this.told.has(kind) && untold.length === 0) return;
      await this.faults.raise(kind, context);
      this.told.add(kind);
      condition.told?.(untold);
    }
  }

  /** Whether a condition has not held for long enough. A clock that is put back meanwhile must not prolong it. */
  private hasSettled(kind: FaultKind): boolean {
    const now = this.clock.realNow();
    const since = this.wellSince.get(kind) ?? now;
    this.wellSince.set(kind, since);
    return Math.abs(now - since) >= this.faultSettleMs;
  }
}
