import { countedBy, type Evidence, type TimeBounds, tokyoDay } from '#domain';
import type { EventStore } from '#event-store';
import type { Queries } from '#read-models';
import type { Opener } from '#vault';
import { caughtUp } from '../exports/whole-trail.js';
import type { Journal } from '../journal.js';
import { looksForText, type QueriedFilter } from '../trail/text-search.js';
import type { Trail } from '../trail/trail.js';
import { savedVersion } from './saved-query.js';

/**
 * Whether a saved search finds what an officer did: nobody looks into their own conduct (decision 17). Refuses with
 * `trail-behind` where that takes read models that have everything, and they do not.
 */
export class SearchConcern {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'lastPosition'>,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'countTrail'>,
    private readonly trail: Pick<Trail, 'waitFor'>,
  ) {}

  /**
   * Whether the review of a saved search is about this officer as well: one of those whom it names, or somebody of whom
   * the version that was judged finds anything in its days by now. A search for words is judged when its days are over,
   * and names all; nothing is opened here. Where it found more than it may name, every event counts that may hold the
   * words. What could not be judged is about nobody's conduct, and what is gone with the trail of its year neither.
   */
  async ofReview(savedSearch: string, evidence: Evidence | null, officer: string): Promise<boolean> {
    if (evidence?.detector !== 'saved-search') return false;
    if (evidence.operators?.includes(officer)) return true;
    const saved = await savedVersion(this.journal, this.opener, savedSearch, evidence.version);
    if (!saved) return false;
    const { from, until } = evidence;
    const named = evidence.operators !== undefined && !evidence.moreOperators;
    return !(looksForText(saved) && named) && this.finds({ query: saved.query, from, until }, officer);
  }

  /** Whether a saved search finds anything of this officer in the days that its threshold counts today. */
  async ofSearch(savedSearch: string, officer: string): Promise<boolean> {
    const saved = await savedVersion(this.journal, this.opener, savedSearch);
    if (!saved?.threshold) return false;
    const { from, until }: TimeBounds = countedBy(saved.threshold, tokyoDay(this.journal.clock.now()));
    return from !== null && until !== null && this.finds({ query: saved.query, from, until }, officer);
  }

  private async finds(filter: QueriedFilter, operator: string): Promise<boolean> {
    await caughtUp(this.store, this.trail);
    return (await this.queries.countTrail({ ...filter, operator }, 1)).count > 0;
  }
}
