import {
  addDays,
  causeOfSearch,
  causeOfUnjudged,
  countedBy,
  decideJudgeSavedSearch,
  MOST_NAMED,
  parseEntry,
  reviewOfSearch,
  reviewOfUnjudged,
  savedSearchLookFolding,
  savedSearchLookStream,
  type SearchThreshold,
  startOfTokyoDay,
  tokyoDay,
  type TokyoDay,
} from '#domain';
import { comparePositions, type EventStore } from '#event-store';
import type { Queries, SavedSearchRow } from '#read-models';
import type { CommandContext, Journal } from '../journal.js';
import type { QueriedFilter, TextSearch } from '../trail/text-search.js';
import type { ReviewIds } from './review-ids.js';
import type { Reviews } from './reviews.js';

/** A saved search that has a threshold. */
export type JudgedSearch = SavedSearchRow & { readonly threshold: SearchThreshold };

/** How long after its end a day is judged, milliseconds of business time: no command takes longer. */
const SETTLED_MS = 600_000;

/**
 * The saved searches that look for words (`text:`) and have a threshold. What people wrote is sealed, so each look opens as
 * many events as one search may: it happens once, for a day that is over, and is on record before anything is opened
 * (decision 19). One that would have to open more is not judged, and a review says so.
 *
 * A worker that stopped in the middle looks again, under the same record. A day on which no worker ran and after which
 * another has gone by is not judged any more; the days that a later one counts may hold it.
 */
export class WordThresholds {
  /** What this process has judged of `day`, as `<saved search>/<version>`. */
  private readonly judged = new Set<string>();
  private day: TokyoDay = '';

  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'lastPosition' | 'readEvent'>,
    private readonly queries: Pick<Queries, 'readUpTo'>,
    private readonly text: Pick<TextSearch, 'toOpen' | 'matching'>,
    private readonly reviews: Pick<Reviews, 'openFor'>,
    private readonly ids: ReviewIds,
  ) {}

  /** Judges a search for the days that ended with yesterday; returns whether a review was opened. May be repeated. */
  async judge(
    search: JudgedSearch,
    query: QueriedFilter['query'],
    context: CommandContext,
  ): Promise<boolean> {
    const day = addDays(tokyoDay(this.journal.clock.now()), -1);
    if (day !== this.day) this.judged.clear();
    this.day = day;
    const key = `${search.savedSearch}/${search.version}`;
    // What was saved today says nothing of yesterday.
    if (this.judged.has(key) || day < tokyoDay(search.savedAt) || !(await this.isRead(day))) return false;
    const { from, until } = countedBy(search.threshold, day);
    const opened =
      from !== null &&
      until !== null &&
      (await this.judgePeriod(search, day, { query, from, until }, context));
    // A crash before this line: judged again, and its review is there already.
    this.judged.add(key);
    return opened;
  }

  private async judgePeriod(
    { savedSearch, version, threshold }: JudgedSearch,
    day: TokyoDay,
    filter: QueriedFilter & { readonly from: string; readonly until: string },
    context: CommandContext,
  ): Promise<boolean> {
    const { count: events, more } = await this.text.toOpen(filter);
    const { from, until } = filter;
    const judged = { savedSearch, version, day, from, until };
    if (more) {
      const unjudged = { ...judged, count: events + 1, threshold: events };
      const review = this.ids.of(context.agreement, causeOfUnjudged(unjudged));
      return this.reviews.openFor(reviewOfUnjudged(review, unjudged), context);
    }
    // Fewer cannot reach it, and nothing need be opened to know.
    if (events < threshold.count) return false;
    await this.journal.decide(
      savedSearchLookStream(savedSearch, version, day),
      savedSearchLookFolding,
      context,
      (state) => decideJudgeSavedSearch(state, { savedSearch, version, day, events }),
    );
    const { count, inquiries, operators } = await this.count(filter);
    if (count < threshold.count) return false;
    const found = { inquiries: [...inquiries], operators: [...operators], allOperators: true };
    const reached = { ...judged, count, threshold: threshold.count, ...found };
    const review = this.ids.of(context.agreement, causeOfSearch(reached));
    return this.reviews.openFor(reviewOfSearch(review, reached), context);
  }

  /** How many match, some of the inquiries among them, and whose they are: of all, for none of these may close the review. */
  private async count(filter: QueriedFilter): Promise<{
    readonly count: number;
    readonly inquiries: ReadonlySet<string>;
    readonly operators: ReadonlySet<string>;
  }> {
    const [inquiries, operators] = [new Set<string>(), new Set<string>()];
    let count = 0;
    for await (const { inquiry, operator } of this.text.matching(filter, null)) {
      count += 1;
      if (inquiry !== null && inquiries.size < MOST_NAMED) inquiries.add(inquiry);
      if (operator !== null) operators.add(operator);
    }
    return { count, inquiries, operators };
  }

  /** Whether the read models have everything of a day that is over. */
  private async isRead(day: TokyoDay): Promise<boolean> {
    const settled = Date.parse(startOfTokyoDay(addDays(day, 1))) + SETTLED_MS;
    if (Date.parse(this.journal.clock.now()) < settled) return false;
    const read = await this.queries.readUpTo();
    if (!read) return false;
    const last = await this.store.lastPosition();
    if (last !== null && comparePositions(read.position, last) >= 0) return true;
    const stored = await this.store.readEvent(read.eventId);
    return stored !== null && Date.parse(parseEntry(stored.entry).at) >= settled;
  }
}
