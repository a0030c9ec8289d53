import type { TokyoDay } from '../kernel/tokyo.js';
import { MOST_NAMED } from './detector.js';
import type { OpenReview } from './review.js';
import type { Evidence } from './review.events.js';

/** A saved search that has a threshold, judged for the Tokyo days that end with `day`. */
interface Judged {
  readonly savedSearch: string;
  readonly version: number;
  readonly day: TokyoDay;
  readonly count: number;
  readonly threshold: number;
  /** The period that was counted. */
  readonly from: string;
  readonly until: string;
}

/** It reached its threshold. */
export interface SearchReached extends Judged {
  /** Some of the inquiries among the events that were counted. */
  readonly inquiries: readonly string[];
  /** Operators whose events were found, each once. */
  readonly operators: readonly string[];
  /** Whether all events that were found were looked at for `operators`, and no more can be found. */
  readonly allOperators: boolean;
}

/** How many operators the review of a saved search names: as many ids as fit well into an entry. */
const MOST_OPERATORS = 500;

/** It could not be judged: more events than `threshold` would have to be opened (`count`, which stops beyond it). */
export type SearchUnjudged = Judged;

/** Opens once a day for each version of the search; like a finding's cause, never a stream's name itself. */
export const causeOfSearch = ({ savedSearch, version, day }: Judged): string =>
  `saved-search/${savedSearch}/${version}/${day}`;

/** Opens once a month for each version: nothing changes until somebody narrows it. */
export const causeOfUnjudged = ({ savedSearch, version, day }: Judged): string =>
  `saved-search-unjudged/${savedSearch}/${version}/${day.slice(0, 7)}`;

/** Why a saved search that is not judged opens a review, in the words that people are shown. */
export const unjudgedSearch = {
  title: { en: 'A saved search is not judged', ja: '判定できない保存検索' },
  reason: {
    en: 'It looks for words, and more events would have to be opened for it than one search may. Narrow it by other terms or fewer days. Counted: events, as far as they were counted; the threshold is how many may be opened.',
    ja: '本文を検索する条件で、開くべきイベントが上限を超えた。他の条件を加えるか日数を減らすこと。件数は数えた範囲のイベント数、しきい値は上限。',
  },
} as const;

const ofSearch = (review: string, savedSearch: string, evidence: Evidence): OpenReview => ({
  review,
  concern: 'search',
  operator: null,
  savedSearch,
  evidence,
});

/** The review that a saved search opens. */
export function reviewOfSearch(review: string, reached: SearchReached): OpenReview {
  const { savedSearch, version, count, threshold, from, until } = reached;
  const inquiries = reached.inquiries.slice(0, MOST_NAMED);
  const operators = reached.operators.slice(0, MOST_OPERATORS);
  const moreOperators = !reached.allOperators || reached.operators.length > operators.length;
  const counted = { inquiries, tokens: [], count, threshold, from, until };
  const concerned = { version, operators, moreOperators };
  return ofSearch(review, savedSearch, { detector: 'saved-search', ...counted, ...concerned });
}

/** The review that one opens which nobody can judge: a threshold that watches over nothing must not look like peace. */
export function reviewOfUnjudged(review: string, unjudged: SearchUnjudged): OpenReview {
  const { savedSearch, version, count, threshold, from, until } = unjudged;
  const counted = { inquiries: [], tokens: [], count, threshold, from, until, version };
  return ofSearch(review, savedSearch, { detector: 'saved-search-unjudged', ...counted });
}
