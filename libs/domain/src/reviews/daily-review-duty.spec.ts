import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { decideBeginDailyReviews, evolveDailyReviewDuty } from './daily-review-duty.js';
import { type DailyReviewDutyEvent, dailyReviewDutyEvents, dailyReviewDutyStream } from './review.events.js';

const { given } = specify(dailyReviewDutyEvents, evolveDailyReviewDuty, null);
const begun = (from: string): DailyReviewDutyEvent => ({ type: 'DailyReviewsBegun', data: { from } });
const begin = (today: string, ...facts: DailyReviewDutyEvent[]) =>
  given(...facts).when((state) => decideBeginDailyReviews(state, { today }));

describe('the duty to sign days off', () => {
  it('begins on the day on which somebody could first know of it', () => {
    expect(given().state).toBeNull();
    expect(begin('2026-04-06').events).toEqual([begun('2026-04-06')]);
    expect(given(begun('2026-04-06')).state).toBe('2026-04-06');
  });

  it('begins once', () => {
    expect(begin('2026-04-07', begun('2026-04-06')).events).toEqual([]);
    expect(given(begun('2026-04-06'), begun('2026-05-01')).state).toBe('2026-04-06');
  });

  it('is on record beside the days, and named like none of them', () => {
    expect(dailyReviewDutyStream('mlit-jlis')).toBe('daily-reviews-mlit-jlis');
  });
});
