import {
  erasureFolding,
  erasureStream,
  fiscalYear,
  IDS_PER_EVENT,
  parseCohortId,
  recordErased,
  type RunLimits,
  startErasure,
  strictLimits,
  tokyoDay,
  type TokyoDay,
  verifyErasure,
} from '#domain';
import { comparePositions, type EventStore } from '#event-store';
import { merkleRootOf } from '#ledger';
import type { GenuineMarks } from '#operations';
import type { DueCohort, Projections, Queries } from '#read-models';
import type { KeyCustody } from '#vault';
import { type CommandContext, foldLoaded, type Journal, workerContext } from '../journal.js';
import { erasureRunOf } from './erasure-reference.js';
import { PersonKeys } from './person-keys.js';
import { Refused } from '../refused.js';
import { RunGuard } from './run-guard.js';
import type { KeyRecords } from './key-records.js';

export interface RetentionSettings {
  /** The agreement under which the worker's own events are recorded. */
  readonly agreement: string;
  /** Years that the trail is kept after its fiscal year ends [D]; prefectures keep 5 or 7. */
  readonly trailYears: number;
  readonly limits?: RunLimits;
  /** A process whose heartbeat is older than this (real milliseconds) is dead, and its cached keys with it. */
  readonly staleMs: number;
}

/** What a run did. */
export type RunReport =
  | { readonly state: 'waiting'; readonly for: 'read-models' }
  | { readonly state: 'held'; readonly run: string }
  | Done;

export interface Done {
  readonly state: 'done';
  readonly erased: readonly string[];
  /** Cohorts that the domain refused to erase, and why: somebody must look. */
  readonly failed: readonly { readonly cohort: string; readonly codes: readonly string[] }[];
  readonly verified: readonly string[];
  /** Erased, but some process may still hold a key: the next run looks again. */
  readonly unverified: readonly string[];
}

/** The rotation that made the keys of these runs unrecoverable. */
interface Rotated {
  readonly runs: readonly string[];
  readonly epoch: number;
  readonly generation: number;
}
const ROTATED = 'retention-rotated';
/** Mark of keys whose destruction has begun and is not complete: they are no longer among the living. */
const ENDING = 'retention-ending';

interface Due {
  readonly cohorts: readonly DueCohort[];
  /** Cohort keys that no inquiry ever used. */
  readonly unused: readonly string[];
  /** Fiscal years whose trail has ended. */
  readonly years: readonly number[];
  /** Keys of persons that nobody needs any more. */
  readonly persons: readonly string[];
  readonly oldest: TokyoDay | null;
}

/**
 * Erases what is due (別紙2の2(9)ウ), cohort by cohort, in the order of decision 12: recorded, destroyed, read back,
 * recorded, re-wrapped under a fresh root, verified. Every step finds out for itself whether it was done already,
 * so a worker that is killed anywhere goes on where it stopped, and a late one catches up.
 */
export class RetentionRun {
  /** Cohorts that this process erased and that the read models may not show as erased yet. */
  private readonly pending = new Set<string>();
  private readonly guard: RunGuard;
  private readonly persons: PersonKeys;

  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'lastPosition'>,
    private readonly custody: KeyCustody,
    private readonly queries: Queries,
    private readonly projections: Pick<Projections, 'dropSubjectYear'>,
    private readonly marks: Pick<GenuineMarks, 'genuine' | 'read' | 'write'>,
    private readonly records: KeyRecords,
    private readonly settings: RetentionSettings,
  ) {
    this.guard = new RunGuard(journal, marks, settings.limits ?? strictLimits);
    this.persons = new PersonKeys(journal, custody, settings);
  }

  /** One run. `fence` is the fencing token of the worker's lease: an older worker can destroy nothing. */
  async run(fence: number): Promise<RunReport> {
    if (!(await this.readModelsAreComplete())) return { state: 'waiting', for: 'read-models' };
    // Read once: a clock that jumps in the middle of a run must be found by the next one, not believed by this one.
    const now = this.journal.clock.now();
    const { oldest } = await this.due(tokyoDay(now));
    const allowed = await this.guard.allow(now, oldest, this.context());
    if ('hold' in allowed) return { state: 'held', run: allowed.hold };
    const due = await this.due(allowed.through);
    const { erased, failed } = await this.erase(due, fence);
    const ended = await this.endKeys(due, fence);
    this.guard.remember(now, allowed.released);
    const { verified, unverified } = await this.certify(fence, ended);
    return { state: 'done', erased, failed, verified, unverified };
  }

  /** What a run on this Tokyo day would erase: everything whose last usable day is before it. */
  private async due(day: TokyoDay): Promise<Due> {
    const cohorts = await this.queries.cohortsDue(day);
    const used = new Set(cohorts.map(({ cohort }) => cohort));
    const unused = (await this.custody.living('cohort')).filter(
      (id) => parseCohortId(id).usableThrough < day && !used.has(id),
    );
    const living = (await this.custody.living('trail')).map(Number);
    const years = living.filter((year) => year + this.settings.trailYears < fiscalYear(day));
    const persons = await this.persons.due(day);
    const days = [
      ...cohorts.map(({ usableThrough }) => usableThrough),
      ...unused.map((id) => parseCohortId(id).usableThrough),
      ...years.map((year) => `${year + this.settings.trailYears + 1}-03-31`),
      ...persons.map(({ neededThrough }) => neededThrough),
    ].sort();
    return { cohorts, unused, years, persons: persons.map(({ id }) => id), oldest: days[0] ?? null };
  }

  /** Cohort by cohort; one that cannot be erased is reported and does not keep the others. */
  private async erase(due: Due, fence: number): Promise<Pick<Done, 'erased' | 'failed'>> {
    const unfinished = (await this.queries.erasuresUnfinished()).filter(({ state }) => state === 'started');
    const cohorts = new Set([
      ...unfinished.map(({ cohort }) => cohort),
      ...due.cohorts.map(({ cohort }) => cohort),
    ]);
    const [erased, failed]: [string[], Done['failed'][number][]] = [[], []];
    for (const cohort of cohorts) {
      try {
        await this.eraseCohort(cohort, fence);
        erased.push(cohort);
      } catch (error) {
        // Only the domain's own no: a failing disk or vault fails the run, and the next one tries again.
        if (!(error instanceof Refused)) throw error;
        failed.push({ cohort, codes: error.refusals.map(({ code }) => code) });
      }
    }
    return { erased, failed };
  }

  /**
   * Ends keys without an erasure of their own: no stream says that it began, so a mark does until a rotation has made
   * them unrecoverable (`certify`). Returns whether there are any, or may have been: where another hand wrote over the
   * mark nothing is destroyed for it, and a rotation is due for whatever it had said.
   */
  private async endKeys(due: Due, fence: number): Promise<boolean> {
    const found = this.marks.genuine<Partial<Pick<Due, 'unused' | 'years' | 'persons'>> | null>(ENDING);
    const begun = found === 'forged' ? null : found?.value;
    const unused = [...new Set([...(begun?.unused ?? []), ...due.unused])];
    const years = [...new Set([...(begun?.years ?? []), ...due.years])];
    const persons = [...new Set([...(begun?.persons ?? []), ...due.persons])];
    if (!unused.length && !years.length && !persons.length) return found === 'forged';
    this.marks.write(ENDING, { unused, years, persons });
    await this.destroyOnRecord('cohort', unused, fence);
    await this.destroyOnRecord('person', persons, fence);
    for (const year of years) await this.endTrail(year, fence);
    return true;
  }

  private async eraseCohort(cohort: string, fence: number): Promise<void> {
    const run = erasureRunOf(cohort);
    const stream = erasureStream(cohort, run);
    const context = this.context(parseCohortId(cohort).agreement);
    const ids = await this.inquiriesOf(cohort);
    await this.journal.decide(stream, erasureFolding, context, (state, now) =>
      startErasure(state, {
        cohort,
        run,
        inquiries: ids.length,
        root: merkleRootOf(ids),
        today: tokyoDay(now),
      }),
    );
    // From here the erasure is on record; a crash before the next line leaves data that the next run destroys.
    await this.destroyOnRecord('cohort', [cohort], fence, context);
    this.pending.add(cohort);
    let state = foldLoaded(await this.journal.load(stream), erasureFolding);
    while (state.state === 'started') {
      const part = ids.slice(state.erased, state.erased + IDS_PER_EVENT);
      await this.journal.decide(stream, erasureFolding, context, (latest) => recordErased(latest, run, part));
      state = foldLoaded(await this.journal.load(stream), erasureFolding);
    }
  }

  /** Re-wraps the survivors under a fresh root, then certifies what nobody can read any more. */
  private async certify(fence: number, ended: boolean): Promise<Pick<Done, 'verified' | 'unverified'>> {
    const cohorts = new Map<string, string>();
    // Only what is destroyed: a rotation before the destruction would certify what the new root still opens.
    for (const { run, cohort, state } of await this.queries.erasuresUnfinished()) {
      if (state === 'erased') cohorts.set(run, cohort);
    }
    for (const cohort of this.pending) cohorts.set(erasureRunOf(cohort), cohort);
    const [verified, unverified]: [string[], string[]] = [[], []];
    if (!cohorts.size && !ended) return { verified, unverified };
    const runs = [...cohorts.keys()];
    const rotated = ended ? await this.rotate(fence, runs) : await this.rotatedFor(runs, fence);
    if (ended) this.marks.write(ENDING, null);
    const everywhere = await this.custody.droppedEverywhere(rotated.generation, this.settings.staleMs);
    for (const [run, cohort] of cohorts) {
      const gone = everywhere && (await this.custody.isGone('cohort', cohort, rotated.epoch));
      if (gone && (await this.verify(run, cohort, rotated))) verified.push(cohort);
      else unverified.push(cohort);
    }
    for (const cohort of verified) this.pending.delete(cohort);
    return { verified, unverified };
  }

  private async verify(run: string, cohort: string, { epoch, generation }: Rotated): Promise<boolean> {
    const context = this.context(parseCohortId(cohort).agreement);
    const stream = erasureStream(cohort, run);
    const state = foldLoaded(await this.journal.load(stream), erasureFolding);
    if (state.state !== 'erased') return state.state === 'verified';
    await this.journal.decide(stream, erasureFolding, context, (latest) =>
      verifyErasure(latest, { run, epoch, generation }),
    );
    return true;
  }

  private async destroyOnRecord(
    kind: 'cohort' | 'trail' | 'subject' | 'person',
    ids: readonly string[],
    fence: number,
    context: CommandContext = this.context(),
  ): Promise<void> {
    if (!ids.length) return;
    await this.custody.destroy(kind, ids, fence);
    for (const id of ids) {
      if (!(await this.custody.isGone(kind, id)))
        throw new Error(`the key of ${kind} ${id} is still there after its destruction`);
      await this.records.destroyed(kind, id, context);
    }
  }

  /** The key of the trail goes last: as long as it lives, the next run finds the year again. */
  private async endTrail(year: number, fence: number): Promise<void> {
    await this.destroyOnRecord('subject', [String(year)], fence);
    await this.projections.dropSubjectYear(year);
    await this.destroyOnRecord('trail', [String(year)], fence);
  }

  /** The rotation that covers these runs; made once for them, and again when the memory of it was lost. */
  private async rotatedFor(runs: readonly string[], fence: number): Promise<Rotated> {
    const known = this.marks.read<Rotated>(ROTATED);
    if (known && runs.every((run) => known.runs.includes(run))) return known;
    return this.rotate(fence, runs);
  }

  private async rotate(fence: number, runs: readonly string[]): Promise<Rotated> {
    const { epoch, destroyedEpoch } = await this.custody.rotateRoot(fence);
    const rotated: Rotated = {
      runs,
      epoch: destroyedEpoch ?? epoch - 1,
      generation: await this.custody.generation(),
    };
    this.marks.write(ROTATED, rotated);
    await this.records.reconcile(this.context());
    return rotated;
  }

  private async inquiriesOf(cohort: string): Promise<readonly string[]> {
    const ids: string[] = [];
    for (;;) {
      const page = await this.queries.inquiriesOfCohort(cohort, ids.at(-1) ?? null, 10_000);
      ids.push(...page);
      if (page.length < 10_000) return ids;
    }
  }

  /** Counts come from the read models, so they must have read everything that could belong to a cohort due. */
  private async readModelsAreComplete(): Promise<boolean> {
    const [last, read] = [await this.store.lastPosition(), await this.queries.readUpTo()];
    return last === null || (read !== null && comparePositions(read.position, last) >= 0);
  }

  private context(agreement: string = this.settings.agreement): CommandContext {
    return workerContext(this.journal, agreement);
  }
}
