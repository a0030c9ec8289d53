import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';

/** The feed of an agreement's trail to a SIEM: where it began, each time. */
export const feedStream = (agreement: string): string => `feed-${agreement}`;

/** Where a feed begins that has not begun yet: with what comes, or with the first event there is. */
export type FeedFrom = 'now' | 'beginning';

export const FeedBegun = defineEvent<{
  /** UUIDv7 of this beginning; the feed's mark names it. */
  beginning: string;
  from: FeedFrom;
  /** The last event that it passes over, by its position; null where it passes over none. */
  position: string | null;
}>()(
  'FeedBegun',
  1,
  {
    en: 'The feed of the trail to the security monitoring (SIEM) began, or was told to begin elsewhere.',
    ja: '監視システム（SIEM）への証跡の送出が開始された（開始位置の変更を含む。）。',
  },
  { beginning: 'clear', from: 'clear', position: 'clear' },
);

export const feedEvents = { FeedBegun } as const;
export type FeedEvent = FactsOf<typeof feedEvents>;
export type RecordedFeedEvent = RecordsOf<typeof feedEvents>;
