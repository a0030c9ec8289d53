/** Every code with which a saved search is refused, besides those of its query. */
export const savedSearchRefusals = [
  'saved-search-exists',
  'saved-search-missing',
  'saved-search-of-other',
  'saved-search-name-malformed',
  'saved-search-threshold-malformed',
  'saved-search-period-over',
] as const;
export type SavedSearchRefusal = (typeof savedSearchRefusals)[number];
