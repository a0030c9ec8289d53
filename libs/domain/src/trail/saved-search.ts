import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { isFitForClear, isPlainText } from '../kernel/text.js';
import { addDays, type TokyoDay } from '../kernel/tokyo.js';
import { readQuery } from './query-parser.js';
import { printQuery } from './query-printer.js';
import { mayMatchFrom } from './query-reach.js';
import { type TimeBounds, tokyoBounds } from './query-time.js';
import type { RecordedSavedSearchEvent, SavedSearchEvent, SearchThreshold } from './saved-search.events.js';
import type { SavedSearchRefusal } from './saved-search.refusals.js';

const because = (code: SavedSearchRefusal, field?: string): Refusal<SavedSearchRefusal> =>
  field === undefined ? { code } : { code, field };

// ---- commands ----

/** In code points. */
const LONGEST_NAME = 60;
const MOST_COUNTED = 10_000;
const MOST_DAYS = 31;

/** What a search is kept with. */
export interface SearchTerms {
  /** 1 to 60 code points, nothing unseen in it, and no resident code or individual number. */
  readonly name: string;
  /** In the query language, within its bounds. `text:` may go without `at:` if a threshold says how many days count. */
  readonly query: string;
  readonly shared: boolean;
  /** 1 to 10,000 events within 1 to 31 days; null for none. */
  readonly threshold: SearchThreshold | null;
}

export interface SaveSearch extends SearchTerms {
  readonly savedSearch: string;
  /** Operator id of the security officer. */
  readonly by: string;
  /** Business time, UTC ISO 8601. */
  readonly at: string;
}

export interface ChangeSavedSearch extends SearchTerms {
  readonly by: string;
  readonly at: string;
}

export interface RemoveSavedSearch {
  readonly by: string;
  /** Whether its owner may still save searches. */
  readonly ownerStays: boolean;
  /** Whether it finds, within the days of its threshold, what this officer did. */
  readonly found: boolean;
}

// ---- state ----

export type SavedSearchState =
  | { readonly state: 'none' }
  | { readonly state: 'removed'; readonly savedSearch: string }
  | {
      readonly state: 'kept';
      readonly savedSearch: string;
      readonly version: number;
      readonly owner: string;
      readonly shared: boolean;
      readonly threshold: SearchThreshold | null;
    };

export const initialSavedSearch: SavedSearchState = { state: 'none' };

/** Whether this officer may see and run it: the owner, and where it is shared everybody who may search at all. */
export const maySeeSavedSearch = (state: SavedSearchState, by: string): boolean =>
  state.state === 'kept' && (state.shared || state.owner === by);

/** The days that a threshold counts on `day`: that day and those before it. */
export const countedBy = ({ days }: SearchThreshold, day: TokyoDay): TimeBounds =>
  tokyoBounds(addDays(day, 1 - days), day);

// ---- decide ----

const isCountUpTo = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;

/**
 * What is wrong with these terms, or their query in canonical form. A threshold needs a query that may find what is still
 * to come: one that watches over nothing must not look like peace.
 */
function readTerms({
  name,
  query,
  threshold,
  at,
}: SearchTerms & { readonly at: string }):
  | { readonly query: string }
  | { readonly refusals: readonly Refusal[] } {
  const counted =
    threshold === null ||
    (isCountUpTo(threshold.count, MOST_COUNTED) && isCountUpTo(threshold.days, MOST_DAYS));
  const read = readQuery(query, counted && threshold ? { withinDays: threshold.days } : {});
  const refusals = [
    ...reasons(
      !(isPlainText(name, LONGEST_NAME) && isFitForClear(name)) &&
        because('saved-search-name-malformed', 'name'),
      !counted && because('saved-search-threshold-malformed', 'threshold'),
    ),
    ...('refusals' in read ? read.refusals : []),
    ...reasons(
      'query' in read &&
        threshold !== null &&
        !mayMatchFrom(read.query, at) &&
        because('saved-search-period-over', 'query'),
    ),
  ];
  return 'refusals' in read || refusals.length ? { refusals } : { query: printQuery(read.query) };
}

/** Saves a search, for its owner alone or for every security officer. */
export function decideSaveSearch(
  state: SavedSearchState,
  { savedSearch, by, ...given }: SaveSearch,
): Decision<SavedSearchEvent> {
  if (state.state !== 'none') return refuse(because('saved-search-exists', 'savedSearch'));
  const read = readTerms(given);
  if ('refusals' in read) return refuse(...read.refusals);
  const { name, shared, threshold } = given;
  return accept<SavedSearchEvent>({
    type: 'SearchSaved',
    data: { savedSearch, version: 1, owner: by, shared, name, query: read.query, threshold },
  });
}

type Kept = Extract<SavedSearchState, { state: 'kept' }>;

/** The search as this officer sees it: one of somebody else that is not shared is not there. */
function seenBy(state: SavedSearchState, by: string): Kept | Refusal {
  return state.state === 'kept' && maySeeSavedSearch(state, by)
    ? state
    : because('saved-search-missing', 'savedSearch');
}

/** Changes it; what it means for everybody is its owner's. */
export function decideChangeSavedSearch(
  state: SavedSearchState,
  { by, ...given }: ChangeSavedSearch,
): Decision<SavedSearchEvent> {
  const kept = seenBy(state, by);
  if ('code' in kept) return refuse(kept);
  if (kept.owner !== by) return refuse(because('saved-search-of-other', 'savedSearch'));
  const read = readTerms(given);
  if ('refusals' in read) return refuse(...read.refusals);
  const { name, shared, threshold } = given;
  const { savedSearch, owner } = kept;
  const version = kept.version + 1;
  return accept<SavedSearchEvent>({
    type: 'SavedSearchChanged',
    data: { savedSearch, version, owner, shared, name, query: read.query, threshold },
  });
}

/**
 * Removes it. A shared one may be removed by any officer: its owner may have left. With a threshold it watches, and whom
 * it watches must not switch it off: it is its owner's alone, and once the owner may save searches no more, that of any
 * officer of whom it finds nothing.
 */
export function decideRemoveSavedSearch(
  state: SavedSearchState,
  { by, ownerStays, found }: RemoveSavedSearch,
): Decision<SavedSearchEvent> {
  const kept = seenBy(state, by);
  if ('code' in kept) return refuse(kept);
  const watches = kept.threshold !== null && kept.owner !== by;
  if (watches && (ownerStays || found)) return refuse(because('saved-search-of-other', 'savedSearch'));
  return accept<SavedSearchEvent>({ type: 'SavedSearchRemoved', data: { savedSearch: kept.savedSearch } });
}

// ---- evolve ----

export function evolveSavedSearch(
  _state: SavedSearchState,
  event: RecordedSavedSearchEvent,
): SavedSearchState {
  switch (event.type) {
    case 'SearchSaved':
    case 'SavedSearchChanged': {
      const { savedSearch, version, owner, shared, threshold } = event.data;
      return { state: 'kept', savedSearch, version, owner, shared, threshold };
    }
    case 'SavedSearchRemoved':
      return { state: 'removed', savedSearch: event.data.savedSearch };
    default:
      return assertNever(event);
  }
}

export const savedSearchFolding = { initial: initialSavedSearch, evolve: evolveSavedSearch };

export { savedSearchRefusals } from './saved-search.refusals.js';
