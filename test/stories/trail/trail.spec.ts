import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import {
  ask,
  codesOf,
  type FirstPeople,
  grant,
  hire,
  openForBusiness,
  ordinaryDay,
  type Person,
  PURPOSE,
  registerTerminal,
} from '../../harness/people.js';

const ACCEPTANCE = 'rtva-67:acceptance';

interface Row {
  readonly position: string;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly inquiry: string | null;
  readonly outcome: string | null;
}

describe('a security officer who searches the trail', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let colleague: Person;
  const inquiries = { found: uuidv7(), nobody: uuidv7(), elsewhere: uuidv7(), refused: uuidv7() };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    await openForBusiness(kiroku, people, ACCEPTANCE);
    await registerTerminal(kiroku, people, 'terminal-2');
    colleague = await hire(kiroku, people, ['operator'], 'terminal-2');
    await grant(kiroku, people, colleague, { purposes: [ACCEPTANCE], terminal: 'terminal-2' });
    const found = { residentCode: wellKnown.found };
    await ask(people.operator, found, { id: inquiries.found }).expect(200);
    await ask(
      people.operator,
      { residentCode: wellKnown.nobody },
      { id: inquiries.nobody, caseReference: 'SK-2032-000002' },
    ).expect(200);
    await ask(
      colleague,
      { residentCode: wellKnown.rareCharacters },
      { id: inquiries.elsewhere, purpose: ACCEPTANCE, caseReference: 'KN-2032-000003' },
    ).expect(200);
    await ask(colleague, found, { id: inquiries.refused, caseReference: 'SK-2032-000004' }).expect(403);
    await kiroku.settle();
  });
  afterAll(() => kiroku.stop());

  const search = (filter: object, person: Person = people.security) =>
    person.post('/v1/audit/searches', { reason: '日次点検', limit: 500, ...filter });
  const rows = async (filter: object): Promise<readonly Row[]> =>
    (await search(filter).expect(200)).body.rows;
  const asked = (found: readonly Row[]): readonly string[] => {
    const ids = new Set(found.map(({ inquiry }) => inquiry));
    return Object.entries(inquiries).flatMap(([name, id]) => (ids.has(id) ? [name] : []));
  };

  it.each([
    ['operator', () => ({ operator: colleague.operator }), ['elsewhere', 'refused']],
    ['terminal', () => ({ terminal: 'terminal-1' }), ['found', 'nobody']],
    ['purpose', () => ({ purpose: ACCEPTANCE }), ['elsewhere']],
    ['outcome', () => ({ outcome: 'not-found' }), ['nobody']],
    ['refusal', () => ({ outcome: 'refused' }), ['refused']],
    ['event type', () => ({ type: 'RecordProvided' }), ['found', 'elsewhere']],
    ['case reference', () => ({ caseReference: 'SK-2032-000002' }), ['nobody']],
    ['resident', () => ({ residentCode: wellKnown.found }), ['found', 'refused']],
    ['operator and outcome', () => ({ operator: colleague.operator, outcome: 'found' }), ['elsewhere']],
    ['terminal and purpose', () => ({ terminal: 'terminal-2', purpose: PURPOSE }), ['refused']],
    [
      'resident and operator',
      () => ({ residentCode: wellKnown.found, operator: colleague.operator }),
      ['refused'],
    ],
    [
      'everything at once',
      () => ({
        operator: people.operator.operator,
        terminal: 'terminal-1',
        purpose: PURPOSE,
        outcome: 'found',
        type: 'InformationProvided',
        caseReference: 'SK-2032-000001',
        from: '2032-04-05T00:00:00Z',
        until: '2032-04-06T00:00:00Z',
      }),
      ['found'],
    ],
    ['what contradicts itself', () => ({ purpose: ACCEPTANCE, caseReference: 'SK-2032-000001' }), []],
  ])('finds exactly what fits by %s', async (_name, filter, expected) => {
    expect(asked(await rows(filter()))).toEqual(expected);
  });

  it('is shown the newest first, from an instant on and up to another, in whatever time zone it is written', async () => {
    const received = await rows({ type: 'InquiryReceived' });
    const [newest, middle, oldest] = received as [Row, Row, Row];
    expect(asked([newest])).toEqual(['elsewhere']);
    expect(asked([oldest])).toEqual(['found']);
    const range = async (filter: object) =>
      (await rows({ type: 'InquiryReceived', ...filter })).map(({ id }) => id);
    const inTokyo = new Date(Date.parse(middle.at) + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
    for (const at of [middle.at, inTokyo]) {
      expect(await range({ from: at })).toEqual([newest.id, middle.id]);
      expect(await range({ until: at })).toEqual([oldest.id]);
      expect(await range({ from: at, until: newest.at })).toEqual([middle.id]);
    }
  });

  it('turns pages without a gap or a repeat while new events arrive', async () => {
    const filter = { terminal: 'terminal-1' };
    const whole = (await rows(filter)).map(({ id }) => id);
    const pages: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { body } = await search({ ...filter, limit: 2, ...(cursor ? { cursor } : {}) }).expect(200);
      pages.push(body.rows.map(({ id }: Row) => id));
      cursor = body.next;
      await ask(people.operator, { residentCode: wellKnown.deleted }).expect(200);
      await kiroku.settle();
    }
    expect(pages.flat()).toEqual(whole);
    expect(pages.slice(0, -1).every(({ length }) => length === 2)).toBe(true);
    expect((await rows(filter)).length).toBeGreaterThan(whole.length);
  });

  it('cannot use a cursor that was altered, invented, or given out for another search', async () => {
    const filter = { terminal: 'terminal-1' };
    const { body } = await search({ ...filter, limit: 1 }).expect(200);
    const cursor: string = body.next;
    const altered = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    for (const bad of [altered, cursor.slice(1), 'x'.repeat(22), '%00']) {
      expect(codesOf(await search({ ...filter, cursor: bad }).expect(400))).toEqual(['cursor-unknown']);
    }
    const elsewhere = await search({ terminal: 'terminal-2', cursor }).expect(400);
    expect(codesOf(elsewhere)).toEqual(['cursor-unknown']);
    await search({ ...filter, cursor }).expect(200);
  });

  it.each([[0], [501], [-1], [1.5], ['10']])('cannot ask for %p rows at a time', async (limit) => {
    await search({ limit }).expect(400);
  });

  it('can ask for one row, and for 500', async () => {
    expect((await search({ limit: 1 }).expect(200)).body.rows).toHaveLength(1);
    await search({ limit: 500 }).expect(200);
  });

  it.each([
    ['no reason', { reason: '  ' }, 422, 'search-reason-missing'],
    ['a wrong check digit', { residentCode: '24727059609' }, 422, 'check-digit-wrong'],
    [
      'a period that ends before it begins',
      { from: '2032-04-06T00:00:00Z', until: '2032-04-05T00:00:00Z' },
      422,
      'search-range-malformed',
    ],
    ['an instant that is none', { from: 'yesterday' }, 400, 'request-malformed'],
    ['a day of no calendar', { from: '2032-02-30T00:00:00Z' }, 400, 'request-malformed'],
    ['an instant without a time zone', { from: '2032-04-05T10:00:00' }, 400, 'request-malformed'],
    ['a week instead of a day', { until: '2032-W14-1' }, 400, 'request-malformed'],
    ['a filter that does not exist', { resident: wellKnown.found }, 400, 'request-malformed'],
  ])('is told what is wrong with a search: %s', async (_what, filter, status, code) => {
    const response = await search(filter);
    expect([response.status, codesOf(response)[0]]).toEqual([status, code]);
    expect(response.text).not.toContain(wellKnown.found);
  });

  it('leaves a record of each search, whose filters and reason are sealed', async () => {
    await search({ residentCode: wellKnown.found, reason: '窓口からの申出' }).expect(200);
    await kiroku.settle();
    // Not by a search: it may find itself.
    const recorded = await kiroku.api.rooms.store.readAll(null, 1_000);
    const latest = recorded.findLast(({ type }) => type === 'TrailSearched');
    const { body } = await people.security.get(`/v1/events/${latest?.id}`).expect(200);
    expect(Object.keys(body.entry.data).toSorted()).toEqual(['operator', 'search']);
    expect(Object.keys(body.entry.sealed).toSorted()).toEqual(['filters', 'reason', 'subjects']);
    const text = JSON.stringify(body);
    expect(text).not.toContain('窓口からの申出');
    expect(text).not.toContain(wellKnown.found);
    // The search concerns the resident, too: it is found by who looks for them.
    expect((await rows({ residentCode: wellKnown.found })).map(({ id }) => id)).toContain(latest?.id);
  });

  it('sees one event as it is stored, with its receipt and number, and that is on record', async () => {
    const row = (await rows({ type: 'InquiryReceived', caseReference: 'SK-2032-000001' })).at(-1);
    const { body } = await people.security.get(`/v1/events/${row?.id}`).expect(200);
    const stored = await kiroku.api.rooms.store.readEvent(row?.id ?? '');
    expect(body.entry).toEqual(JSON.parse(stored?.entry ?? ''));
    expect(body.receipt).toEqual({
      id: row?.id,
      position: row?.position,
      stream: `inquiry-${inquiries.found}`,
      revision: 0,
      leafHash: stored?.leafHash,
      mac: stored?.mac,
    });
    expect(body.leafIndex).toBe(await kiroku.api.rooms.log.leafOf(row?.id ?? ''));
    expect(body.leafIndex).toEqual(expect.any(Number));
    await kiroku.settle();
    const [viewed] = await rows({ type: 'EventViewed', limit: 1 });
    const view = await people.security.get(`/v1/events/${viewed?.id}`).expect(200);
    expect(view.body.entry.data).toMatchObject({ operator: people.security.operator, event: row?.id });
  });

  it.each([
    ['an id that nobody used', uuidv7()],
    ['what is no id', 'latest'],
  ])('is told that there is no such event: %s', async (_what, id) => {
    const missing = await people.security.get(`/v1/events/${id}`).expect(404);
    expect(codesOf(missing)).toEqual(['event-not-found']);
  });

  it('may wait for what has just been recorded, and is told how far was read', async () => {
    const id = uuidv7();
    const answer = await ask(people.operator, { residentCode: wellKnown.nobody }, { id }).expect(200);
    const { position } = answer.body.receipts.at(-1);
    const { body } = await search({ outcome: 'not-found', waitFor: position }).expect(200);
    expect(BigInt(body.readUpTo.position) >= BigInt(position)).toBe(true);
    expect(body.rows.map(({ inquiry }: Row) => inquiry)).toContain(id);
    const beyond = await search({ limit: 1, waitFor: '9999999999' }).expect(200);
    expect(BigInt(beyond.body.readUpTo.position) < 9_999_999_999n).toBe(true);
    await search({ waitFor: '-1' }).expect(400);
  });

  it('is alone with it: nobody else may search or see an event', async () => {
    const [row] = await rows({ limit: 1 });
    const { operator, manager, retention, provider } = people;
    for (const person of [operator, manager, retention, provider]) {
      expect(codesOf(await search({}, person).expect(403))).toEqual(['role-missing']);
      expect(codesOf(await person.get(`/v1/events/${row?.id}`).expect(403))).toEqual(['role-missing']);
    }
    const stranger = people.security.at();
    stranger.token = null;
    expect(codesOf(await search({}, stranger).expect(401))).toEqual(['session-missing']);
  });
});
