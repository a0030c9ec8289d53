import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AnswerRedelivered,
  DisclosureDenied,
  DisclosureOpened,
  FailuresCounted,
  InquiryOutcomeUnknown,
  InquiryRefused,
  SignedIn,
  fiscalYear,
  purposes,
  tokyoDay,
} from '#domain';
import { History, randomHistory, seeded, uuid } from './history.contract.js';
import { BadCursor, type Projections, type Queries, type TrailFilter, type TrailRow } from './port.js';

/** A fresh pair over one empty database, and what removes it. */
export interface OpenedReadModels {
  readonly projections: Projections;
  readonly queries: Queries;
  dispose(): Promise<void>;
}

/** What every engine's trail must do. */
export function trailContract(open: () => Promise<OpenedReadModels>): void {
  describe('the trail', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open();
      history = new History();
    });
    afterEach(() => opened.dispose());

    const search = async (filter: TrailFilter = {}, limit = 500): Promise<readonly TrailRow[]> =>
      (await opened.queries.searchTrail(filter, { limit })).rows;
    const project = (): Promise<void> => opened.projections.apply(history.events);

    it('has one row for every event, the newest first', async () => {
      history
        .received(uuid(1))
        .found(uuid(1))
        .add(SignedIn, { session: 's', operator: 'op-1', terminal: null });
      await project();
      expect((await search()).map(({ type, position }) => [position, type])).toEqual([
        ['12', 'SignedIn'],
        ['9', 'RecordProvided'],
        ['6', 'InformationProvided'],
        ['3', 'InquiryReceived'],
      ]);
    });

    it('shows who, when, where and why', async () => {
      await opened.projections.apply(history.received(uuid(1)).events);
      expect(await search()).toEqual([
        {
          position: '3',
          id: history.events[0]?.event.id,
          type: 'InquiryReceived',
          stream: `inquiry-${uuid(1)}`,
          at: '2026-04-01T00:00:00.000Z',
          agreement: 'agreement',
          operator: 'op-1',
          unit: null,
          terminal: 'term-1',
          session: 'session-1',
          grant: 'grant-1',
          purpose: 'rtva-59-1:examination',
          outcome: null,
          refusals: [],
          caseReference: 'R8-1',
          caseMatches: null,
          inquiry: uuid(1),
        },
      ]);
    });

    it('gives a follow-up event the purpose, case and outcome of its inquiry', async () => {
      history.received(uuid(1)).found(uuid(1));
      history.add(DisclosureOpened, { disclosure: uuid(2), inquiry: uuid(1), operator: 'op-2', records: 1 });
      await project();
      const known = {
        purpose: 'rtva-59-1:examination',
        caseReference: 'R8-1',
        outcome: 'found',
        inquiry: uuid(1),
      };
      expect((await search()).slice(0, 3)).toEqual(
        Array.from({ length: 3 }, () => expect.objectContaining(known)),
      );
    });

    it('gives it to one that comes in a later batch too', async () => {
      await opened.projections.apply(history.received(uuid(1)).found(uuid(1)).events);
      history.add(AnswerRedelivered, { inquiry: uuid(1), operator: 'op-1', terminal: 'term-1' });
      await opened.projections.apply(history.since(3));
      expect((await search())[0]).toMatchObject({
        type: 'AnswerRedelivered',
        outcome: 'found',
        caseReference: 'R8-1',
      });
    });

    it('shows refusals and unknown outcomes as such', async () => {
      history
        .add(InquiryRefused, {
          inquiry: uuid(1),
          purpose: null,
          caseReference: null,
          reasons: ['grant-missing'],
        })
        .received(uuid(2))
        .add(InquiryOutcomeUnknown, { inquiry: uuid(2), cause: 'abandoned' });
      await project();
      expect(await search({ outcome: 'refused' })).toMatchObject([{ type: 'InquiryRefused', purpose: null }]);
      expect(await search({ outcome: 'unknown' })).toMatchObject([{ type: 'InquiryOutcomeUnknown' }]);
    });

    it('shows whom the event names when the system was the actor, and nobody when it names nobody', async () => {
      const system = { actor: { system: 'api' } } as const;
      history
        .add(SignedIn, { session: 's-7', operator: 'op-7', terminal: 'term-7' }, system)
        .add(FailuresCounted, { bucket: 'b', kind: 'pin', minute: 'm', count: 3 }, system);
      await project();
      const [failures, signIn] = await search();
      expect(signIn).toMatchObject({ operator: 'op-7', terminal: 'term-7', session: 's-7' });
      expect(failures).toMatchObject({ operator: null, terminal: null, session: null });
    });

    it('knows nothing of an inquiry that it never saw', async () => {
      history.add(DisclosureDenied, {
        disclosure: uuid(2),
        inquiry: uuid(1),
        operator: 'op-1',
        reasons: ['unknown'],
      });
      await project();
      expect(await search()).toMatchObject([{ inquiry: uuid(1), purpose: null, outcome: null }]);
      expect(await opened.queries.openInquiries(10)).toEqual([]);
    });

    it('keeps positions of 63 bits apart', async () => {
      const [event] = history.received(uuid(1)).events;
      if (!event) throw new Error('no event');
      const far = ['9007199254740992', '9007199254740993', '9223372036854775807'];
      await opened.projections.apply(far.map((position) => ({ ...event, position })));
      expect((await search()).map(({ position }) => position)).toEqual(far.toReversed());
    });

    it('refuses a page of no rows, of half a row, or of more than 500', async () => {
      for (const limit of [0, -1, 1.5, 501, Number.NaN])
        await expect(search({}, limit)).rejects.toThrow(RangeError);
    });

    it('refuses a period that is none', async () => {
      await expect(search({ from: 'yesterday' })).rejects.toThrow(RangeError);
    });

    it('reads instants in any spelling of UTC', async () => {
      await opened.projections.apply(
        history.received(uuid(1), {}, { at: '2026-04-01T00:00:00.500Z' }).events,
      );
      expect(await search({ from: '2026-04-01T00:00:00Z', until: '2026-04-01T00:00:01Z' })).toHaveLength(1);
      expect(await search({ from: '2026-04-01T00:00:00.501Z' })).toHaveLength(0);
    });

    it('finds cases by their beginning, however many kinds of them there are', async () => {
      const references = Array.from({ length: 60 }, (_, n) => `K${n}-${n % 7}`).concat('K', 'K1', 'L');
      references.forEach((caseReference, n) => history.received(uuid(n + 1), { caseReference }));
      await project();
      for (const value of ['K', 'K1', 'K1-', 'K10-3', 'KK', 'L', 'K59-3']) {
        const found = await search({ query: { kind: 'begins', field: 'case', value } });
        const expected = references.filter((reference) => reference.startsWith(value)).toReversed();
        expect([value, found.map(({ caseReference }) => caseReference)]).toEqual([value, expected]);
      }
    });

    describe('by subject', () => {
      it('finds what carries any of the tokens, each in its own fiscal year', async () => {
        history
          .received(uuid(1), {}, { at: '2026-03-31T14:59:59.999Z' }, ['token-2025'])
          .received(uuid(2), {}, { at: '2026-03-31T15:00:00.000Z' }, ['token-2026'])
          .received(uuid(3), {}, {}, ['another']);
        await project();
        const subjectTokens = [
          { fiscalYear: 2025, token: 'token-2025' },
          { fiscalYear: 2026, token: 'token-2026' },
          { fiscalYear: 2024, token: 'token-2024' },
        ];
        expect((await search({ subjectTokens })).map(({ inquiry }) => inquiry)).toEqual([uuid(2), uuid(1)]);
        const wrongYear = [{ fiscalYear: 2026, token: 'token-2025' }];
        expect(await search({ subjectTokens: wrongYear })).toEqual([]);
      });

      it('finds an event once that carries a token twice', async () => {
        await opened.projections.apply(history.received(uuid(1), {}, {}, ['a', 'b', 'a']).events);
        const subjectTokens = ['a', 'b'].map((token) => ({ fiscalYear: 2026, token }));
        expect(await search({ subjectTokens })).toHaveLength(1);
      });

      it('finds nothing, never everything, for a subject without tokens', async () => {
        await opened.projections.apply(history.received(uuid(1)).events);
        expect(await search({ subjectTokens: [] })).toEqual([]);
      });

      it('finds nothing of a year that was dropped, and the rows of the trail remain', async () => {
        await opened.projections.apply(history.received(uuid(1), {}, {}, ['a']).events);
        await opened.projections.dropSubjectYear(2026);
        expect(await search({ subjectTokens: [{ fiscalYear: 2026, token: 'a' }] })).toEqual([]);
        expect(await search()).toHaveLength(1);
        await opened.projections.dropSubjectYear(2026);
        await opened.projections.dropSubjectYear(1999);
      });
    });

    describe('page by page', () => {
      it('is complete, and stays what it was while new events arrive', async () => {
        history = randomHistory(7, 200);
        const half = history.events.length >> 1;
        await opened.projections.apply(history.events.slice(0, half));
        const filter = { operator: 'op-1' };
        const whole = await search(filter);
        const seen: TrailRow[] = [];
        let cursor: string | undefined;
        let arrived = half;
        for (;;) {
          const page = await opened.queries.searchTrail(filter, { limit: 7, ...(cursor ? { cursor } : {}) });
          seen.push(...page.rows);
          if (page.next === null) break;
          cursor = page.next;
          await opened.projections.apply(history.events.slice(arrived, (arrived += 3)));
        }
        expect(arrived).toBeGreaterThan(half);
        expect(seen).toEqual(whole);
      });

      it('gives no cursor after the last row, a full last page included', async () => {
        history.received(uuid(1)).received(uuid(2));
        await project();
        expect((await opened.queries.searchTrail({}, { limit: 2 })).next).toBeNull();
        expect((await opened.queries.searchTrail({}, { limit: 1 })).next).not.toBeNull();
      });

      it('takes a cursor for its own filter only', async () => {
        history.received(uuid(1)).received(uuid(2));
        await project();
        const { next } = await opened.queries.searchTrail({ operator: 'op-1' }, { limit: 1 });
        const cursor = next ?? '';
        await expect(opened.queries.searchTrail({}, { limit: 1, cursor })).rejects.toThrow(BadCursor);
        await expect(
          opened.queries.searchTrail({ operator: 'op-1' }, { limit: 1, cursor: 'x' }),
        ).rejects.toThrow(BadCursor);
      });

      it('says how far it had read', async () => {
        await opened.projections.apply(history.received(uuid(1)).events);
        const { readUpTo } = await opened.queries.searchTrail({ operator: 'nobody' }, { limit: 1 });
        expect(readUpTo).toEqual({ position: '3', eventId: history.events[0]?.event.id });
      });
    });

    it('answers 1,200 searches of a made-up office as reading every row would', async () => {
      history = randomHistory(2026, 400);
      await project();
      const all = await everyRow(opened.queries);
      expect(all).toHaveLength(history.events.length);
      const tokensAt = new Map(history.events.map(({ position, tokens }) => [position, tokens]));
      const next = randomSearches(history, 4711);
      let hits = 0;
      for (let n = 0; n < 1200; n++) {
        const filter = next();
        const expected = all.filter((row) => matches(row, filter, tokensAt));
        const rows = await search(filter, 25);
        expect({ filter, rows }).toEqual({ filter, rows: expected.slice(0, 25) });
        hits += rows.length;
      }
      expect(hits).toBeGreaterThan(1200);
    });
  });
}

async function everyRow(queries: Queries): Promise<readonly TrailRow[]> {
  const rows: TrailRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await queries.searchTrail({}, { limit: 500, ...(cursor ? { cursor } : {}) });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
}

/** What a search means, without any index. */
function matches(
  row: TrailRow,
  filter: TrailFilter,
  tokensAt: ReadonlyMap<string, readonly string[]>,
): boolean {
  const tokens = tokensAt.get(row.position) ?? [];
  const year = fiscalYear(tokyoDay(row.at));
  return (
    (filter.from === undefined || row.at >= filter.from) &&
    (filter.until === undefined || row.at < filter.until) &&
    (['operator', 'terminal', 'purpose', 'outcome', 'type', 'caseReference', 'inquiry'] as const).every(
      (field) => filter[field] === undefined || row[field] === filter[field],
    ) &&
    (filter.subjectTokens === undefined ||
      filter.subjectTokens.some((subject) => subject.fiscalYear === year && tokens.includes(subject.token)))
  );
}

/** Filters of one to four parts, with values that occur, and some that do not. */
function randomSearches(history: History, seed: number): () => TrailFilter {
  const pick = seeded(seed);
  const one = <T>(list: readonly T[]): T => list[pick(list.length)] as T;
  const someEvent = () => one(history.events).event;
  const parts: readonly (() => TrailFilter)[] = [
    () => ({ from: someEvent().at }),
    () => ({ until: someEvent().at }),
    () => ({ operator: `op-${pick(11)}` }),
    () => ({ terminal: `term-${pick(4)}` }),
    () => ({ purpose: one(purposes) }),
    () => ({
      outcome: one(['found', 'several', 'not-found', 'too-many', 'malformed', 'refused', 'unknown'] as const),
    }),
    () => ({ type: one([someEvent().type, 'InquiryRefused', 'GrantRefused']) }),
    () => ({ caseReference: `R8-${pick(42)}` }),
    () => ({ inquiry: uuid(1 + pick(410)) }),
    () => ({
      subjectTokens: Array.from({ length: 1 + pick(3) }, () => ({
        fiscalYear: 2024 + pick(3),
        token: `${one(['code', 'name'])}-${pick(31)}`,
      })),
    }),
  ];
  return () => Object.assign({}, ...Array.from({ length: 1 + pick(4) }, () => one(parts)())) as TrailFilter;
}
