import type {
  DaysReport,
  DayToSign,
  ReviewReport,
  SavedSearchEntry,
  SavedSearchReport,
  WatchReport,
} from '#application';
import { detectorNames, reviewConcerns, reviewConclusions } from '#domain';
import type { ReviewDay, ReviewRow, SavedSearchRow, WatchRow } from '#read-models';
import type { ReviewsAnswer } from '../reviews/reviews.controller.js';
import type { SavedSearchesAnswer } from '../reviews/saved-searches.controller.js';
import type { WatchListAnswer } from '../reviews/watch-list.controller.js';
import {
  count,
  day,
  flag,
  instant,
  listOf,
  oneOf,
  orNull,
  refTo,
  type Schema,
  type Schemas,
  shapeOf,
  text,
  uuid,
} from './schema.js';

const state = oneOf(['open', 'closed']);
const concern = {
  ...oneOf(reviewConcerns),
  description: 'About a resident, about the operator’s own manner, or about a saved search.',
};
const operator = { ...orNull(text), description: 'Whose conduct is looked at; null for a saved search.' };
const conclusion = orNull(oneOf(reviewConclusions));
const bilingual: Schema = { type: 'object', properties: { ja: text, en: text }, required: ['ja', 'en'] };

const review = {
  review: uuid,
  state,
  concern,
  operator,
  savedSearch: orNull(uuid),
  openedAt: instant,
  closedAt: orNull(instant),
  conclusion,
  incident: orNull(uuid),
} satisfies Record<keyof ReviewRow, Schema>;

const counts = { inquiries: count, refused: count, reviewsOpened: count };

const savedSearch = {
  savedSearch: uuid,
  version: count,
  owner: text,
  shared: flag,
  threshold: orNull(shapeOf<NonNullable<SavedSearchRow['threshold']>>()({ count, days: count })),
  savedAt: instant,
  name: { ...orNull(text), description: 'Null once the trail of its year has ended.' },
} satisfies Record<keyof SavedSearchEntry, Schema>;

/** What answers about reviews and saved searches are made of. */
export const reviewParts: Schemas = {
  ReviewRow: shapeOf<ReviewRow>()(review),
  SavedSearch: shapeOf<SavedSearchEntry>()(savedSearch),
  WatchRow: shapeOf<WatchRow>()({ entry: uuid, until: orNull(day), watchedAt: instant }),
};

type EvidenceReport = NonNullable<ReviewReport['evidence']>;

/** What each route about reviews and saved searches answers. */
export const reviewAnswers: Readonly<Record<string, Schema>> = {
  ReviewsController_list: shapeOf<ReviewsAnswer>()({
    reviews: listOf(refTo('ReviewRow')),
    next: { ...orNull(text), description: 'The cursor of the next page; null on the last.' },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  ReviewsController_show: shapeOf<ReviewReport>()({
    ...review,
    evidence: {
      ...orNull(
        shapeOf<EvidenceReport>()({
          detector: oneOf([...detectorNames, 'saved-search', 'saved-search-unjudged']),
          inquiries: { ...listOf(uuid), description: 'Inquiries that show it, 50 at most.' },
          count,
          threshold: count,
          from: instant,
          until: instant,
          version: { ...orNull(count), description: 'The version of the saved search that was judged.' },
          operators: {
            ...orNull(listOf(text)),
            description:
              'Whose events the saved search found, 500 at most: none of them adds to the review or closes it.',
          },
          moreOperators: {
            ...orNull(flag),
            description: 'Whether it may have found events of others, or may still.',
          },
          title: orNull(bilingual),
          reason: orNull(bilingual),
        }),
      ),
      description: 'Null once the trail of its year has ended.',
    },
    finding: orNull(text),
    notes: listOf(
      shapeOf<ReviewReport['notes'][number]>()({ at: instant, by: orNull(text), note: orNull(text) }),
    ),
  }),
  ReviewDaysController_list: shapeOf<DaysReport>()({
    today: day,
    unsigned: listOf(shapeOf<DayToSign>()({ day, due: day, overdue: flag, ...counts })),
    signed: listOf(
      shapeOf<ReviewDay>()({ day, ...counts, signedBy: orNull(text), signedAt: orNull(instant) }),
    ),
    holidaysKnownThrough: { ...day, description: 'After it, public holidays count as open days.' },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  WatchListController_list: shapeOf<WatchListAnswer>()({ entries: listOf(refTo('WatchRow')) }),
  WatchListController_watch: shapeOf<{ entry: string }>()({ entry: uuid }),
  WatchListController_show: shapeOf<WatchReport>()({
    entry: uuid,
    until: orNull(day),
    watchedAt: instant,
    by: orNull(text),
    residentCode: { ...orNull(text), description: 'Null once its key is destroyed.' },
    reason: orNull(text),
  }),
  SavedSearchesController_list: shapeOf<SavedSearchesAnswer>()({
    savedSearches: listOf(refTo('SavedSearch')),
  }),
  SavedSearchesController_save: shapeOf<{ savedSearch: string }>()({ savedSearch: uuid }),
  SavedSearchesController_show: shapeOf<SavedSearchReport>()({
    ...savedSearch,
    query: { ...orNull(text), description: 'In canonical form.' },
  }),
};
