import {
  addDays,
  causeOfSearch,
  countedBy,
  type Query,
  readQuery,
  reviewOfSearch,
  savedSearchStream,
  type SearchReached,
  type SearchThreshold,
  termsOfQuery,
  tokyoDay,
  type TokyoDay,
} from '#domain';
import type { Queries, SavedSearchRow } from '#read-models';
import type { Opener } from '#vault';
import type { CommandContext, Journal } from '../journal.js';
import type { ReviewIds } from './review-ids.js';
import type { Reviews } from './reviews.js';

/** How many of the events are looked at for the inquiries that a review names. */
const LOOKED_AT = 50;

/**
 * The saved searches that have a threshold: once a day for each version, a review opens when so many events are found
 * within its days. Yesterday is judged again, for a worker that stood still over midnight. May be repeated.
 *
 * A query with `text:` is not judged here: it would have to open sealed fields of everything that it looks through.
 */
export class SearchThresholds {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'savedSearches' | 'countTrail' | 'searchTrail'>,
    private readonly reviews: Pick<Reviews, 'openFor'>,
    private readonly ids: ReviewIds,
  ) {}

  /** Returns how many reviews were opened. */
  async judge(context: CommandContext): Promise<number> {
    const today = tokyoDay(this.journal.clock.now());
    let opened = 0;
    for (const row of await this.queries.savedSearches(context.agreement)) {
      if (row.threshold === null) continue;
      const query = await this.queryOf(row, row.threshold);
      if (!query) continue;
      for (const day of [addDays(today, -1), today])
        if (await this.judgeDay({ ...row, threshold: row.threshold }, query, day, context)) opened += 1;
    }
    return opened;
  }

  private async judgeDay(
    { savedSearch, version, threshold, savedAt }: SavedSearchRow & { readonly threshold: SearchThreshold },
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
    const reached: SearchReached = {
      savedSearch,
      version,
      day,
      count,
      threshold: threshold.count,
      inquiries,
      from,
      until,
    };
    const review = this.ids.of(context.agreement, causeOfSearch(reached));
    return this.reviews.openFor(reviewOfSearch(review, reached), context);
  }

  /** The query of this version; null where it is gone with the trail of its year, or cannot be judged. */
  private async queryOf(
    { savedSearch, version }: SavedSearchRow,
    { days }: SearchThreshold,
  ): Promise<Query | null> {
    const { entries } = await this.journal.load(savedSearchStream(savedSearch));
    const entry = entries.find(({ data }) => data['version'] === version);
    if (!entry) return null;
    const opened = await this.opener.open<string>(entry, 'query');
    if (opened.state !== 'open') return null;
    const read = readQuery(opened.value, { withinDays: days });
    if ('refusals' in read) return null;
    return termsOfQuery(read.query).some(({ kind }) => kind === 'text') ? null : read.query;
  }
}
