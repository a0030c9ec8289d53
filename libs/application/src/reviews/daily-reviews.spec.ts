import { beforeEach, describe, expect, it } from '@jest/globals';
import { dailyReviewDutyStream } from '#domain';
import type { ReviewDay } from '#read-models';
import { Agreements } from '../agreements/agreements.js';
import { AGREEMENT, byInit, InMemory } from '../testing/in-memory.js';
import { DailyReviews } from './daily-reviews.js';

const terms = {
  agreement: AGREEMENT,
  recipient: 'MLIT',
  provider: 'J-LIS',
  purposes: ['rtva-67:acceptance'],
  casePatterns: { 'rtva-67': 'NR-.+' },
  deadlineMs: 30_000,
};
const busy = (day: string): ReviewDay => ({
  day,
  inquiries: 3,
  refused: 0,
  reviewsOpened: 0,
  signedBy: null,
  signedAt: null,
});

/** The agreement is of Tuesday, 2026-03-31; the office asks every day of the week. */
describe('the days that have to be signed off', () => {
  let memory: InMemory;
  let dailyReviews: DailyReviews;
  const everyDay = ['03-31', '04-01', '04-02', '04-03', '04-06', '04-07', '04-08'];

  beforeEach(async () => {
    memory = new InMemory('2026-03-31T00:00:00.000Z');
    const readUpTo = { position: '9', eventId: 'e-9' } as never;
    const queries = {
      reviewDays: (_agreement: string, from: string) =>
        Promise.resolve({
          days: everyDay.map((day) => busy(`2026-${day}`)).filter(({ day }) => day >= from),
          readUpTo,
        }),
      inquiredOn: () => Promise.resolve(false),
    };
    const trail = { waitFor: () => Promise.resolve(readUpTo) };
    dailyReviews = new DailyReviews(memory.journal, memory.store, queries, trail, 1);
    await new Agreements(memory.journal).conclude(terms, byInit);
  });

  const unsigned = async (): Promise<readonly string[]> =>
    (await dailyReviews.days(AGREEMENT)).unsigned.map(({ day }) => day);

  it('are those since the agreement, where the duty began with it', async () => {
    await dailyReviews.begin(byInit);
    memory.clock.moveTo('2026-04-02T01:00:00.000Z');
    expect(await unsigned()).toEqual(['2026-03-31', '2026-04-01']);
    expect(await dailyReviews.anyOverdue(AGREEMENT)).toBe(true);
  });

  it('are none, and none is late, as long as the duty has not begun', async () => {
    memory.clock.moveTo('2026-04-06T01:00:00.000Z');
    expect(await unsigned()).toEqual([]);
    expect(await dailyReviews.anyOverdue(AGREEMENT)).toBeNull();
  });

  it('are those since the version of Kiroku that knows of it: what lies before raises no alarm', async () => {
    memory.clock.moveTo('2026-04-06T01:00:00.000Z');
    await dailyReviews.begin(byInit);
    expect(await unsigned()).toEqual([]);
    expect(await dailyReviews.anyOverdue(AGREEMENT)).toBe(false);
    memory.clock.moveTo('2026-04-08T01:00:00.000Z');
    await dailyReviews.begin(byInit);
    expect(await unsigned()).toEqual(['2026-04-06', '2026-04-07']);
    expect(await dailyReviews.anyOverdue(AGREEMENT)).toBe(true);
    expect(await memory.types(dailyReviewDutyStream(AGREEMENT))).toEqual(['DailyReviewsBegun']);
  });

  it('begin on the day of an agreement that is concluded later', async () => {
    memory = new InMemory('2026-03-30T00:00:00.000Z');
    const { journal, store } = memory;
    const none = { reviewDays: () => Promise.resolve({ days: [], readUpTo: null }) };
    const queries = { ...none, inquiredOn: () => Promise.resolve(false) };
    dailyReviews = new DailyReviews(journal, store, queries, { waitFor: () => Promise.resolve(null) }, 1);
    await dailyReviews.begin(byInit);
    memory.clock.moveTo('2026-04-01T01:00:00.000Z');
    await new Agreements(journal).conclude(terms, byInit);
    memory.clock.moveTo('2026-04-03T01:00:00.000Z');
    expect(await unsigned()).toEqual(['2026-04-01', '2026-04-02']);
  });
});
