import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DayReviewed,
  InquiryRefused,
  ResidentWatched,
  ReviewClosed,
  ReviewOpened,
  SavedSearchChanged,
  SavedSearchRemoved,
  SearchSaved,
  WatchEnded,
} from '#domain';
import { History, uuid } from './history.contract.js';
import { BadCursor, type ProjectedEvent } from './port.js';
import type { ReviewPage } from './review-port.js';
import type { OpenedReadModels } from './trail.contract.js';

/** What the reviews of every engine must do: the list, the days, the saved searches and the watch list. */
export function reviewsContract(open: () => Promise<OpenedReadModels>): void {
  describe('the reviews', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open();
      history = new History();
    });
    afterEach(() => opened.dispose());

    const project = (events: readonly ProjectedEvent[] = history.events): Promise<void> =>
      opened.projections.apply(events);
    const page = (limit = 50, cursor?: string, agreement = 'agreement'): Promise<ReviewPage> =>
      opened.queries.reviews(agreement, cursor === undefined ? { limit } : { limit, cursor });
    const openReview = (review: string, header = {}) =>
      history.add(
        ReviewOpened,
        { review, concern: 'conduct', operator: 'op-1', savedSearch: null },
        { actor: { system: 'retention-worker' }, ...header },
      );
    const closeReview = (review: string) =>
      history.add(
        ReviewClosed,
        { review, conclusion: 'explained', incident: null },
        { at: '2026-04-02T00:00:00.000Z' },
      );

    describe('the list of reviews', () => {
      it('is empty while nothing happened', async () => {
        expect(await page()).toEqual({ rows: [], next: null, readUpTo: null });
        await project(history.received(uuid(1)).events);
        expect((await page()).rows).toEqual([]);
      });

      it('tells a review from what opened it to its finding', async () => {
        openReview(uuid(1));
        await project();
        const row = {
          review: uuid(1),
          state: 'open',
          concern: 'conduct',
          operator: 'op-1',
          savedSearch: null,
          openedAt: '2026-04-01T00:00:00.000Z',
          closedAt: null,
          conclusion: null,
          incident: null,
        };
        expect((await page()).rows).toEqual([row]);
        closeReview(uuid(1));
        await project();
        const closed = { state: 'closed', closedAt: '2026-04-02T00:00:00.000Z', conclusion: 'explained' };
        expect((await page()).rows).toEqual([{ ...row, ...closed }]);
      });

      it('has open ones first, is read page by page, and is of one agreement', async () => {
        for (const n of [1, 2, 3, 4, 5]) openReview(uuid(n));
        openReview(uuid(9), { agreement: 'another' });
        for (const n of [2, 4]) closeReview(uuid(n));
        await project();
        const expected = [5, 3, 1, 4, 2].map(uuid);
        for (let limit = 1; limit <= 6; limit += 1) {
          const read: string[] = [];
          for (let cursor: string | null | undefined; cursor !== null; ) {
            const { rows, next } = await page(limit, cursor);
            read.push(...rows.map(({ review }) => review));
            cursor = next;
          }
          expect(read).toEqual(expected);
        }
        expect((await page(50, undefined, 'another')).rows.map(({ review }) => review)).toEqual([uuid(9)]);
      });

      it('refuses a cursor of another agreement or another list, and a page of no size', async () => {
        for (const n of [1, 2, 3]) {
          openReview(uuid(n));
          openReview(uuid(10 + n), { agreement: 'another' });
        }
        await project();
        const other = (await page(1, undefined, 'another')).next;
        for (const cursor of [other, '', 'x'])
          await expect(page(1, cursor as string)).rejects.toThrow(BadCursor);
        for (const limit of [0, 501, 1.5]) await expect(page(limit)).rejects.toThrow(RangeError);
      });
    });

    describe('the days to be reviewed', () => {
      const days = (from = '2000-01-01') => opened.queries.reviewDays('agreement', from);
      /** 23:59 in Tokyo on 2026-04-01, and a minute later. */
      const [late, next] = ['2026-04-01T14:59:00.000Z', '2026-04-01T15:00:00.000Z'];

      it('count what happened on each day of Tokyo, whatever the batches', async () => {
        history
          .received(uuid(1), {}, { at: late })
          .received(uuid(2), {}, { at: next })
          .add(InquiryRefused, { inquiry: uuid(3), reasons: ['role-missing'] }, { at: next });
        openReview(uuid(8), { at: next });
        await project();
        history.received(uuid(4), {}, { at: late }).received(uuid(5), {}, { at: late, agreement: 'another' });
        await project();
        const unsigned = { signedBy: null, signedAt: null };
        expect((await days()).days).toEqual([
          { day: '2026-04-01', inquiries: 2, refused: 0, reviewsOpened: 0, ...unsigned },
          { day: '2026-04-02', inquiries: 1, refused: 1, reviewsOpened: 1, ...unsigned },
        ]);
        expect((await days('2026-04-02')).days).toHaveLength(1);
        expect((await days()).readUpTo?.position).toBe(history.events.at(-1)?.position);
      });

      it('know who signed, also a day on which nothing happened', async () => {
        history.received(uuid(1), {}, { at: late });
        for (const day of ['2026-04-01', '2026-04-02'])
          history.add(
            DayReviewed,
            { day, inquiries: 1, refused: 0, reviewsOpened: 0, through: '3' },
            { at: next, actor: { operator: 'manager' } },
          );
        await project();
        expect((await days()).days).toMatchObject([
          { day: '2026-04-01', inquiries: 1, signedBy: 'manager', signedAt: next },
          { day: '2026-04-02', inquiries: 0, signedBy: 'manager' },
        ]);
      });

      it('know who inquired, refused ones included', async () => {
        history
          .received(uuid(1), {}, { at: late, actor: { operator: 'op-1' } })
          .add(
            InquiryRefused,
            { inquiry: uuid(3), reasons: ['role-missing'] },
            { at: late, actor: { operator: 'op-2' } },
          );
        await project();
        const inquired = (operator: string, day = '2026-04-01') =>
          opened.queries.inquiredOn('agreement', operator, day);
        expect(await Promise.all(['op-1', 'op-2', 'op-3'].map((operator) => inquired(operator)))).toEqual([
          true,
          true,
          false,
        ]);
        expect(await inquired('op-1', '2026-04-02')).toBe(false);
      });

      it('know where the inquiries of a day and later begin', async () => {
        const since = (day: string) => opened.queries.inquiriesSince('agreement', day);
        history.received(uuid(1), {}, { at: '2026-02-01T00:00:00.000Z' });
        openReview(uuid(8), { at: late });
        history.received(uuid(2), {}, { at: late }).received(uuid(3), {}, { at: next });
        await project();
        expect(
          await Promise.all(['2026-01-01', '2026-03-01', '2026-04-02', '2026-04-03'].map(since)),
        ).toEqual([{ after: null }, { after: '6' }, { after: '9' }, null]);
      });
    });

    describe('the saved searches', () => {
      const saved = { savedSearch: uuid(1), version: 1, owner: 'op-1', shared: false, threshold: null };
      const listed = () => opened.queries.savedSearches('agreement');

      it('are listed as they are now, until they are removed', async () => {
        history.add(SearchSaved, saved).add(SearchSaved, { ...saved, savedSearch: uuid(2), shared: true });
        await project();
        expect(await listed()).toEqual([
          { ...saved, savedAt: '2026-04-01T00:00:00.000Z' },
          { ...saved, savedSearch: uuid(2), shared: true, savedAt: '2026-04-01T00:00:00.000Z' },
        ]);
        const changed = { ...saved, version: 2, threshold: { count: 3, days: 7 } };
        history
          .add(SavedSearchChanged, changed, { at: '2026-04-03T00:00:00.000Z' })
          .add(SavedSearchRemoved, { savedSearch: uuid(2) });
        await project();
        expect(await listed()).toEqual([{ ...changed, savedAt: '2026-04-03T00:00:00.000Z' }]);
        expect(await opened.queries.savedSearches('another')).toEqual([]);
      });
    });

    describe('the watch list', () => {
      it('has every entry that was not ended', async () => {
        history
          .add(ResidentWatched, { entry: uuid(1), until: null })
          .add(ResidentWatched, { entry: uuid(2), until: '2026-05-01' })
          .add(WatchEnded, { entry: uuid(1) });
        await project();
        expect(await opened.queries.watchList('agreement')).toEqual([
          { entry: uuid(2), until: '2026-05-01', watchedAt: '2026-04-01T00:00:00.000Z' },
        ]);
        expect(await opened.queries.watchList('another')).toEqual([]);
      });
    });
  });
}
