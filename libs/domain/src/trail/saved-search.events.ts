import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** One saved search (保存検索) of the trail, from when it is saved until it is removed. */
export const savedSearchStream = (savedSearch: string): string => `saved-search-${savedSearch}`;

/** One look of the worker through sealed words, for one version of a saved search and one Tokyo day. */
export const savedSearchLookStream = (savedSearch: string, version: number | string, day: string): string =>
  `saved-search-look-${savedSearch}-${version}-${day}`;

/** This many events within so many Tokyo days, today's included, open a review. */
export interface SearchThreshold {
  readonly count: number;
  readonly days: number;
}

interface SavedSearchData {
  savedSearch: string;
  /** 1 when it is saved, one more with every change. */
  version: number;
  /** Operator id of whoever saved it. */
  owner: string;
  /** Whether every security officer sees it. */
  shared: boolean;
  /** Sealed, as the query is: a case or a text may name somebody, and so may whoever gives it a name. */
  name: string;
  /** Canonical form of the query language. */
  query: string;
  threshold: SearchThreshold | null;
}
const lifetimes = {
  savedSearch: 'clear',
  version: 'clear',
  owner: 'clear',
  shared: 'clear',
  name: 'trail',
  query: 'trail',
  threshold: 'clear',
} as const;

export const SearchSaved = defineEvent<SavedSearchData>()(
  'SearchSaved',
  1,
  { en: 'A search of the trail was saved.', ja: '証跡の検索条件が保存された。' },
  lifetimes,
);
export const SavedSearchChanged = defineEvent<SavedSearchData>()(
  'SavedSearchChanged',
  1,
  { en: 'A saved search was changed by its owner.', ja: '保存検索がその作成者により変更された。' },
  lifetimes,
);
export const SavedSearchRemoved = defineEvent<{ savedSearch: string }>()(
  'SavedSearchRemoved',
  1,
  { en: 'A saved search was removed.', ja: '保存検索が削除された。' },
  { savedSearch: 'clear' },
);

export const SavedSearchJudged = defineEvent<{
  savedSearch: string;
  version: number;
  /** The last of the Tokyo days that were counted. */
  day: string;
  /** How many events were looked through: what people wrote into them was opened, by nobody but the worker. */
  events: number;
}>()(
  'SavedSearchJudged',
  1,
  {
    en: 'The worker looks through sealed words to see whether a saved search reaches its threshold.',
    ja: '保存検索がしきい値に達するかを判定するため、封印された文言が自動処理により検索された。',
  },
  { savedSearch: 'clear', version: 'clear', day: 'clear', events: 'clear' },
);

export const savedSearchEvents = { SearchSaved, SavedSearchChanged, SavedSearchRemoved } as const;
export type SavedSearchEvent = FactsOf<typeof savedSearchEvents>;
export type RecordedSavedSearchEvent = RecordsOf<typeof savedSearchEvents>;

export const savedSearchLookEvents = { SavedSearchJudged } as const;
export type SavedSearchLookEvent = FactsOf<typeof savedSearchLookEvents>;
export type RecordedSavedSearchLookEvent = RecordsOf<typeof savedSearchLookEvents>;
