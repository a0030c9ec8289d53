import {
  addDays,
  causeOfSearch,
  countedBy,
  type Query,
  reviewOfSearch,
  type SearchReached,
  tokyoDay,
  type TokyoDay,
} from '#domain';
import type { Queries } from '#read-models';
import type { Opener } from '#vault';
import type { CommandContext, Journal } from '../journal.js';
import { looksForText } from '../trail/text-search.js';
import type { ReviewIds } from './review-ids.js';
import type { Reviews } from './reviews.js';
import { savedVersion } from './saved-query.js';
import type { JudgedSearch, WordThresholds } from './word-thresholds.js';

/** How many of the events are looked at for the inquiries and the operators that a review names. */
const LOOKED_AT = 50;

/**
 * The saved searches that have a threshold: once a day for each version, a review opens when so many events are found
 * within its days. Yesterday is judged again, for a worker that stood still over midnight. May be repeated.
 *
 * A query with `text:` is judged more sparingly (`WordThresholds`), for it opens sealed fields.
 */
export class SearchThresholds {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'savedSearches' | 'countTrail' | 'searchTrail'>,
    private readonly reviews: Pick<Reviews, 'openFor'>,
    private readonly ids: ReviewIds,
    private readonly words: Pick<WordThresholds, 'judge'>,
  ) {}

  /** Returns how many reviews were opened. */
  async judge(context: CommandContext): Promise<number> {
    const today = tokyoDay(this.journal.clock.now());
    let opened = 0;
    for (const { threshold, ...row } of await this.queries.savedSearches(context.agreement)) {
      if (threshold === null) continue;
      const search = { ...row, threshold };
      const saved = await savedVersion(this.journal, this.opener, search.savedSearch, search.version);
      if (!saved) continue;
      const { query } = saved;
      const reached = looksForText({ query })
        ? [await this.words.judge(search, query, context)]
        : [
            await this.judgeDay(search, query, addDays(today, -1), context),
            await this.judgeDay(search, query, today, context),
          ];
      opened += reached.filter(Boolean).length;
    }
    return opened;
  }

  private async judgeDay(
    { savedSearch, version, threshold, savedAt }: JudgedSearch,
    query: Query,
    day: TokyoDay,
    context: CommandContext,
  ): Promise<boolean> {
    // What was saved today says nothing of yesterday.
    if (day < tokyoDay(savedAt)) return false;
    const { from, until } = countedBy(threshold, day);
    if (from === null || until === null) return false;
    const filter = { query, from, until };
    const { count } = await this.queries.countTrail(filter, threshold.count);
    if (count < threshold.count) return false;
    const { rows } = await this.queries.searchTrail(filter, { limit: LOOKED_AT });
    const inquiries = [...new Set(rows.flatMap(({ inquiry }) => inquiry ?? []))];
    const operators = [...new Set(rows.flatMap(({ operator }) => operator ?? []))];
    const reached: SearchReached = {
      savedSearch,
      version,
      day,
      count,
      threshold: threshold.count,
      inquiries,
      operators,
      // The day goes on, and what it brings belongs to this review (`SearchConcern`).
      allOperators: false,
      from,
      until,
    };
    const review = this.ids.of(context.agreement, causeOfSearch(reached));
    return this.reviews.openFor(reviewOfSearch(review, reached), context);
  }
}
