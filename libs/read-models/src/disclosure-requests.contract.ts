import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  addDays,
  DisclosureRequestAnswered,
  DisclosureRequestExtended,
  DisclosureRequestReceived,
  DisclosureRequestViewed,
  ResidentProvisionsShown,
} from '#domain';
import { History, uuid } from './history.contract.js';
import { BadCursor } from './port.js';
import type { OpenedReadModels } from './trail.contract.js';

const NOTHING = { rows: [], next: null, readUpTo: null };

/** What every engine's register of requests for disclosure must do. */
export function disclosureRequestsContract(open: () => Promise<OpenedReadModels>): void {
  describe('the register of requests for disclosure', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open();
      history = new History();
    });
    afterEach(() => opened.dispose());

    const project = () => history.projectInto(opened.projections);
    const page = (limit = 50, cursor?: string, agreement = 'agreement') =>
      opened.queries.disclosureRequests(agreement, cursor === undefined ? { limit } : { limit, cursor });
    const due = (before: string, limit = 50, agreement = 'agreement') =>
      opened.queries.disclosureRequestsDue(agreement, before, limit);
    const receive = (n: number, receivedOn = '2026-04-01', header = {}) =>
      history.add(
        DisclosureRequestReceived,
        { disclosureRequest: uuid(n), operator: 'op-1', receivedOn, dueOn: addDays(receivedOn, 29) },
        header,
      );
    const extend = (n: number, dueOn: string) =>
      history.add(DisclosureRequestExtended, { disclosureRequest: uuid(n), operator: 'op-1', dueOn });
    const answer = (n: number) =>
      history.add(DisclosureRequestAnswered, {
        disclosureRequest: uuid(n),
        operator: 'op-1',
        answer: 'disclosed',
        answeredOn: '2026-04-02',
      });
    /** The whole list, page by page. */
    const walk = async (limit: number): Promise<readonly string[]> => {
      const read: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const { rows, next } = await page(limit, cursor);
        read.push(...rows.map(({ disclosureRequest }) => disclosureRequest));
        cursor = next;
      }
      return read;
    };

    it('is empty while nobody asked', async () => {
      expect([await page(), await due('2100-01-01')]).toEqual([NOTHING, []]);
      history.received(uuid(1));
      await project();
      expect([(await page()).rows, await due('2100-01-01')]).toEqual([[], []]);
    });

    it.each(['in one batch', 'event by event'])('tells a request from receipt to answer, %s', async (how) => {
      const next = how === 'event by event' ? project : async (): Promise<void> => undefined;
      const shown = { disclosureRequest: uuid(1), operator: 'op-1', format: 'pdf' } as const;
      receive(1);
      await project();
      const row = {
        disclosureRequest: uuid(1),
        state: 'open',
        receivedOn: '2026-04-01',
        dueOn: '2026-04-30',
        extended: false,
        looks: 0,
        answer: null,
        answeredOn: null,
      };
      expect((await page()).rows).toEqual([row]);
      history.add(DisclosureRequestViewed, { disclosureRequest: uuid(1), operator: 'op-1' });
      await next();
      history.add(ResidentProvisionsShown, { ...shown, listing: uuid(11) });
      await next();
      // As one of version 1 is read: under no request of the register.
      history.add(ResidentProvisionsShown, { ...shown, disclosureRequest: null, listing: uuid(13) });
      await next();
      extend(1, '2026-05-10');
      await next();
      history.add(ResidentProvisionsShown, { ...shown, listing: uuid(12) });
      await project();
      const later = { ...row, dueOn: '2026-05-10', extended: true, looks: 2 };
      expect((await page()).rows).toEqual([later]);
      answer(1);
      await project();
      const answered = { state: 'answered', answer: 'disclosed', answeredOn: '2026-04-02' };
      expect(await page()).toMatchObject({ rows: [{ ...later, ...answered }], next: null });
    });

    it('has open ones first, by their last day, is read page by page, and is of one agreement', async () => {
      receive(1, '2026-04-03');
      receive(2, '2026-04-01');
      receive(3, '2026-04-02');
      receive(4, '2026-04-02');
      receive(5, '2026-04-05');
      receive(6, '2026-03-01');
      receive(9, '2026-01-01', { agreement: 'another' });
      for (const n of [5, 6]) answer(n);
      extend(2, '2026-05-02');
      await project();
      const expected = [3, 4, 1, 2, 6, 5].map(uuid);
      for (let limit = 1; limit <= 7; limit += 1) expect(await walk(limit)).toEqual(expected);
      const { rows } = await page(50, undefined, 'another');
      expect(rows.map(({ disclosureRequest }) => disclosureRequest)).toEqual([uuid(9)]);
    });

    it('leaves nobody out who is extended or answered between two pages', async () => {
      for (const n of [1, 2, 3]) receive(n, `2026-04-0${n}`);
      await project();
      const { next } = await page(1);
      extend(1, '2026-05-30');
      answer(2);
      await project();
      const { rows } = await page(10, next as string);
      expect(rows.map(({ disclosureRequest }) => disclosureRequest)).toEqual([3, 1, 2].map(uuid));
    });

    it('refuses a cursor of another agreement, another list or another day, and a page of no size', async () => {
      for (const n of [1, 2, 3]) {
        receive(n);
        receive(10 + n, '2026-04-01', { agreement: 'another' });
      }
      await project();
      const other = (await page(1, undefined, 'another')).next as string;
      const own = (await page(1)).next as string;
      const cursors = [other, own.replace('2026-04-30', '2026-04-29'), own.slice('2026-04-30.'.length)];
      for (const cursor of [...cursors, '', 'x', '2026-04-30.', `2026-04-30.\n`])
        await expect(page(1, cursor)).rejects.toThrow(BadCursor);
      expect((await page(10, own)).rows).toHaveLength(2);
      for (const limit of [0, 501, 1.5]) {
        await expect(page(limit)).rejects.toThrow(RangeError);
        await expect(due('2026-04-30', limit)).rejects.toThrow(RangeError);
      }
    });

    it('knows the open ones that are due before a day, so many at most', async () => {
      receive(1, '2026-04-03');
      receive(2, '2026-04-01');
      receive(3, '2026-04-01');
      receive(4, '2026-03-01');
      receive(9, '2026-01-01', { agreement: 'another' });
      answer(4);
      extend(3, '2026-05-01');
      await project();
      expect(await due('2026-04-30')).toEqual([]);
      expect(await due('2026-05-01')).toEqual([uuid(2)]);
      expect(await due('2026-05-03')).toEqual([2, 3, 1].map(uuid));
      expect(await due('2026-05-03', 2)).toEqual([2, 3].map(uuid));
    });
  });
}
