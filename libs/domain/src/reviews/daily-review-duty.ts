import { accept, type Decision } from '../kernel/decision.js';
import type { TokyoDay } from '../kernel/tokyo.js';
import type { DailyReviewDutyEvent, RecordedDailyReviewDutyEvent } from './review.events.js';

/** From which Tokyo day on the days of an agreement are signed off; null while it has not begun. */
export type DailyReviewDutyState = TokyoDay | null;

/**
 * Begins the duty, once. A version of Kiroku that did not know of it left days behind that nobody was asked to look at in
 * time: they are not asked for in retrospect, and raise no alarm.
 */
export const decideBeginDailyReviews = (
  state: DailyReviewDutyState,
  { today }: { readonly today: TokyoDay },
): Decision<DailyReviewDutyEvent> =>
  state === null
    ? accept<DailyReviewDutyEvent>({ type: 'DailyReviewsBegun', data: { from: today } })
    : accept();

export const evolveDailyReviewDuty = (
  state: DailyReviewDutyState,
  { data }: RecordedDailyReviewDutyEvent,
): DailyReviewDutyState => state ?? data.from;

export const dailyReviewDutyFolding = { initial: null, evolve: evolveDailyReviewDuty };
