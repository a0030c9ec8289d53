import { describe, expect, it } from '@jest/globals';
import { ALARM_POLICIES, type IncidentReport, NotFound } from '#application';
import type { Marks } from '#operations';
import type { IncidentPage, IncidentRow } from '#read-models';
import { IncidentList } from './incident-list.js';

const row = (incident: string, state: 'open' | 'closed'): IncidentRow => ({
  incident,
  state,
  kind: 'failure',
  cause: null,
  declaredAt: '2032-04-05T01:00:00.000Z',
  closedAt: null,
  fault: null,
  contacts: 0,
  reached: 0,
  acknowledged: 0,
});

const alerts = [
  { sentAt: null, acknowledgedAt: null },
  { sentAt: '2032-04-05T01:00:01.000Z', acknowledgedAt: null },
  { sentAt: null, acknowledgedAt: '2032-04-05T01:00:02.000Z' },
];
const report = (incident: string, state: 'open' | 'closed' = 'open') =>
  ({ ...row(incident, state), notes: [], alerts }) as unknown as IncidentReport;

/** A list over one page of the read models, what the alarm knows to be open, and what the streams say. */
function listOf(
  page: Partial<IncidentPage>,
  open: readonly string[],
  streams: Readonly<Record<string, IncidentReport | Error>>,
): { readonly list: IncidentList; readonly asked: string[] } {
  const asked: string[] = [];
  const found = { rows: [], next: null, readUpTo: null, ...page };
  const incidents = {
    show: (incident: string) => {
      asked.push(incident);
      const said = streams[incident] ?? new NotFound('incident');
      return said instanceof Error ? Promise.reject(said) : Promise.resolve(said);
    },
  };
  const read = ((name: string) => (name === ALARM_POLICIES ? { open } : null)) as Marks['read'];
  return { list: new IncidentList({ incidents: () => Promise.resolve(found) }, incidents, { read }), asked };
}

const idsOf = ({ rows }: IncidentPage): string[] => rows.map(({ incident }) => incident);

describe('the list of incidents', () => {
  it('is what the read models have, where they have everything', async () => {
    const { list, asked } = listOf({ rows: [row('b', 'open'), row('a', 'closed')] }, ['b'], {});
    expect(idsOf(await list.page('agreement', 50, null))).toEqual(['b', 'a']);
    expect(asked).toEqual([]);
  });

  it('begins with what is open and they have not seen, the last declared first, with its alerts counted', async () => {
    const streams = { c: report('c'), d: report('d') };
    const { list } = listOf({ rows: [row('b', 'open')] }, ['b', 'c', 'd'], streams);
    const page = await list.page('agreement', 50, null);
    expect(idsOf(page)).toEqual(['d', 'c', 'b']);
    expect(page.rows[0]).toEqual({ ...row('d', 'open'), contacts: 3, reached: 2, acknowledged: 1 });
  });

  it('leaves out what is closed by now, what is of another agreement, and what cannot be read', async () => {
    const forged = Object.assign(new Error('forged'), { code: 'forged-event' });
    const streams = { a: report('a', 'closed'), c: forged, d: report('d') };
    const { list, asked } = listOf({}, ['a', 'b', 'c', 'd'], streams);
    expect(idsOf(await list.page('agreement', 50, null))).toEqual(['d']);
    expect(asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('adds nothing to a later page, or where more open ones follow', async () => {
    const streams = { c: report('c') };
    const open = { rows: [row('b', 'open')], next: 'cursor' };
    for (const [page, cursor] of [
      [open, null],
      [{ rows: [row('a', 'closed')] }, 'cursor'],
    ] as const) {
      const { list, asked } = listOf(page, ['c'], streams);
      expect(idsOf(await list.page('agreement', 1, cursor))).toEqual(
        page.rows.map(({ incident }) => incident),
      );
      expect(asked).toEqual([]);
    }
  });
});
