import {
  byResidentCode,
  decideOpenTail,
  fiscalYear,
  type Query,
  type QueryPlace,
  readTailQuery,
  type Refusal,
  tailStream,
  tokyoDay,
} from '#domain';
import type { EventReads } from '#event-store';
import type { Queries } from '#read-models';
import type { SubjectTokens } from '#vault';
import { personOf } from '../access/acting-person.js';
import type { CommandContext, Journal } from '../journal.js';
import { Refused } from '../refused.js';
import type { SavedSearches } from '../reviews/saved-searches.js';
import { Tail } from './tail.js';
import { type Followed, TailFeed } from './tail-feed.js';

/** What somebody wants to follow, and why. */
export interface FollowTrail {
  /** In the query language (docs/query-language.md), as typed, and where; null for everything. */
  readonly query: { readonly text: string; readonly place: Exclude<QueryPlace, 'saved-search'> } | null;
  /** Id of a saved search, whose query is followed. Not beside `query`. */
  readonly savedSearch: string | null;
  readonly residentCode: string | null;
  readonly reason: string;
  /** The position behind which to go on; null to begin with the newest. */
  readonly after: string | null;
  /** How many of the newest to begin with, 0 to 500; nothing beside `after`. */
  readonly newest: number;
}

export interface TailBounds {
  /** Who has had nothing to read for so long is sent a sign of life, milliseconds of real time. */
  readonly pulseMs: number;
}
const strictTailBounds: TailBounds = { pulseMs: 15_000 };

/** What the parts of a tail need of the house. */
export interface TailParts {
  readonly journal: Journal;
  readonly store: Pick<EventReads, 'lastPosition'>;
  readonly queries: Pick<Queries, 'readUpTo' | 'searchTrail' | 'followTrail'>;
  readonly savedSearches: Pick<SavedSearches, 'show'>;
  readonly tokens: Pick<SubjectTokens, 'tokensFor'>;
}

/**
 * Tails (追跡表示) of the trail: what is newest, and then what comes, as the read models come to know it. That somebody
 * follows is on record before the first row, with the reason; that it is over is on record with how much was told.
 */
export class Tails {
  private readonly feed: TailFeed;
  private open_ = 0;

  constructor(
    private readonly parts: TailParts,
    private readonly bounds: TailBounds = strictTailBounds,
  ) {
    this.feed = new TailFeed(parts.queries);
  }

  /** How many are followed now. */
  get open(): number {
    return this.open_;
  }

  /** Reads what is new, once for everybody; nothing while nobody follows. */
  async look(): Promise<void> {
    if (this.open_ > 0) await this.feed.look();
  }

  /**
   * Begins to follow. Refuses what `decideOpenTail` and `readTailQuery` refuse, and a saved search that this officer
   * does not see (`saved-search-missing`). Whoever is given the tail closes it.
   */
  async follow(command: FollowTrail, context: CommandContext): Promise<Tail> {
    const { journal, store, queries } = this.parts;
    const operator = personOf(context);
    const { savedSearch, residentCode, reason, after, newest } = command;
    const read = await this.queryOf(command, context);
    const id = journal.newId();
    const decision = decideOpenTail({
      tail: id,
      operator,
      savedSearch,
      query: 'query' in read ? read.query : null,
      residentCode,
      reason,
      after,
      last: after === null ? null : await store.lastPosition(),
    });
    const against = [
      ...(decision.accepted ? [] : decision.refusals),
      ...('refusals' in read ? read.refusals : []),
    ];
    if (against.length || 'refusals' in read) throw new Refused(against);
    await journal.append(await journal.load(tailStream(id)), decision.events, context);
    this.open_ += 1;
    return new Tail(
      { journal, queries, feed: this.feed, pulseMs: this.bounds.pulseMs },
      { id, operator, context, after, newest, followed: this.followedBy(read.query, residentCode, context) },
      () => this.leave(),
    );
  }

  private leave(): void {
    this.open_ -= 1;
    if (this.open_ === 0) this.feed.rest();
  }

  private async queryOf(
    { query, savedSearch }: FollowTrail,
    context: CommandContext,
  ): Promise<{ readonly query: Query | null } | { readonly refusals: readonly Refusal[] }> {
    if (query) return readTailQuery(query.text, query.place);
    if (savedSearch === null) return { query: null };
    const saved = await this.parts.savedSearches.show(savedSearch, context);
    // Its key is gone with the year in which it was saved.
    if (saved.query === null) return { refusals: [{ code: 'saved-search-missing', field: 'savedSearch' }] };
    return readTailQuery(saved.query, 'saved-search');
  }

  /**
   * A resident has other tokens in each fiscal year (decision 14), and a year may begin meanwhile. It has one only once
   * something of that year was sealed: until then it is asked for again.
   */
  private followedBy(
    query: Query | null,
    residentCode: string | null,
    { agreement }: CommandContext,
  ): () => Promise<Followed> {
    let followed: Followed = { query, subjectTokens: null };
    if (residentCode === null) return () => Promise.resolve(followed);
    const { journal, tokens } = this.parts;
    let knownYear: number | null = null;
    return async () => {
      const year = fiscalYear(tokyoDay(journal.clock.now()));
      if (year === knownYear) return followed;
      const subjectTokens = await tokens.tokensFor(agreement, byResidentCode(residentCode));
      if (!areSame(subjectTokens, followed.subjectTokens)) followed = { query, subjectTokens };
      if (subjectTokens.some(({ fiscalYear: known }) => known === year)) knownYear = year;
      return followed;
    };
  }
}

type Tokens = NonNullable<Followed['subjectTokens']>;

const areSame = (some: Tokens, others: Followed['subjectTokens']): boolean =>
  some.length === others?.length && some.every(({ token }, at) => token === others[at]?.token);
