import { beforeEach, describe, expect, it } from '@jest/globals';
import { type OpenReview, readQuery, savedSearchLookStream } from '#domain';
import type { TrailRow } from '#read-models';
import { byInit, InMemory } from '../testing/in-memory.js';
import { ReviewIds } from './review-ids.js';
import { WordThresholds } from './word-thresholds.js';

const read = readQuery('text:知人', { withinDays: 1 });
if ('refusals' in read) throw new Error('the query is at fault');
const { query } = read;

const search = {
  savedSearch: 's-1',
  version: 1,
  owner: 'o-9',
  shared: false,
  savedAt: '2026-04-06T03:00:00.000Z',
  threshold: { count: 2, days: 1 },
};

/** The search is of Monday, 2026-04-06, and so are the events; it is Tuesday. */
describe('a threshold over words', () => {
  let house: InMemory;
  let candidates: { count: number; more: boolean };
  let matching: readonly (string | null)[];
  let looks: { from: string | null; until: string | null }[];
  let opened: OpenReview[];
  let readUpTo: { position: string; eventId: string } | null;
  let thresholds: WordThresholds;

  beforeEach(async () => {
    house = new InMemory('2026-04-06T23:00:00.000Z');
    [candidates, matching, looks, opened] = [{ count: 3, more: false }, ['i-1', null, 'i-3'], [], []];
    const signedIn = { type: 'SignedIn', data: { session: 's-1', operator: 'o-1', terminal: null } } as const;
    await house.journal.append(await house.journal.load('session-s-1'), [signedIn], byInit);
    await caughtUp();
    thresholds = anew();
  });

  const caughtUp = async (): Promise<void> => {
    const last = (await house.store.readAll(null, 1_000)).at(-1);
    readUpTo = last ? { position: last.position, eventId: last.id } : null;
  };
  const anew = (): WordThresholds =>
    new WordThresholds(
      house.journal,
      house.store,
      { readUpTo: () => Promise.resolve(readUpTo) },
      {
        toOpen: () => Promise.resolve({ ...candidates, readUpTo }),
        async *matching({ from = null, until = null }) {
          looks.push({ from, until });
          for (const inquiry of matching)
            yield await Promise.resolve({ inquiry, operator: 'o-17' } as TrailRow);
        },
      },
      {
        openFor: (review) => {
          const isNew = opened.every((each) => each.review !== review.review);
          if (isNew) opened.push(review);
          return Promise.resolve(isNew);
        },
      },
      new ReviewIds(Buffer.alloc(32, 7)),
    );
  const judge = (changes: object = {}): Promise<boolean> =>
    thresholds.judge({ ...search, ...changes }, query, byInit);
  const recorded = async () =>
    (await house.recorded(savedSearchLookStream('s-1', 1, '2026-04-06'))).map(({ data }) => data);

  it('opens a review the day after, once, and the look is on record', async () => {
    expect(await judge()).toBe(true);
    expect(await judge()).toBe(false);
    expect(looks).toEqual([{ from: '2026-04-05T15:00:00.000Z', until: '2026-04-06T15:00:00.000Z' }]);
    expect(await recorded()).toEqual([{ savedSearch: 's-1', version: 1, day: '2026-04-06', events: 3 }]);
    expect(opened).toMatchObject([
      {
        concern: 'search',
        savedSearch: 's-1',
        evidence: {
          detector: 'saved-search',
          count: 3,
          threshold: 2,
          inquiries: ['i-1', 'i-3'],
          operators: ['o-17'],
          moreOperators: false,
        },
      },
    ]);
    expect(JSON.stringify(await house.entries())).not.toContain('知人');
  });

  it('opens none below it; the look is on record all the same', async () => {
    matching = ['i-1'];
    expect(await judge()).toBe(false);
    expect([opened, (await recorded()).length]).toEqual([[], 1]);
  });

  it('opens nothing at all where there are too few to reach it', async () => {
    candidates = { count: 1, more: false };
    expect(await judge()).toBe(false);
    expect([looks, await recorded()]).toEqual([[], []]);
  });

  it('looks at nothing before the look is on record', async () => {
    house.store.failNextAppend('before');
    await expect(judge()).rejects.toMatchObject({ code: 'store-failed' });
    expect([looks, opened]).toEqual([[], []]);
    expect(await judge()).toBe(true);
  });

  it('looks again after a restart, under the same record, and opens no second review', async () => {
    await judge();
    thresholds = anew();
    expect(await judge()).toBe(false);
    expect([looks.length, opened.length, (await recorded()).length]).toEqual([2, 1, 1]);
  });

  it('says once a month that it cannot be judged, and opens nothing', async () => {
    candidates = { count: 5_000, more: true };
    expect(await judge()).toBe(true);
    expect([looks, await recorded()]).toEqual([[], []]);
    expect(opened).toMatchObject([
      { evidence: { detector: 'saved-search-unjudged', count: 5_001, threshold: 5_000, inquiries: [] } },
    ]);
    house.clock.moveTo('2026-04-07T23:00:00.000Z');
    expect(await judge()).toBe(false);
    house.clock.moveTo('2026-05-02T23:00:00.000Z');
    expect(await judge()).toBe(true);
    expect(await judge({ version: 2 })).toBe(true);
  });

  it('is judged again the next day, and not for days before it was saved', async () => {
    await judge();
    expect(await judge({ savedSearch: 's-2', savedAt: '2026-04-06T23:00:00.000Z' })).toBe(false);
    house.clock.moveTo('2026-04-07T23:00:00.000Z');
    expect(await judge()).toBe(false);
    await caughtUp();
    expect(await judge()).toBe(true);
    expect(looks.map(({ until }) => until)).toEqual(['2026-04-06T15:00:00.000Z', '2026-04-07T15:00:00.000Z']);
  });

  it.each<[string, () => Promise<void> | void]>([
    [
      'the read models are being built',
      () => {
        readUpTo = null;
      },
    ],
    [
      'the read models have not got to the end of the day',
      async () => {
        house.clock.moveTo('2026-04-06T23:10:00.000Z');
        // What was read last is of Monday; something of Tuesday is not read.
        house = new InMemory('2026-04-06T05:00:00.000Z');
        await sign('one');
        await caughtUp();
        house.clock.moveTo('2026-04-06T23:00:00.000Z');
        await sign('two');
        thresholds = anew();
      },
    ],
    [
      'the day has only just ended',
      () => {
        house = new InMemory('2026-04-06T15:05:00.000Z');
        thresholds = anew();
      },
    ],
  ])('waits while %s', async (_what, given) => {
    await given();
    expect([await judge(), looks]).toEqual([false, []]);
  });

  it('does not wait for what comes after the day', async () => {
    await sign('later');
    expect(await judge()).toBe(true);
  });

  async function sign(session: string): Promise<void> {
    const signedIn = { type: 'SignedIn', data: { session, operator: 'o-1', terminal: null } } as const;
    await house.journal.append(await house.journal.load(`session-${session}`), [signedIn], byInit);
  }
});
