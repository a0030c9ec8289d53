import { addDays, type FaultKind, startOfTokyoDay, tokyoDay } from '#domain';
import type { Clock, GenuineMarks } from '#operations';
import type { Queries } from '#read-models';
import type { KeyCustody } from '#vault';
import type { CosignedAge } from '../log/cosigned-age.js';
import type { LogHealth } from '../log/log-health.js';
import type { WitnessReplies } from '../log/witness-replies.js';
import type { RunReport } from '../retention/retention-run.js';
import type { SignsOfLife } from './silence.js';
import type { Troubles } from './troubles.js';
import type { Condition } from './watch.js';
import type { SignsOfWork } from './work-done.js';

type Look = Condition['holds'];

/** Holds when one of several looks says so, whatever becomes of the others; unknown when none does and one cannot say. */
const anyOf =
  (...looks: readonly Look[]): Look =>
  async () => {
    const seen = await Promise.allSettled(looks.map((look) => look()));
    const said = seen.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (said.includes(true)) return true;
    const failed = seen.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return said.includes(null) ? null : false;
  };

/**
 * Holds when two looks in a row say so. After the machine slept, or between two steps of a rotation, one look sees what
 * is no longer so at the next.
 */
const twice = (look: Look): Look => {
  let before: boolean | null = null;
  return async () => {
    const [earlier, now] = [before, await look()];
    before = now;
    return now === true && earlier !== true ? null : now;
  };
};

/** Conditions that are this process's to judge only while `ours` says so. */
export const onlyWhile = (ours: () => boolean, conditions: readonly Condition[]): readonly Condition[] =>
  conditions.map((condition) => ({ ...condition, holds: async () => (ours() ? condition.holds() : null) }));

/** Another process is silent. Each look counts (`SignsOfLife`): one condition for each. */
export const silence = (
  kind: 'worker-silent' | 'api-silent',
  signs: { look(): ReturnType<SignsOfLife['look']> | ReturnType<SignsOfWork['look']> },
): Condition => ({ kind, holds: async () => signs.look() });

/** What the watcher looks at besides what its tasks run into. */
export interface Watched {
  readonly troubles: Troubles;
  readonly logHealth: Pick<LogHealth, 'lagMs' | 'parted' | 'provable'>;
  /** The log is late when the oldest event outside it is older, in milliseconds of real time. */
  readonly lateMs: number;
  readonly vault: Pick<KeyCustody, 'epochs'>;
  readonly witnessReplies: Pick<WitnessReplies, 'objecting'>;
}

/** Log, keys, store, and what fails again and again: of whichever process watches. */
export function conditionsOf(watched: Watched): readonly Condition[] {
  const { troubles, logHealth, lateMs, vault, witnessReplies } = watched;
  const met =
    (kind: FaultKind): Look =>
    async () =>
      troubles.stands(kind);
  /**
   * The store lacks events of the log, and no task has said so more precisely. Where nobody has counted them that is not
   * known: inquiries stop, which is a condition of its own, until the worker has.
   */
  const parted: Look = async () => !troubles.ofAnotherHistory() && logHealth.parted();
  /** Also where no task has met it: the worker is gone, or was started again and has not asked yet. */
  const objected: Look = async () => witnessReplies.objecting().length > 0;
  const late: Look = async () => {
    const lagMs = await logHealth.lagMs();
    return lagMs === Infinity ? null : lagMs > lateMs;
  };
  /** As an inquiry is judged, whatever the reason: of that there is an incident too. */
  const closed: Look = async () => !(await logHealth.provable());
  /** Keys in memory go on opening for a while: without this look a missing root would be noticed by the first restart. */
  const rootless: Look = async () => {
    try {
      const { current, roots } = await vault.epochs();
      return !roots.includes(current);
    } catch {
      return true; // not to be read, which for whoever needs a key is the same
    }
  };
  return [
    { kind: 'forged-event', holds: met('forged-event') },
    { kind: 'events-missing', holds: met('events-missing') },
    { kind: 'follower-diverged', holds: met('follower-diverged') },
    { kind: 'log-not-verifying', holds: anyOf(met('log-not-verifying'), parted) },
    { kind: 'log-forked', holds: anyOf(met('log-forked'), objected) },
    { kind: 'log-late', holds: twice(late) },
    { kind: 'counter-closed', holds: twice(closed) },
    { kind: 'key-trouble', holds: anyOf(met('key-trouble'), twice(rootless)) },
    { kind: 'store-failed', holds: met('store-failed') },
    { kind: 'duty-failing', holds: met('duty-failing') },
  ];
}

/** Some witness has not cosigned for longer than `afterMs`, milliseconds of real time. */
export const uncosigned = (cosigned: Pick<CosignedAge, 'ageMs'>, afterMs: number): Condition => ({
  kind: 'log-uncosigned',
  holds: twice(async () => cosigned.ageMs() > afterMs),
});

/** Another hand wrote a mark that this process reads. `say`: which, for the log; once each time that one is forged. */
export function forgedMarks(
  marks: Pick<GenuineMarks, 'forged' | 'untold' | 'told'>,
  say: (names: readonly string[]) => void,
): Condition {
  let said: readonly string[] = [];
  return {
    kind: 'mark-forged',
    holds: async () => {
      const { untold } = marks;
      const news = untold.filter((name) => !said.includes(name));
      said = untold;
      if (news.length) say(news);
      return marks.forged.length > 0;
    },
    untold: () => marks.untold,
    told: (names) => marks.told(names),
  };
}

/** How long the runs may stand still before it is asked what they leave undone, in milliseconds of real time. */
const STUCK_MS = 60_000;

type Last = { readonly state: 'none' } | { readonly state: 'stuck'; readonly since: number } | RunReport;

/**
 * What the erasures show, told by the worker after every run. Judged is what a run has left, not what is due at the
 * moment: after a day without a worker everything is overdue for as long as the first run takes, and nothing is wrong.
 */
export class ErasureSigns {
  private last: Last = { state: 'none' };
  /** When the run that is under way has begun, real time; null between runs. */
  private begunAt: number | null = null;
  /** Cohorts erased and not certified, and since when (real time). */
  private readonly unverified = new Map<string, number>();

  constructor(
    private readonly queries: Pick<Queries, 'cohortsDue'>,
    private readonly clock: Pick<Clock, 'now' | 'realNow'>,
    private readonly troubles: Troubles,
    private readonly overdueMs: number,
  ) {}

  /** A run begins: what is overdue while it goes on is what it is at work on. */
  began(): void {
    this.begunAt = this.clock.realNow();
  }

  /** A run came to its end. */
  ran(report: RunReport): void {
    this.begunAt = null;
    if (report.state === 'waiting') return this.stood();
    this.last = report;
    if (report.state !== 'done') return;
    for (const cohort of this.unverified.keys()) {
      if (!report.unverified.includes(cohort)) this.unverified.delete(cohort);
    }
    for (const cohort of report.unverified) {
      if (!this.unverified.has(cohort)) this.unverified.set(cohort, this.clock.realNow());
    }
  }

  /** A run could not begin, or failed. */
  stood(): void {
    this.begunAt = null;
    // A run that waits for two people waits for nothing else.
    if (this.last.state !== 'stuck' && this.last.state !== 'held')
      this.last = { state: 'stuck', since: this.clock.realNow() };
  }

  conditions(): readonly Condition[] {
    return [
      { kind: 'erasure-overdue', holds: () => this.overdue() },
      { kind: 'erasure-failed', holds: async () => this.failed() },
      { kind: 'clock-wrong', holds: async () => this.held() },
    ];
  }

  /** Due for too long and neither erased nor held, or erased and not certified for as long. */
  private async overdue(): Promise<boolean | null> {
    const now = this.clock.realNow();
    // A run that goes on for as long as anything may be late does not go on: it hangs.
    if (this.begunAt !== null && Math.abs(now - this.begunAt) > this.overdueMs) return this.anyOverdue();
    switch (this.last.state) {
      case 'done':
        return [...this.unverified.values()].some((since) => now - since > this.overdueMs);
      case 'held':
        return false;
      case 'stuck':
        return this.begunAt === null && now - this.last.since > STUCK_MS ? this.anyOverdue() : null;
      default:
        return null;
    }
  }

  private async anyOverdue(): Promise<boolean> {
    const now = this.clock.now();
    const due = await this.queries.cohortsDue(tokyoDay(now));
    return due.some(({ usableThrough }) => {
      const dueAt = Date.parse(startOfTokyoDay(addDays(usableThrough, 1)));
      return Date.parse(now) - dueAt > this.overdueMs;
    });
  }

  private failed(): boolean | null {
    if (this.troubles.stands('erasure-failed')) return true;
    return this.last.state === 'done' ? this.last.failed.length > 0 : null;
  }

  /** Two people have to look at the clock (decision 13). */
  private held(): boolean | null {
    if (this.last.state === 'held') return true;
    return this.last.state === 'done' ? false : null;
  }
}
