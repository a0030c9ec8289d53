import {
  DailyReviews,
  Detection,
  Reviews,
  SavedSearches,
  SearchConcern,
  SearchThresholds,
  TextSearch,
  Trail,
  WatchList,
  WordThresholds,
} from '#application';
import { detectorSettingsOf } from './review-settings.js';
import type { Rooms } from './rooms.js';

/** What people do about reviews, and the daily sign-off. */
export function reviewsOf({ journal, store, vault, queries, log, configuration }: Rooms) {
  const trail = new Trail(journal, store, queries, vault, log);
  const concern = new SearchConcern(journal, store, vault, queries, trail);
  return {
    reviews: new Reviews(journal, vault, concern),
    dailyReviews: new DailyReviews(journal, store, queries, trail, configuration.signOffDays),
    watchList: new WatchList(journal, vault, queries),
    savedSearches: new SavedSearches(journal, vault, queries, concern),
  };
}

/** What opens reviews by itself: the worker's. */
export function detectionOf(rooms: Rooms) {
  const { journal, store, vault, queries, log, marks, reviewIds, configuration } = rooms;
  const trail = new Trail(journal, store, queries, vault, log);
  const concern = new SearchConcern(journal, store, vault, queries, trail);
  const reviews = new Reviews(journal, vault, concern);
  const text = new TextSearch(store, vault, queries);
  const words = new WordThresholds(journal, store, queries, text, reviews, reviewIds);
  return {
    detection: new Detection(
      { journal, store, vault, queries, marks },
      reviews,
      reviewIds,
      detectorSettingsOf(configuration),
    ),
    thresholds: new SearchThresholds(journal, vault, queries, reviews, reviewIds, words),
  };
}
