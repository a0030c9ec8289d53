import { type Entry, matchesQuery, parseEntry, type Query, termsOfQuery, textFieldsOf } from '#domain';
import type { EventReads } from '#event-store';
import type { Queries, ReadPosition, TrailCount, TrailFilter, TrailRow } from '#read-models';
import type { Opener } from '#vault';
import { Refused } from '../refused.js';

/** A filter that has a query. */
export type QueriedFilter = TrailFilter & { readonly query: Query };

/** Whether a filter looks for words, which only who opens can find. */
export const looksForText = (filter: TrailFilter): filter is QueriedFilter =>
  filter.query !== undefined && termsOfQuery(filter.query).some(({ kind }) => kind === 'text');

/** How many events one search may have to open: some seconds of work. */
const MOST_OPENED = 5_000;
const PAGE = 500;

/**
 * Searches that look for words (`text:`). The read models know no text: they give every event that may match, and each
 * is opened and judged here, the newest first. Nothing that was opened is kept, and none of it is told: an event
 * matches, or it does not.
 */
export class TextSearch {
  constructor(
    private readonly store: Pick<EventReads, 'readEvent'>,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'searchTrail' | 'countTrail'>,
    private readonly mostOpened = MOST_OPENED,
  ) {}

  /** How many events it would have to look into; `more` when these are more than one search may open. */
  toOpen(filter: QueriedFilter): Promise<TrailCount> {
    return this.queries.countTrail(filter, this.mostOpened);
  }

  /** Refuses with `text-search-too-wide` what would have to look into too many events. Nothing is opened for that. */
  async requireBounded(filter: QueriedFilter): Promise<ReadPosition | null> {
    const { more, readUpTo } = await this.toOpen(filter);
    if (more) throw new Refused([{ code: 'text-search-too-wide', field: 'query' }]);
    return readUpTo;
  }

  /** The events that match, newest first, from a cursor on; opened one after another as they are asked for. */
  async *matching(filter: QueriedFilter, from: string | null): AsyncGenerator<TrailRow> {
    let cursor = from;
    do {
      const page = await this.queries.searchTrail(filter, {
        limit: PAGE,
        ...(cursor === null ? {} : { cursor }),
      });
      for (const row of page.rows)
        if (matchesQuery(filter.query, { ...row, texts: await this.textsOf(row) })) yield row;
      cursor = page.next;
    } while (cursor !== null);
  }

  /** What people wrote into an event; what was sealed under a key that is destroyed is not there. */
  private async textsOf({ id, type }: TrailRow): Promise<readonly string[]> {
    const fields = textFieldsOf(type);
    const stored = fields.length ? await this.store.readEvent(id) : null;
    if (!stored) return [];
    const entry = parseEntry(stored.entry);
    const texts = await Promise.all(fields.map((field) => this.opened(entry, field)));
    return texts.filter((text) => text !== null);
  }

  private async opened(entry: Entry, field: string): Promise<string | null> {
    if (!entry.sealed || !Object.hasOwn(entry.sealed, field)) return null;
    const opened = await this.opener.open<string | null>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}
