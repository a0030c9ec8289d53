import {
  erasureFolding,
  erasureHoldFolding,
  erasureHoldStream,
  erasureStream,
  startOfTokyoDay,
  addDays,
  tokyoDay,
} from '#domain';
import type { Marks } from '#operations';
import type { DueCohort, Queries, ReadPosition } from '#read-models';
import { foldLoaded, type Journal } from '../journal.js';
import { NotFound } from '../refused.js';
import { type HeldRun, RETENTION_HOLD } from './run-guard.js';

/** What a retention officer sees before anything is destroyed. */
export interface DueReport {
  /** Business day in Tokyo. */
  readonly today: string;
  /** Usable through a day that is over: the next run erases it. */
  readonly due: readonly DueCohort[];
  /** Still usable; `dueAt` is the instant from which it is due. */
  readonly coming: readonly (DueCohort & { readonly dueAt: string })[];
  readonly hold: {
    readonly run: string;
    readonly why: string;
    readonly days: number;
    readonly through: string;
    readonly approvals: number;
  } | null;
  readonly readUpTo: ReadPosition | null;
}

/** An erasure on record; it survives without personal data. */
export interface ErasureReport {
  readonly run: string;
  readonly cohort: string;
  readonly state: 'started' | 'erased' | 'verified';
  readonly inquiries: number;
  readonly startedAt: string;
  readonly erasedAt: string | null;
  readonly verifiedAt: string | null;
}

/** Answers what is due and what was erased. Counts come from the read models, an erasure from its own stream. */
export class ErasureRecords {
  constructor(
    private readonly journal: Journal,
    private readonly queries: Queries,
    private readonly marks: Marks,
  ) {}

  async due(): Promise<DueReport> {
    const today = tokyoDay(this.journal.clock.now());
    const living = await this.queries.cohortsLiving();
    return {
      today,
      due: living.filter(({ usableThrough }) => usableThrough < today),
      coming: living
        .filter(({ usableThrough }) => usableThrough >= today)
        .map((cohort) => ({ ...cohort, dueAt: startOfTokyoDay(addDays(cohort.usableThrough, 1)) })),
      hold: await this.hold(),
      readUpTo: await this.queries.readUpTo(),
    };
  }

  async erasure(run: string): Promise<ErasureReport> {
    const row = await this.queries.erasure(run);
    if (!row) throw new NotFound('erasure');
    const state = foldLoaded(await this.journal.load(erasureStream(row.cohort, run)), erasureFolding);
    if (state.state === 'none') throw new NotFound('erasure');
    const { cohort, inquiries, startedAt } = state;
    return {
      run,
      cohort,
      state: state.state,
      inquiries,
      startedAt,
      erasedAt: 'erasedAt' in state ? state.erasedAt : null,
      verifiedAt: 'verifiedAt' in state ? state.verifiedAt : null,
    };
  }

  private async hold(): Promise<DueReport['hold']> {
    const run = this.marks.read<HeldRun>(RETENTION_HOLD)?.run;
    if (!run) return null;
    const hold = foldLoaded(await this.journal.load(erasureHoldStream(run)), erasureHoldFolding);
    if (hold.state !== 'held') return null;
    return { run, why: hold.why, days: hold.days, through: hold.through, approvals: hold.approvers.length };
  }
}
