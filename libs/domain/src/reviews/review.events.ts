import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/**
 * One review (点検): something that a detector or a saved search found, until a security officer closes it. The id is
 * derived from the finding's cause under a key, so that it opens once and its name says nothing.
 */
export const reviewStream = (review: string): string => `review-${review}`;

/** One per agreement and Tokyo day: the terminal manager's look at it. */
export const dailyReviewStream = (agreement: string, day: string): string =>
  `daily-review-${agreement}-${day}`;

/** One per agreement: since when its days are looked at. */
export const dailyReviewDutyStream = (agreement: string): string => `daily-reviews-${agreement}`;

/** The peeking detectors. Every one has a row in `detectorTable` (detectors.ts). */
export const detectorNames = [
  'same-resident',
  'own-name',
  'out-of-hours',
  'volume',
  'without-case',
  'not-found-in-a-row',
  'watched-resident',
] as const;
export type DetectorName = (typeof detectorNames)[number];

/**
 * What a review is about, as far as it may be said in clear for ever. That an operator's inquiry concerned a protected
 * person, or somebody of the operator's own name, tells of the resident: such findings are all `resident`, and which
 * detector it was is sealed with the rest. `conduct` is about the operator's own manner, `search` about a saved search.
 */
export const reviewConcerns = ['resident', 'conduct', 'search'] as const;
export type ReviewConcern = (typeof reviewConcerns)[number];

/** What was found. Ids and tokens only, and sealed nevertheless: together they say what the clear trail does not. */
export interface Evidence {
  readonly detector: DetectorName | 'saved-search' | 'saved-search-unjudged';
  /** Inquiries that show it, at most 50. */
  readonly inquiries: readonly string[];
  /** Subject tokens, where it is about one resident. */
  readonly tokens: readonly string[];
  readonly count: number;
  readonly threshold: number;
  /** Business time of the first and the last that was counted; of a saved search the period that was counted. */
  readonly from: string;
  readonly until: string;
  /** Of a saved search only: which version of it was judged. */
  readonly version?: number;
  /** Of a saved search only: operators whose events it found, each once, at most 500. */
  readonly operators?: readonly string[];
  /** Of a saved search only: whether it may have found events of others. */
  readonly moreOperators?: boolean;
}

export const ReviewOpened = defineEvent<{
  review: string;
  concern: ReviewConcern;
  /** Whose conduct is to be looked at; null for a saved search: the evidence says whose events it found. */
  operator: string | null;
  /** The saved search whose threshold was reached, or null. */
  savedSearch: string | null;
  evidence: Evidence;
}>()(
  'ReviewOpened',
  1,
  {
    en: 'A detector or a saved search found something that a security officer has to look at (annex 2, 2(4)).',
    ja: '検知規則又は保存検索の結果により、セキュリティ責任者の点検が必要となった（別紙2の2(4)）。',
  },
  { review: 'clear', concern: 'clear', operator: 'clear', savedSearch: 'clear', evidence: 'trail' },
);

export const ReviewNoted = defineEvent<{ review: string; note: string }>()(
  'ReviewNoted',
  1,
  { en: 'A security officer added a note to a review.', ja: '点検に経過が書き加えられた。' },
  { review: 'clear', note: 'trail' },
);

/** 業務上の理由あり, 検知の誤り, 不適正な利用. */
export const reviewConclusions = ['explained', 'false-alarm', 'improper'] as const;
export type ReviewConclusion = (typeof reviewConclusions)[number];

export const ReviewClosed = defineEvent<{
  review: string;
  conclusion: ReviewConclusion;
  /** The incident that was declared for it; always there where the use was improper. */
  incident: string | null;
  finding: string;
}>()(
  'ReviewClosed',
  1,
  {
    en: 'A security officer closed a review with a finding.',
    ja: 'セキュリティ責任者が所見を付して点検を終えた。',
  },
  { review: 'clear', conclusion: 'clear', incident: 'clear', finding: 'trail' },
);

export const DailyReviewsBegun = defineEvent<{
  /** The first Tokyo day that has to be signed off. */
  from: string;
}>()(
  'DailyReviewsBegun',
  1,
  {
    en: 'From this day on a terminal manager signs each day off (annex 2, 2(4)).',
    ja: 'この日から、端末管理責任者が一日ごとに操作履歴を点検することとなった（別紙2の2(4)）。',
  },
  { from: 'clear' },
);

export const DayReviewed = defineEvent<{
  /** Tokyo day. */
  day: string;
  /** What was shown of the day when it was signed. */
  inquiries: number;
  refused: number;
  reviewsOpened: number;
  /** How far the trail had been read for these counts: a position. */
  through: string;
  remark: string | null;
}>()(
  'DayReviewed',
  1,
  {
    en: 'A terminal manager looked through the operations of a day and signed it off (annex 2, 2(4)).',
    ja: '端末管理責任者が一日の操作履歴を点検し、確認した（別紙2の2(4)）。',
  },
  {
    day: 'clear',
    inquiries: 'clear',
    refused: 'clear',
    reviewsOpened: 'clear',
    through: 'clear',
    remark: 'trail',
  },
);

export const reviewEvents = { ReviewOpened, ReviewNoted, ReviewClosed } as const;
export const dailyReviewEvents = { DayReviewed } as const;
export const dailyReviewDutyEvents = { DailyReviewsBegun } as const;

export type ReviewEvent = FactsOf<typeof reviewEvents>;
export type RecordedReviewEvent = RecordsOf<typeof reviewEvents>;
export type DailyReviewEvent = FactsOf<typeof dailyReviewEvents>;
export type RecordedDailyReviewEvent = RecordsOf<typeof dailyReviewEvents>;
export type DailyReviewDutyEvent = FactsOf<typeof dailyReviewDutyEvents>;
export type RecordedDailyReviewDutyEvent = RecordsOf<typeof dailyReviewDutyEvents>;
