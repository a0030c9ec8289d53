import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AlertAcknowledged,
  AlertDeliveryFailed,
  AlertRaised,
  AlertSent,
  FaultCleared,
  FaultOpened,
  FaultRepeated,
  IncidentClosed,
  IncidentDeclared,
  alertOf,
} from '#domain';
import { History, uuid } from './history.contract.js';
import { BadCursor, type IncidentPage, type IncidentRow } from './port.js';
import type { OpenedReadModels } from './trail.contract.js';

/** What the list of incidents of every engine must do. */
export function incidentsContract(open: () => Promise<OpenedReadModels>): void {
  describe('the list of incidents', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open();
      history = new History();
    });
    afterEach(() => opened.dispose());

    const project = (): Promise<void> => opened.projections.apply(history.events);
    const page = (limit = 50, cursor?: string): Promise<IncidentPage> =>
      opened.queries.incidents('agreement', cursor === undefined ? { limit } : { limit, cursor });
    const listed = async (): Promise<readonly IncidentRow[]> => (await page()).rows;
    const declared = (incident: string, agreement = 'agreement') =>
      history.add(
        IncidentDeclared,
        { incident, kind: 'leak-feared', cause: null, fault: null },
        { agreement },
      );
    const closed = (incident: string, at = '2026-04-02T00:00:00.000Z') =>
      history.add(IncidentClosed, { incident }, { at });
    const raised = (incident: string, contact: string) =>
      history.add(AlertRaised, {
        alert: alertOf(incident, contact),
        incident,
        contact,
        party: 'recipient',
      });
    const sent = (incident: string, contact: string) =>
      history.add(AlertSent, { alert: alertOf(incident, contact), incident, contact });

    it('is empty while nothing happened', async () => {
      expect(await page()).toEqual({ rows: [], next: null, readUpTo: null });
      expect(await opened.queries.alertsUnreached('agreement')).toBe(0);
    });

    it('tells an incident from its declaration to its end', async () => {
      declared(uuid(1));
      await project();
      const row = {
        incident: uuid(1),
        state: 'open',
        kind: 'leak-feared',
        cause: null,
        declaredAt: '2026-04-01T00:00:00.000Z',
        closedAt: null,
        fault: null,
        contacts: 0,
        reached: 0,
        acknowledged: 0,
      };
      expect(await page()).toEqual({
        rows: [row],
        next: null,
        readUpTo: { position: '3', eventId: history.events[0]?.event.id },
      });
      closed(uuid(1));
      await project();
      expect(await listed()).toEqual([{ ...row, state: 'closed', closedAt: '2026-04-02T00:00:00.000Z' }]);
    });

    it('tells the fault behind an incident, which was there before it', async () => {
      const [incident, fault] = [uuid(1), 'agreement-provider-unreachable'];
      const cause = 'provider-unreachable' as const;
      history
        .add(FaultOpened, { fault, kind: cause, incident, times: 1, through: null })
        .add(IncidentDeclared, { incident, kind: 'failure', cause, fault });
      await project();
      expect(await listed()).toMatchObject([{ kind: 'failure', cause, fault: { standing: true, times: 1 } }]);
      history.add(FaultRepeated, { fault, incident, times: 2, through: null });
      await project();
      expect(await listed()).toMatchObject([{ fault: { standing: true, times: 2 } }]);
      history.add(FaultCleared, { fault, incident, times: 3 });
      await project();
      expect(await listed()).toMatchObject([{ state: 'open', fault: { standing: false, times: 3 } }]);
      history.add(FaultOpened, { fault, kind: cause, incident, times: 4, through: null });
      // The next incident of the same cause has a count of its own.
      history.add(FaultOpened, { fault, kind: cause, incident: uuid(2), times: 1, through: null });
      await project();
      expect(await listed()).toMatchObject([{ fault: { standing: true, times: 4 } }]);
    });

    it('counts each contact once, however often it was written to', async () => {
      const [incident, a, b, c] = [uuid(1), uuid(11), uuid(12), uuid(13)];
      declared(incident);
      for (const contact of [a, b, c]) raised(incident, contact);
      history.add(AlertDeliveryFailed, { alert: alertOf(incident, a), incident, contact: a });
      await project();
      expect(await listed()).toMatchObject([{ contacts: 3, reached: 0, acknowledged: 0 }]);
      sent(incident, a);
      sent(incident, a);
      await project();
      expect(await listed()).toMatchObject([{ contacts: 3, reached: 1, acknowledged: 0 }]);
      for (const contact of [a, b])
        history.add(AlertAcknowledged, { alert: alertOf(incident, contact), incident, contact, by: 'link' });
      await project();
      expect(await listed()).toMatchObject([{ contacts: 3, reached: 2, acknowledged: 2 }]);
    });

    it('has open incidents first, and of both the one declared last', async () => {
      for (const n of [1, 2, 3, 4, 5]) declared(uuid(n));
      closed(uuid(2));
      closed(uuid(4), '2026-04-03T00:00:00.000Z');
      await project();
      expect((await listed()).map(({ incident }) => incident)).toEqual([5, 3, 1, 4, 2].map(uuid));
    });

    it('is read page by page, whatever the size of the pages, and stays put while incidents come', async () => {
      for (const n of [1, 2, 3, 4, 5, 6, 7]) declared(uuid(n));
      for (const n of [2, 3, 6]) closed(uuid(n));
      await project();
      const expected = [7, 5, 4, 1, 6, 3, 2].map(uuid);
      for (let limit = 1; limit <= 8; limit += 1) {
        const read: string[] = [];
        let cursor: string | undefined;
        do {
          const { rows, next } = await page(limit, cursor);
          expect(rows.length).toBeLessThanOrEqual(limit);
          read.push(...rows.map(({ incident }) => incident));
          cursor = next ?? undefined;
          declared(uuid(100 * limit + read.length));
          closed(uuid(100 * limit + read.length));
          await project();
        } while (cursor !== undefined && read.length < 200);
        // What was declared meanwhile is newer than the page, or among the closed ones before the cursor.
        expect(read.filter((incident) => expected.includes(incident))).toEqual(expected);
      }
    });

    it('shows an incident twice rather than never when it is closed between two pages', async () => {
      for (const n of [1, 2, 3]) declared(uuid(n));
      await project();
      const { next } = await page(2);
      for (const n of [3, 1]) closed(uuid(n));
      await project();
      const { rows } = await page(5, next as string);
      expect(rows.map(({ incident }) => incident)).toEqual([uuid(3), uuid(1)]);
    });

    it('is of one agreement', async () => {
      declared(uuid(1));
      declared(uuid(2), 'another');
      raised(uuid(2), uuid(11));
      await project();
      expect((await listed()).map(({ incident }) => incident)).toEqual([uuid(1)]);
      expect(await opened.queries.alertsUnreached('agreement')).toBe(0);
      expect(await opened.queries.alertsUnreached('another')).toBe(1);
    });

    it('knows how many alerts of open ones have reached nobody', async () => {
      for (const incident of [uuid(1), uuid(2), uuid(3)]) {
        declared(incident);
        raised(incident, uuid(11));
        raised(incident, uuid(12));
      }
      sent(uuid(1), uuid(11));
      await project();
      expect(await opened.queries.alertsUnreached('agreement')).toBe(5);
      closed(uuid(2));
      await project();
      expect(await opened.queries.alertsUnreached('agreement')).toBe(3);
    });

    it('refuses a cursor of another agreement or another list, and a page of no size', async () => {
      for (const n of [1, 2, 3]) {
        declared(uuid(n));
        declared(uuid(10 + n), 'another');
      }
      await project();
      const { next } = await opened.queries.incidents('another', { limit: 1 });
      const trail = await opened.queries.searchTrail({}, { limit: 1 });
      for (const cursor of [next, trail.next, '', 'x'])
        await expect(page(1, cursor as string)).rejects.toThrow(BadCursor);
      for (const limit of [0, 501, 1.5]) await expect(page(limit)).rejects.toThrow(RangeError);
    });
  });
}
