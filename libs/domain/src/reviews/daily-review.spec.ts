import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { nextOpenDay } from './closed-days.js';
import {
  decideSignDay,
  evolveDailyReview,
  initialDailyReview,
  type SignDay,
  type SignDayFacts,
  unsignedDays,
} from './daily-review.js';
import { dailyReviewEvents, dailyReviewStream, type RecordedDailyReviewEvent } from './review.events.js';

const { given } = specify(dailyReviewEvents, evolveDailyReview, initialDailyReview);

const signing: SignDay = {
  day: '2026-04-06',
  inquiries: 41,
  refused: 2,
  reviewsOpened: 1,
  through: '1042',
  remark: null,
};
const facts: SignDayFacts = { today: '2026-04-07', firstDay: '2026-04-01', inquired: false };

const sign = (changes: Partial<SignDay> = {}, known: Partial<SignDayFacts> = {}) =>
  given().when((state) => decideSignDay(state, { ...signing, ...changes }, { ...facts, ...known }));

describe('a day', () => {
  it('is signed off with what was shown of it', () => {
    expect(sign({ remark: '夜間の照会は当直によるもの' }).events).toEqual([
      { type: 'DayReviewed', data: { ...signing, remark: '夜間の照会は当直によるもの' } },
    ]);
    expect(dailyReviewStream('agr-1', '2026-04-06')).toBe('daily-review-agr-1-2026-04-06');
  });

  it('is signed off once, and remembers by whom', () => {
    const [fact] = sign().events;
    const event = record(dailyReviewEvents.DayReviewed, fact ?? { type: '', data: {} }, {
      at: '2026-04-07T00:10:00.000Z',
      actor: { operator: 'o-manager' },
    }) as unknown as RecordedDailyReviewEvent;
    expect(event.data).not.toHaveProperty('remark');
    const state = evolveDailyReview(initialDailyReview, event);
    expect(state).toEqual({
      state: 'signed',
      day: '2026-04-06',
      by: 'o-manager',
      at: '2026-04-07T00:10:00.000Z',
    });
    expect(decideSignDay(state, signing, facts)).toMatchObject({
      refusals: [{ code: 'review-day-signed', field: 'day' }],
    });
    const later = { ...event, at: '2026-04-08T00:00:00.000Z' };
    expect(evolveDailyReview(state, later)).toBe(state);
  });

  it.each<[string, Partial<SignDay>, Partial<SignDayFacts>, readonly string[]]>([
    ['that is none', { day: '2026-02-30' }, {}, ['review-day-malformed']],
    ['before it is over', { day: '2026-04-07' }, {}, ['review-day-not-over']],
    ['that is still to come', { day: '2026-04-08' }, {}, ['review-day-not-over']],
    ['before there was an agreement', { day: '2026-03-31' }, {}, ['review-day-before-agreement']],
    ['of own inquiries', {}, { inquired: true }, ['reviewer-is-person-concerned']],
    ['with a blank remark', { remark: ' ' }, {}, ['review-remark-malformed']],
    ['with too long a remark', { remark: '字'.repeat(1_001) }, {}, ['review-remark-malformed']],
  ])('%s is not signed off', (_, changes, known, refusals) => {
    expect(sign(changes, known).refusals).toEqual(refusals);
  });
});

describe('unsigned days', () => {
  // 2026-04-29 is a Wednesday and a holiday; 05-02 and 05-03 are a weekend, 05-04 to 05-06 holidays.
  const closed = {
    weekdays: [0, 6],
    days: new Set(['2026-04-29', '2026-05-04', '2026-05-05', '2026-05-06']),
  };
  const view = { first: '2026-04-27', closed, busy: new Set<string>(), signed: new Set<string>() };

  it('are the open days that are over and not signed', () => {
    expect(unsignedDays({ ...view, today: '2026-05-01' })).toEqual([
      { day: '2026-04-27', due: '2026-04-28', overdue: true },
      { day: '2026-04-28', due: '2026-04-30', overdue: true },
      { day: '2026-04-30', due: '2026-05-01', overdue: false },
    ]);
  });

  it('have time over holidays, and are alarmed after', () => {
    const last = (today: string) => unsignedDays({ ...view, first: '2026-05-01', today });
    expect(last('2026-05-07')).toEqual([{ day: '2026-05-01', due: '2026-05-07', overdue: false }]);
    expect(last('2026-05-08')).toMatchObject([
      { day: '2026-05-01', overdue: true },
      { day: '2026-05-07', due: '2026-05-08', overdue: false },
    ]);
  });

  it('are closed days too, if somebody inquired then', () => {
    const busy = new Set(['2026-05-03', '2026-04-30']);
    const signed = new Set(['2026-04-27', '2026-04-28', '2026-05-01']);
    expect(unsignedDays({ ...view, busy, signed, today: '2026-05-07' })).toEqual([
      { day: '2026-04-30', due: '2026-05-01', overdue: true },
      { day: '2026-05-03', due: '2026-05-07', overdue: false },
    ]);
  });

  it('may have more days', () => {
    const slower = unsignedDays({ ...view, first: '2026-05-01', today: '2026-05-08', openDays: 2 });
    expect(slower[0]).toEqual({ day: '2026-05-01', due: '2026-05-08', overdue: false });
  });

  it('are none before the first day is over', () => {
    expect(unsignedDays({ ...view, today: '2026-04-27' })).toEqual([]);
    expect(unsignedDays({ ...view, today: '2026-04-01' })).toEqual([]);
  });

  it('are due the day after where an office is never open', () => {
    const never = { weekdays: [0, 1, 2, 3, 4, 5, 6], days: new Set<string>() };
    expect(nextOpenDay('2026-12-31', never)).toBe('2027-01-01');
    const busy = new Set(['2026-04-27']);
    expect(unsignedDays({ ...view, closed: never, busy, today: '2026-04-29' })).toEqual([
      { day: '2026-04-27', due: '2026-04-28', overdue: true },
    ]);
  });
});
