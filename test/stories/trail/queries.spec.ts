import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { parseEntry } from '#domain';
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
  registerTerminal,
} from '../../harness/people.js';

const ACCEPTANCE = 'rtva-67:acceptance';

interface Row {
  readonly id: string;
  readonly type: string;
  readonly inquiry: string | null;
  readonly session: string | null;
  readonly refusals: readonly string[];
}

describe('a security officer who types a query', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let colleague: Person;
  let granted: string;
  const inquiries = { found: uuidv7(), nobody: uuidv7(), elsewhere: uuidv7(), refused: uuidv7() };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    await openForBusiness(kiroku, people, ACCEPTANCE);
    await registerTerminal(kiroku, people, 'terminal-2');
    colleague = await hire(kiroku, people, ['operator'], 'terminal-2');
    granted = await grant(kiroku, people, colleague, { purposes: [ACCEPTANCE], terminal: 'terminal-2' });
    const found = { residentCode: wellKnown.found };
    await ask(people.operator, found, { id: inquiries.found }).expect(200);
    const nobody = { residentCode: wellKnown.nobody };
    await ask(people.operator, nobody, { id: inquiries.nobody, caseReference: 'SK-2032-000002' }).expect(200);
    await ask(
      colleague,
      { residentCode: wellKnown.rareCharacters },
      { id: inquiries.elsewhere, purpose: ACCEPTANCE, caseReference: 'KN-2032-000003' },
    ).expect(200);
    await ask(colleague, found, { id: inquiries.refused, caseReference: 'SK-2032-000004' }).expect(403);
    await kiroku.settle();
  });
  afterAll(() => kiroku.stop());

  const search = (query: string, more: object = {}) =>
    people.security.post('/v1/audit/searches', { reason: '日次点検', limit: 500, query, ...more });
  const count = (query: string, more: object = {}) =>
    people.security.post('/v1/audit/searches/count', { reason: '日次点検', query, ...more });
  const rows = async (query: string, more: object = {}): Promise<readonly Row[]> =>
    (await search(query, more).expect(200)).body.rows;
  const asked = (found: readonly Row[]): readonly string[] => {
    const ids = new Set(found.map(({ inquiry }) => inquiry));
    return Object.entries(inquiries).flatMap(([name, id]) => (ids.has(id) ? [name] : []));
  };

  it.each<[string, () => string, object, readonly string[]]>([
    ['AND', () => `operator:${colleague.operator} outcome:found`, {}, ['elsewhere']],
    ['OR', () => 'outcome:not-found OR outcome:refused', {}, ['nobody', 'refused']],
    [
      'NOT, which also finds what has no such field',
      () => '-outcome:found -type:InquiryReceived (case:SK-2032* OR terminal:none)',
      {},
      ['nobody', 'refused'],
    ],
    [
      'parentheses',
      () => 'terminal:terminal-2 (outcome:found or outcome:refused)',
      {},
      ['elsewhere', 'refused'],
    ],
    ['Japanese names and full-width signs', () => '結果：refused　端末：terminal-2', {}, ['refused']],
    ['the beginning of a case', () => 'case:SK*', {}, ['found', 'nobody', 'refused']],
    ['the beginning of its number', () => 'case:SK-2032-00000*', {}, ['found', 'nobody', 'refused']],
    ['a case', () => 'case:KN-2032-000003', {}, ['elsewhere']],
    ['an affair with all of its steps', () => 'purpose:rtva-67', {}, ['elsewhere']],
    ['a grant, follow-up events included', () => `grant:${granted} type:RecordProvided`, {}, ['elsewhere']],
    ['an organisation', () => 'organisation:inspection-1 outcome:not-found', {}, ['nobody']],
    ['another organisation', () => 'organisation:inspection-2 outcome:not-found', {}, []],
    ['a reason of a refusal', () => 'refusal:grant-purpose-not-covered', {}, ['refused']],
    ['no case', () => 'has:no-case', {}, []],
    ['a field of the request beside it', () => 'outcome:found', { terminal: 'terminal-2' }, ['elsewhere']],
    ['the resident beside it', () => '-terminal:terminal-1', { residentCode: wellKnown.found }, ['refused']],
    ['a day', () => 'at:2032-04-05 outcome:found', {}, ['found', 'elsewhere']],
    ['another day', () => 'at:2032-04-04 outcome:found', {}, []],
  ])('finds by %s', async (_name, query, more, expected) => {
    expect(asked(await rows(query(), more))).toEqual(expected);
  });

  it('finds what was done in a session', async () => {
    const [row] = await rows('outcome:refused');
    expect(row?.refusals).toEqual(['grant-purpose-not-covered']);
    const inSession = await rows(`session:${row?.session}`);
    expect(asked(inSession)).toEqual(['elsewhere', 'refused']);
    expect(new Set(inSession.map(({ session }) => session))).toEqual(new Set([row?.session]));
  });

  it('turns pages of a query, and of no other', async () => {
    const query = 'terminal:terminal-1 OR terminal:terminal-2';
    const whole = (await rows(query)).map(({ id }) => id);
    const first = (await search(query, { limit: 3 }).expect(200)).body;
    const second = (await search(query, { limit: 3, cursor: first.next }).expect(200)).body;
    expect([...first.rows, ...second.rows].map(({ id }: Row) => id)).toEqual(whole.slice(0, 6));
    const spelled = 'TERMINAL:terminal-1 or (端末:terminal-2)';
    await search(spelled, { limit: 3, cursor: first.next }).expect(200);
    const other = await search('terminal:terminal-1', { limit: 3, cursor: first.next }).expect(400);
    expect(codesOf(other)).toEqual(['cursor-unknown']);
  });

  it.each<[string, string, { code: string; at: number; length: number }]>([
    ['a word without a field', 'outcome:found 山田花子', { code: 'query-field-missing', at: 14, length: 4 }],
    ['an unknown field', '氏名:山田花子', { code: 'query-field-unknown', at: 0, length: 2 }],
    ['an open quote', 'case:"山田花子', { code: 'query-quote-open', at: 5, length: 1 }],
    ['a resident code', `case:${wellKnown.found}`, { code: 'identifier-in-query', at: 5, length: 11 }],
    ['words without a period', 'text:山田花子', { code: 'query-text-unbounded', at: 0, length: 4 }],
    ['nothing', '', { code: 'query-empty', at: 0, length: 0 }],
  ])('is told where a query is wrong, and never in its words: %s', async (_what, query, fault) => {
    for (const response of [await search(query).expect(422), await count(query).expect(422)]) {
      expect(response.body.errors).toMatchObject([{ field: 'query', ...fault }]);
      expect(response.text).not.toMatch(/山田|花子/);
      expect(response.text).not.toContain(wellKnown.found);
    }
  });

  it('is told of a wrong query and a missing reason at once', async () => {
    const response = await search('outcome:found)', { reason: ' ' }).expect(422);
    expect(codesOf(response)).toEqual(['search-reason-missing', 'query-parentheses-unbalanced']);
  });

  it.each([
    ['a type that no event has', { type: 'Nope' }, 'query-value-unlisted'],
    ['an outcome that there is not', { outcome: 'lost' }, 'query-value-unlisted'],
    ['a purpose that there is not', { purpose: 'rtva-59-9' }, 'query-value-unlisted'],
    ['a resident code for an operator', { operator: wellKnown.found }, 'identifier-in-query'],
    ['a resident code for a case', { caseReference: wellKnown.found }, 'identifier-in-query'],
    ['nothing for a terminal', { terminal: '' }, 'query-value-missing'],
  ])(
    'is told of a filter beside the query that finds nothing, and nobody is searched for: %s',
    async (_what, filter, code) => {
      for (const ask of [search, count]) {
        const response = await ask('refusal:grant-expird', filter).expect(422);
        expect(response.body.errors).toMatchObject([
          { code, field: Object.keys(filter)[0] },
          { code: 'query-value-unlisted', field: 'query', at: 8, length: 12 },
        ]);
        expect(response.text).not.toContain(wellKnown.found);
      }
    },
  );

  it('leaves the query on record, sealed, in canonical form', async () => {
    await search('結果:found　(案件:「SK 2032」 OR NOT 端末:t-1)', { limit: 7 }).expect(200);
    await count('結果:found', { interval: 'day' }).expect(200);
    await kiroku.settle();
    // Else this search might find itself.
    const until = kiroku.clock.now();
    const own = `type:TrailSearched operator:${people.security.operator}`;
    const [counted, searched] = await rows(own, { until });
    const filtersOf = async (row: Row | undefined): Promise<unknown> => {
      const stored = await kiroku.api.rooms.store.readEvent(row?.id ?? '');
      expect(stored?.entry).not.toContain('found');
      return kiroku.api.rooms.vault.open(parseEntry(stored?.entry ?? ''), 'filters');
    };
    expect(await filtersOf(searched)).toMatchObject({
      value: { query: 'outcome:found (case:"SK 2032" OR -terminal:t-1)', limit: 7 },
    });
    expect(await filtersOf(counted)).toMatchObject({
      value: { query: 'outcome:found', counted: false, interval: 'day' },
    });
  });

  describe('looks for words in reasons', () => {
    const month = { from: '2032-04-01T00:00:00Z', until: '2032-05-01T00:00:00Z' };
    beforeAll(async () => {
      await search('outcome:found', { reason: '窓口のｸﾙﾏの名義について、苦情があった' }).expect(200);
      await search('outcome:found', { reason: '別件' }).expect(200);
      await kiroku.settle();
    });

    it('as parts, folded, and opens nothing else to say so', async () => {
      const mine = `operator:${people.security.operator} type:TrailSearched`;
      for (const words of ['クルマの名義', 'くるま の 名義', '苦情'])
        expect(await rows(`text:「${words}」 ${mine}`, month)).toHaveLength(1);
      expect(await rows(`text:名義苦情 ${mine}`, month)).toEqual([]);
      const [found] = await rows('text:クルマの名義 at:2032-04', { limit: 1 });
      expect(found?.type).toBe('TrailSearched');
      expect(JSON.stringify(found)).not.toMatch(/名義|苦情/);
    });

    it('in requests for grants, negated too, page by page', async () => {
      const granting = await rows('text:窓口業務 type:GrantRequested at:2032-04');
      expect(granting).toHaveLength(2);
      expect(await rows('-text:窓口業務 type:GrantRequested at:2032-04')).toEqual([]);
      const first = (await search('text:窓口業務 type:GrantRequested at:2032-04', { limit: 1 }).expect(200))
        .body;
      const last = (
        await search('text:窓口業務 type:GrantRequested at:2032-04', { limit: 1, cursor: first.next }).expect(
          200,
        )
      ).body;
      expect([first.rows[0].id, last.rows[0].id, last.next]).toEqual([
        granting[0]?.id,
        granting[1]?.id,
        null,
      ]);
    });

    it('and counts them', async () => {
      const query = 'text:窓口業務 type:GrantRequested at:2032-04';
      expect((await count(query).expect(200)).body).toMatchObject({ count: 2, more: false, histogram: null });
      const { body } = await count(query, { interval: 'month' }).expect(200);
      expect(body).toMatchObject({ count: 2, histogram: [{ moment: '2032-04', count: 2 }] });
    });
  });

  it('counts what a search would find, exactly or not, by hours, days and months of Tokyo', async () => {
    const query = 'terminal:terminal-1 OR terminal:terminal-2';
    const whole = await rows(query);
    for (const exact of [false, true]) {
      const { body } = await count(query, { exact }).expect(200);
      expect(body).toMatchObject({ count: whole.length, more: false, histogram: null });
      expect(body.readUpTo).toMatchObject({ position: expect.any(String) });
    }
    for (const [interval, form] of [
      ['hour', /^2032-04-\d\dT\d\d$/],
      ['day', /^2032-04-\d\d$/],
      ['month', /^2032-04$/],
    ] as const) {
      const { body } = await count(query, { interval }).expect(200);
      expect(body.count).toBe(whole.length);
      const bars: { moment: string; count: number }[] = body.histogram;
      expect(bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(whole.length);
      for (const { moment, count: inBar } of bars) {
        expect(moment).toMatch(form);
        expect(await rows(`(${query}) at:${moment}`)).toHaveLength(inBar);
      }
    }
    expect((await count('operator:nobody', { interval: 'hour' }).expect(200)).body).toMatchObject({
      count: 0,
      histogram: [],
    });
  });

  it('is alone with it: nobody else may count', async () => {
    for (const person of [people.operator, people.manager]) {
      const denied = await person.post('/v1/audit/searches/count', { reason: 'r', query: 'outcome:found' });
      expect([denied.status, codesOf(denied)]).toEqual([403, ['role-missing']]);
    }
  });
});
