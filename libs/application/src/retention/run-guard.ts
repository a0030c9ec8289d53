import {
  agreementStream,
  erasureHoldFolding,
  erasureHoldStream,
  holdRun,
  runObstacle,
  type RunFacts,
  type RunLimits,
  tokyoDay,
  type TokyoDay,
} from '#domain';
import type { Clock, GenuineMarks } from '#operations';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/** Mark of the hold which stops the runs, or null. */
export const RETENTION_HOLD = 'retention-hold';

/** The hold, and the clock as the two people will be told it: what they release is this instant and no later one. */
export interface HeldRun extends Instant {
  readonly run: string;
}

/** Business time, beside the monotonic time at which it was read. */
interface Instant {
  readonly nowMs: number;
  readonly bootId: string;
  readonly monotonicMs: number;
}
const CLOCK_SEEN = 'retention-clock';

/** How often a run that changed nothing is remembered, in milliseconds of business time: each costs an fsync. */
const REMEMBER_EVERY_MS = 60_000;

/**
 * What the guard remembers of the clock. Within one boot of the machine business time is held against the *anchor*,
 * not against the run before: a clock that creeps ahead by an hour at every run is found as surely as one that jumps.
 */
interface ClockSeen {
  readonly bootId: string;
  readonly anchor: { readonly nowMs: number; readonly monotonicMs: number };
  /** Business time of the last run that was allowed. */
  readonly lastMs: number;
}

/** What a run may do: destroy what is usable through a day before `through`, or nothing until two people have looked. */
export type Allowance =
  | { readonly through: TokyoDay; readonly released: HeldRun | null }
  | { readonly hold: string };

/** A wrong clock destroys nothing (decision 13). One instant counts for a whole run: `now`, read once by the caller. */
export class RunGuard {
  constructor(
    private readonly journal: Journal,
    private readonly marks: Pick<GenuineMarks, 'genuine' | 'read' | 'write'>,
    private readonly limits: RunLimits,
  ) {}

  private get clock(): Clock {
    return this.journal.clock;
  }

  /** Whether a run at business time `now` may destroy; puts a hold on record when it may not. */
  async allow(now: string, oldestDue: TokyoDay | null, context: CommandContext): Promise<Allowance> {
    const today = tokyoDay(now);
    const found = this.marks.genuine<HeldRun | null>(RETENTION_HOLD);
    const held = found === 'forged' ? null : (found?.value ?? null);
    if (held) {
      const hold = foldLoaded(await this.journal.load(erasureHoldStream(held.run)), erasureHoldFolding);
      if (hold.state === 'released') {
        return { through: hold.through < today ? hold.through : today, released: held };
      }
      if (hold.state === 'held') return { hold: held.run };
    }
    const lastRun = this.lastSeen() ?? (await this.neverRan(context));
    const facts = { today, nowMs: Date.parse(now), oldestDue, lastRun };
    const obstacle = runObstacle(facts, this.limits);
    if (!obstacle) {
      // Judged again without it, and there is no reason: left as it is, it would be found again by every process to come.
      if (found === 'forged') this.marks.write(RETENTION_HOLD, null);
      return { through: today, released: null };
    }
    const run = held?.run ?? this.journal.newId();
    // The mark comes first: a worker killed between the two finds the mark and records the hold under the same id.
    this.marks.write(RETENTION_HOLD, { run, ...this.instant(now) } satisfies HeldRun);
    await this.journal.decide(erasureHoldStream(run), erasureHoldFolding, context, (state) =>
      holdRun(state, { run, ...obstacle, through: today }),
    );
    return { hold: run };
  }

  /**
   * Remembers a complete run. A released hold is over then, and the clock that two people have seen is the new anchor:
   * one that leapt again while they looked is held again. One that was set right meanwhile is the anchor as it is now, or
   * the same leap would pass the next time.
   */
  remember(now: string, released: HeldRun | null): void {
    const seen = this.marks.read<ClockSeen>(CLOCK_SEEN);
    const instant = this.instant(now);
    const kept = seen?.bootId === instant.bootId ? seen : null;
    const seenByTwo = released?.bootId === instant.bootId ? soonerOf(released, instant) : null;
    const { nowMs, monotonicMs } = seenByTwo ?? kept?.anchor ?? instant;
    const lastMs = Math.min(released?.nowMs ?? Infinity, instant.nowMs);
    if (!released && kept && lastMs - kept.lastMs < REMEMBER_EVERY_MS) return;
    const { bootId } = instant;
    this.marks.write(CLOCK_SEEN, { bootId, anchor: { nowMs, monotonicMs }, lastMs } satisfies ClockSeen);
    // A worker killed before this line finds the hold still released, and its next run changes nothing.
    if (released) this.marks.write(RETENTION_HOLD, null);
  }

  private instant(now: string): Instant {
    const { bootId, ms } = this.clock.monotonic();
    return { nowMs: Date.parse(now), bootId, monotonicMs: ms };
  }

  /** An installation remembers the clock before its agreement is concluded: without that mark somebody took it away. */
  private async neverRan({ agreement }: CommandContext): Promise<RunFacts['lastRun']> {
    const { revision } = await this.journal.load(agreementStream(agreement));
    return revision >= 0 ? 'forgotten' : null;
  }

  private lastSeen(): { nowMs: number; elapsedMs: number } | null {
    const seen = this.marks.read<ClockSeen>(CLOCK_SEEN);
    if (!seen) return null;
    const { bootId, ms } = this.clock.monotonic();
    // After a restart of the machine only the time since then is certain.
    if (bootId !== seen.bootId) return { nowMs: seen.lastMs, elapsedMs: ms };
    return { nowMs: seen.anchor.nowMs, elapsedMs: ms - seen.anchor.monotonicMs };
  }
}

/** Of a released instant and a later one of the same boot, the one by which less is due. */
function soonerOf(released: Instant, now: Instant): Instant {
  const due = released.nowMs + (now.monotonicMs - released.monotonicMs);
  return now.nowMs < due ? now : released;
}
