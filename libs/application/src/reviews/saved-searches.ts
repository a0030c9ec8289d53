import {
  decideChangeSavedSearch,
  decideRemoveSavedSearch,
  decideSaveSearch,
  type Decision,
  type Entry,
  may,
  maySeeSavedSearch,
  operatorFolding,
  operatorStream,
  rolesOn,
  type SavedSearchEvent,
  savedSearchFolding,
  type SavedSearchState,
  savedSearchStream,
  type SearchTerms,
  tokyoDay,
} from '#domain';
import type { Queries, SavedSearchRow } from '#read-models';
import type { Opener } from '#vault';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import type { SearchConcern } from './search-concern.js';

/** A saved search in the list. */
export interface SavedSearchEntry extends SavedSearchRow {
  /** Null once the trail of the year in which it was saved has ended; so is `query`. */
  readonly name: string | null;
}

export interface SavedSearchReport extends SavedSearchEntry {
  /** In canonical form. */
  readonly query: string | null;
}

/**
 * Saved searches (保存検索) of the trail: an officer's own, and shared ones. Their id is the deep link: it says nothing
 * about anybody, and whoever follows it has to be allowed to see the search.
 */
export class SavedSearches {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly queries: Pick<Queries, 'savedSearches'>,
    private readonly concern: Pick<SearchConcern, 'ofSearch'>,
  ) {}

  async save(terms: SearchTerms, context: CommandContext): Promise<{ readonly savedSearch: string }> {
    const by = personOf(context);
    const at = this.journal.clock.now();
    const savedSearch = this.journal.newId();
    await this.decide(savedSearch, context, (state) =>
      decideSaveSearch(state, { ...terms, savedSearch, by, at }),
    );
    return { savedSearch };
  }

  /** `saved-search-missing` for one that this officer does not see; so do `remove` and `show`. */
  async change(savedSearch: string, terms: SearchTerms, context: CommandContext): Promise<void> {
    const by = personOf(context);
    const at = this.journal.clock.now();
    await this.find(savedSearch, context);
    await this.decide(savedSearch, context, (state) => decideChangeSavedSearch(state, { ...terms, by, at }));
  }

  async remove(savedSearch: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    const { state: kept } = await this.find(savedSearch, context);
    // Also without a threshold: its owner may give it one before this is decided.
    const ofOther = kept.owner !== by;
    const ownerStays = ofOther && (await this.maySave(kept.owner));
    const found = ofOther && !ownerStays && (await this.concern.ofSearch(savedSearch, by));
    await this.decide(savedSearch, context, (state) =>
      decideRemoveSavedSearch(state, { by, ownerStays, found }),
    );
  }

  /** Those that this officer sees: the own ones and the shared ones, the oldest first. */
  async list(context: CommandContext): Promise<readonly SavedSearchEntry[]> {
    const by = personOf(context);
    const rows = (await this.queries.savedSearches(context.agreement)).filter(
      ({ shared, owner }) => shared || owner === by,
    );
    const loaded = await this.journal.loadAll(rows.map(({ savedSearch }) => savedSearchStream(savedSearch)));
    return Promise.all(
      rows.map(async (row, at) => ({ ...row, name: await this.opened(latest(loaded[at]?.entries), 'name') })),
    );
  }

  async show(savedSearch: string, context: CommandContext): Promise<SavedSearchReport> {
    const { state, entry } = await this.find(savedSearch, context);
    const { version, owner, shared, threshold } = state;
    return {
      savedSearch,
      version,
      owner,
      shared,
      threshold,
      savedAt: entry.at,
      name: await this.opened(entry, 'name'),
      query: await this.opened(entry, 'query'),
    };
  }

  private async find(
    savedSearch: string,
    context: CommandContext,
  ): Promise<{
    readonly state: Extract<SavedSearchState, { readonly state: 'kept' }>;
    readonly entry: Entry;
  }> {
    const loaded = await this.journal.load(savedSearchStream(savedSearch));
    const state = foldLoaded(loaded, savedSearchFolding);
    const entry = latest(loaded.entries);
    const seen = maySeeSavedSearch(state, personOf(context)) && entry?.agreement === context.agreement;
    if (!seen || state.state !== 'kept')
      throw new Refused([{ code: 'saved-search-missing', field: 'savedSearch' }]);
    return { state, entry };
  }

  private async maySave(operator: string): Promise<boolean> {
    const person = foldLoaded(await this.journal.load(operatorStream(operator)), operatorFolding);
    return may(rolesOn(person, tokyoDay(this.journal.clock.now())), 'save-search');
  }

  private decide(
    savedSearch: string,
    context: CommandContext,
    decider: (state: SavedSearchState) => Decision<SavedSearchEvent>,
  ) {
    return this.journal.decide(savedSearchStream(savedSearch), savedSearchFolding, context, decider);
  }

  private async opened(entry: Entry | undefined, field: string): Promise<string | null> {
    if (!entry?.sealed || !Object.hasOwn(entry.sealed, field)) return null;
    const opened = await this.opener.open<string>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }
}

/** Of a search that was not removed the last event tells all of it. */
const latest = (entries: readonly Entry[] | undefined): Entry | undefined => entries?.at(-1);
