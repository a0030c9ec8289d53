import {
  byResidentCode,
  type Entry,
  filterFaults,
  parseEntry,
  printQuery,
  type Query,
  readQuery,
  searchStream,
  searchTrail,
} from '#domain';
import { comparePositions, type EventStore, type StoredEvent } from '#event-store';
import type { LogReader } from '#ledger';
import {
  type Queries,
  type ReadPosition,
  type TrailCount,
  trailCursor,
  type TrailFilter,
  type TrailHistogram,
  type TrailPage,
  type TrailRow,
} from '#read-models';
import type { Opener, SubjectTokens } from '#vault';
import type { CommandContext, Journal } from '../journal.js';
import { NotFound, Refused } from '../refused.js';
import { type HistogramBar, histogramOf, type Interval } from './histogram.js';
import { looksForText, type QueriedFilter, TextSearch } from './text-search.js';

/** What is looked for, by whom and why; every part that is given must hold. */
export interface TrailQuestion {
  readonly operator: string;
  /** All filters but the resident and the query. */
  readonly filter: Omit<TrailFilter, 'subjectTokens' | 'query'>;
  /** In the query language (docs/query-language.md), as typed. */
  readonly query: string | null;
  /** The saved search that `query` is of, for the record; null for one that was typed. */
  readonly savedSearch: string | null;
  readonly residentCode: string | null;
  readonly reason: string;
  /** Wait (2 s at most) until the read models have read this position. */
  readonly waitFor: string | null;
}

export interface SearchCommand extends TrailQuestion {
  readonly limit: number;
  readonly cursor: string | null;
}

export interface CountCommand extends TrailQuestion {
  /** Count all there are, and not only as far as anybody looks. */
  readonly exact: boolean;
  /** Also by the hour, day or month; the count is exact then. */
  readonly interval: Interval | null;
}

export interface CountReport extends TrailCount {
  /** Null where it was not asked for. */
  readonly histogram: readonly HistogramBar[] | null;
}

/** One event as the trail shows it: the entry as stored, sealed parts included, and its receipt. */
export interface ViewedEvent {
  readonly stored: StoredEvent;
  readonly entry: Entry;
  /** Its number in the log, or null while it is not sequenced. */
  readonly leafIndex: number | null;
}

const MAX_WAIT_MS = 2_000;
const POLL_MS = 20;
/** Beyond this, who looks at a list wants to know only that there are more. */
const COUNTED_AT_MOST = 1_000;

/** What security officers ask (annex 2, 2(4): 操作履歴). Every look is itself on record before it is answered. */
export class Trail {
  private readonly text: TextSearch;

  constructor(
    private readonly journal: Journal,
    private readonly store: EventStore,
    private readonly queries: Queries,
    private readonly vault: SubjectTokens & Opener,
    private readonly log: Pick<LogReader, 'leafOf'>,
  ) {
    this.text = new TextSearch(store, vault, queries);
  }

  async search(command: SearchCommand, context: CommandContext): Promise<TrailPage> {
    const { limit, cursor } = command;
    const filter = await this.begin(command, { limit }, context);
    if (looksForText(filter)) return this.searchText(filter, limit, cursor);
    return this.queries.searchTrail(filter, { limit, ...(cursor === null ? {} : { cursor }) });
  }

  /** How many events a search would find, and when they happened. */
  async count(command: CountCommand, context: CommandContext): Promise<CountReport> {
    const { exact, interval } = command;
    const filter = await this.begin(command, { counted: exact, interval }, context);
    if (interval !== null) {
      const { hours, readUpTo } = await this.hoursOf(filter);
      const count = hours.reduce((sum, hour) => sum + hour.count, 0);
      return { count, more: false, histogram: histogramOf(hours, interval), readUpTo };
    }
    const most = exact ? null : COUNTED_AT_MOST;
    const counted = looksForText(filter)
      ? await this.countText(filter, most)
      : await this.queries.countTrail(filter, most);
    return { ...counted, histogram: null };
  }

  async view(id: string, operator: string, context: CommandContext): Promise<ViewedEvent> {
    const stored = await this.store.readEvent(id);
    if (!stored) throw new NotFound('event');
    const search = this.journal.newId();
    await this.journal.append(
      await this.journal.load(searchStream(search)),
      [{ type: 'EventViewed', data: { search, operator, event: id } }],
      context,
    );
    return { stored, entry: parseEntry(stored.entry), leafIndex: await this.log.leafOf(id) };
  }

  /** Waits until the read models have read `position`, 2 s at most (decision 6); says how far they have. */
  async waitFor(position: string): Promise<ReadPosition | null> {
    const deadline = this.journal.clock.monotonic().ms + MAX_WAIT_MS;
    for (;;) {
      const read = await this.queries.readUpTo();
      if (read && comparePositions(read.position, position) >= 0) return read;
      if (this.journal.clock.monotonic().ms >= deadline) return read;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Puts a search on record, with `asked` beside what it looks for, or refuses it; what it is a filter of. */
  private async begin(
    question: TrailQuestion,
    asked: { readonly [name: string]: number | boolean | string | null },
    context: CommandContext,
  ): Promise<TrailFilter> {
    const { operator, residentCode, reason } = question;
    const { from = null, until = null } = question.filter;
    const search = this.journal.newId();
    const read = question.query === null ? null : readQuery(question.query, { range: { from, until } });
    const query = read && 'query' in read ? read.query : null;
    const filters = { ...filtersOf(question, query), ...asked };
    const decision = searchTrail({ search, operator, filters, from, until, residentCode, reason });
    const against = [
      ...(decision.accepted ? [] : decision.refusals),
      ...filterFaults(question.filter),
      ...(read && 'refusals' in read ? read.refusals : []),
    ];
    if (against.length) throw new Refused(against);
    await this.journal.append(await this.journal.load(searchStream(search)), decision.events, context);
    if (question.waitFor !== null) await this.waitFor(question.waitFor);
    return {
      ...question.filter,
      ...(query ? { query } : {}),
      ...(residentCode === null ? {} : { subjectTokens: await this.tokensOf(residentCode, context) }),
    };
  }

  /** Under every living fiscal year; a resident has other tokens in each (decision 14). */
  private readonly tokensOf = (residentCode: string, { agreement }: CommandContext) =>
    this.vault.tokensFor(agreement, byResidentCode(residentCode));

  private async searchText(filter: QueriedFilter, limit: number, cursor: string | null): Promise<TrailPage> {
    const readUpTo = await this.text.requireBounded(filter);
    const rows: TrailRow[] = [];
    for await (const row of this.text.matching(filter, cursor)) {
      rows.push(row);
      if (rows.length > limit) break;
    }
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    const next = last && rows.length > limit ? trailCursor(filter, last.position) : null;
    return { rows: page, next, readUpTo };
  }

  private async countText(filter: QueriedFilter, most: number | null): Promise<TrailCount> {
    const readUpTo = await this.text.requireBounded(filter);
    let count = 0;
    for await (const _row of this.text.matching(filter, null)) {
      if (count === most) return { count, more: true, readUpTo };
      count += 1;
    }
    return { count, more: false, readUpTo };
  }

  /** Counts by the hour of UTC, ascending. */
  private async hoursOf(filter: TrailFilter): Promise<TrailHistogram> {
    if (!looksForText(filter)) return this.queries.trailHistogram(filter);
    const readUpTo = await this.text.requireBounded(filter);
    const hours = new Map<string, number>();
    for await (const { at } of this.text.matching(filter, null)) {
      const hour = at.slice(0, 13);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    const ascending = [...hours].sort(([one], [other]) => (one < other ? -1 : 1));
    return { hours: ascending.map(([hour, count]) => ({ hour, count })), readUpTo };
  }
}

/**
 * The filters as the record keeps them, sealed: by value, the query in canonical form; of the resident only that one was
 * looked for (the token is in a field of its own).
 */
const filtersOf = (
  { filter, residentCode, savedSearch }: TrailQuestion,
  query: Query | null,
): { [name: string]: string | number | boolean | null } => ({
  ...(filter as { [name: string]: string }),
  ...(query ? { query: printQuery(query) } : {}),
  ...(savedSearch === null ? {} : { savedSearch }),
  ...(residentCode === null ? {} : { byResident: true }),
});
