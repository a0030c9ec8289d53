import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import {
  AccessDenied,
  addDays,
  affairOf,
  allOf,
  anyOf,
  CaseClosed,
  CaseOpeningCorrected,
  CaseRegistered,
  CaseReopened,
  DisclosureDenied,
  fiscalYear,
  GrantRefused,
  InformationProvided,
  InquiryReceived,
  InquiryRefused,
  matchesQuery,
  NothingProvided,
  OperatorRegistered,
  printQuery,
  RecordProvided,
  type Query,
  type SearchedRow,
  SignedIn,
  termsOfQuery,
  tokyoDay,
} from '#domain';
import {
  type Pick,
  randomQuery,
  randomRow,
  seededPick,
} from '../../../domain/src/trail/query.specification.js';
import { History, uuid } from '../history.contract.js';
import type { Queries, TrailFilter, TrailRow } from '../port.js';
import { queriesOver } from '../queries.js';
import type { Schema } from '../schema.js';
import { openProjections } from './open-projections.js';
import { type Folded, fold } from './search-fold.contract.js';

/**
 * The read model against a fold of the events that knows no index, table or SQL: the same rows in the same order on
 * the same pages, the same counts, for queries at random. What both draw from is drawn by `randomRow`.
 */
const EVENTS = 600;
/** Pages that are turned of each search. */
const PAGES = 2;
const QUERIES = 10_000;

/** Something about a case at random, on days around those of the inquiries. */
function addCase(history: History, drawn: SearchedRow, pick: Pick): void {
  const { agreement, at, operator, caseReference, purpose } = drawn;
  const affair = affairOf(purpose ?? 'rtva-97-3-1:examination');
  const which = { affair, caseReference: caseReference ?? 'KN-1' };
  const day = (): string => addDays('2026-04-28', pick(5));
  const own = operator !== null && pick(3) === 0;
  const header = { at, agreement, actor: own ? { operator } : { system: 'init' as const } };
  switch (pick(5)) {
    case 0:
      history.add(CaseClosed, { ...which, closedOn: day(), explainsThrough: day() }, header);
      break;
    case 1:
      history.add(CaseReopened, which, header);
      break;
    case 2:
      history.add(CaseOpeningCorrected, { ...which, openedOn: day() }, header);
      break;
    default: {
      const closed = pick(2) === 0 ? { closedOn: day(), explainsThrough: day() } : open;
      history.add(CaseRegistered, { ...which, openedOn: day(), ...closed }, header);
    }
  }
}
const open = { closedOn: null, explainsThrough: null } as const;

/** One event at random: who, what and when are those of a random row, as far as such an event carries them. */
function addRandom(history: History, pick: Pick): readonly string[] {
  const drawn = randomRow(pick);
  const { agreement, at, terminal, session } = drawn;
  const operator = drawn.operator ?? 'o-1';
  const actor =
    drawn.operator === null
      ? { system: 'api' as const }
      : { operator, ...(terminal ? { terminal } : {}), ...(session ? { session } : {}) };
  const header = { at, agreement, actor };
  const inquiry = drawn.inquiry ?? 'i-4';
  const purpose = drawn.purpose ?? 'rtva-97-3-1:examination';
  const reasons = drawn.refusals.length ? drawn.refusals : ['grant-missing'];
  const grant = drawn.grant ?? 'g-3';
  const tokens = pick(3) === 0 ? [`token-${pick(4)}`] : [];
  switch (pick(15)) {
    case 0:
    case 1:
      history.received(
        inquiry,
        { purpose, caseReference: drawn.caseReference ?? 'KN-1', operator, grant },
        header,
        tokens,
      );
      break;
    case 2:
      history.add(
        InquiryRefused,
        { inquiry, purpose: drawn.purpose, caseReference: drawn.caseReference, operator, reasons },
        header,
        tokens,
      );
      break;
    case 3:
      history.add(InformationProvided, { inquiry, purpose, outcome: 'found', records: 1 }, header);
      break;
    case 4:
      history.add(NothingProvided, { inquiry, purpose, outcome: 'not-found', count: null }, header);
      break;
    case 5:
      history.add(RecordProvided, { inquiry, number: 1 }, header, tokens);
      break;
    case 6:
      history.add(DisclosureDenied, { disclosure: uuid(7), inquiry, operator, reasons }, header);
      break;
    case 7:
      history.add(AccessDenied, { session: session ?? 's-3', operator, codes: reasons }, header);
      break;
    case 8:
      history.add(SignedIn, { session: session ?? 's-3', operator, terminal }, header);
      break;
    case 9:
      history.add(
        OperatorRegistered,
        { operator, side: 'recipient', unit: drawn.unit ?? 'inspection-3' },
        header,
      );
      break;
    case 10:
    case 11:
    case 12:
    case 13:
      addCase(history, drawn, pick);
      break;
    default:
      history.add(GrantRefused, { grant, operator, terminal: terminal ?? 't-4' }, header);
      return drawn.texts;
  }
  return [];
}

describe('a search of the trail by a query', () => {
  let directory: string;
  let queries: Queries;
  /** The newest first. */
  let all: readonly Folded[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-differential-'));
    const file = join(directory, 'read-models.db');
    const history = new History();
    const pick = seededPick(20_260_401);
    const texts = new Map<string, readonly string[]>();
    for (let n = 0; n < EVENTS; n++) {
      const written = addRandom(history, pick);
      texts.set(history.events.at(-1)?.position ?? '', written);
    }
    const projections = await openProjections({ file });
    // The first half as when everything is read anew, without the indexes; the second as the events come.
    await projections.manyFollow();
    // In batches of uneven length, so that what is known of an inquiry crosses from one to the next.
    for (let from = 0; from < EVENTS; ) {
      const length = 1 + pick(40);
      await projections.apply(history.events.slice(from, from + length));
      if (from < EVENTS / 2 && from + length >= EVENTS / 2) await projections.caughtUp();
      from += length;
    }
    await projections.close();
    all = fold(history.events, texts).toReversed();
    queries = queriesOver(
      new Kysely<Schema>({
        dialect: new SqliteDialect({ database: new Database(file, { readonly: true }) }),
      }),
    );
  });
  afterAll(async () => {
    await queries.close();
    rmSync(directory, { recursive: true });
  });

  const row = ({ position, ...folded }: Folded): Partial<TrailRow> => {
    const { texts: _texts, tokens: _tokens, ...shown } = folded;
    return { position, ...shown };
  };
  const shown = ({ id: _id, stream: _stream, ...rest }: TrailRow): Partial<TrailRow> => rest;

  /** Without a field of its own, with one, within a period, of a resident. */
  function randomFilter(pick: Pick, query: Query): TrailFilter {
    const { at, operator } = randomRow(pick);
    switch (pick(8)) {
      case 0:
        return { query, ...(operator === null ? {} : { operator }) };
      case 1:
        return { query, from: at };
      case 2:
        return { query, until: at };
      case 3: {
        const tokens = [0, 1].map(() => ({ fiscalYear: 2025 + pick(2), token: `token-${pick(4)}` }));
        return { query, subjectTokens: tokens };
      }
      case 4: {
        // The beginning of a reference that may be there, wherever it ends: before, in and behind its number.
        const reference = Array.from(randomRow(pick).caseReference ?? 'KN-1');
        const value = reference.slice(0, 1 + pick(reference.length)).join('');
        const begins: Query = { kind: 'begins', field: 'case', value };
        return {
          query: pick(2) === 0 ? begins : pick(2) === 0 ? allOf([begins, query]) : anyOf([begins, query]),
        };
      }
      default:
        return { query };
    }
  }

  const meets = (folded: Folded, { query, operator, from, until, subjectTokens }: TrailFilter): boolean =>
    (query === undefined || matchesQuery(query, folded)) &&
    (operator === undefined || folded.operator === operator) &&
    (from === undefined || folded.at >= from) &&
    (until === undefined || folded.at < until) &&
    (subjectTokens === undefined ||
      subjectTokens.some(
        ({ fiscalYear: year, token }) =>
          folded.tokens.includes(token) && fiscalYear(tokyoDay(folded.at)) === year,
      ));

  /** The first pages of a search; whether that was all. */
  async function pagesOf(filter: TrailFilter, limit: number) {
    const rows: TrailRow[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES; page++) {
      const found = await queries.searchTrail(filter, { limit, ...(cursor === null ? {} : { cursor }) });
      rows.push(...found.rows);
      cursor = found.next;
      if (cursor === null) break;
      expect(found.rows).toHaveLength(limit);
    }
    return { rows, ended: cursor === null };
  }

  it(`answers ${QUERIES.toLocaleString('en')} at random as a fold of the events would, page by page`, async () => {
    const pick = seededPick(4_711);
    let [hits, none] = [0, 0];
    for (let n = 0; n < QUERIES; n++) {
      const filter = randomFilter(pick, randomQuery(pick, 1 + pick(3)));
      const typed = printQuery(filter.query as Query);
      const expected = all.filter((folded) => meets(folded, filter));
      const limit = 1 + pick(30);
      const { rows, ended } = await pagesOf(filter, limit);
      const wanted = expected.slice(0, PAGES * limit);
      expect([typed, rows.map(({ position }) => position)]).toEqual([
        typed,
        wanted.map(({ position }) => position),
      ]);
      expect([typed, ended]).toEqual([typed, expected.length <= PAGES * limit]);
      if (n % 20 === 0) expect(rows.map(shown)).toEqual(wanted.map(row));
      hits += rows.length;
      if (rows.length === 0) none += 1;
    }
    expect(hits).toBeGreaterThan(5 * QUERIES);
    expect(none).toBeGreaterThan(QUERIES / 20);
    expect(none).toBeLessThan(QUERIES / 2);
  }, 180_000);

  it('counts what it would find, capped and exactly, and by the hour', async () => {
    const pick = seededPick(815);
    for (let n = 0; n < 500; n++) {
      const filter = randomFilter(pick, randomQuery(pick, 1 + pick(3)));
      const expected = all.filter((folded) => meets(folded, filter));
      const typed = printQuery(filter.query as Query);
      const most = 1 + pick(100);
      const [exact, capped, { hours }] = [
        await queries.countTrail(filter, null),
        await queries.countTrail(filter, most),
        await queries.trailHistogram(filter),
      ];
      expect([typed, exact.count, exact.more]).toEqual([typed, expected.length, false]);
      expect([typed, capped.count, capped.more]).toEqual([
        typed,
        Math.min(most, expected.length),
        expected.length > most,
      ]);
      const byHour = Map.groupBy(expected, ({ at }) => at.slice(0, 13));
      expect(hours).toEqual(
        [...byHour]
          .map(([hour, { length }]) => ({ hour, count: length }))
          .sort((a, b) => (a.hour < b.hour ? -1 : 1)),
      );
    }
  }, 60_000);

  it('passes over nothing that may hold the words that are looked for', async () => {
    const pick = seededPick(99);
    let [found, narrowed] = [0, 0];
    for (let n = 0; n < 500; ) {
      const query = randomQuery(pick, 1 + pick(3), true);
      if (!termsOfQuery(query).some(({ kind }) => kind === 'text')) continue;
      n += 1;
      const expected = all.filter((folded) => matchesQuery(query, folded)).map(({ position }) => position);
      const candidates: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await queries.searchTrail({ query }, { limit: 500, ...(cursor ? { cursor } : {}) });
        candidates.push(...page.rows.map(({ position }) => position));
        cursor = page.next;
      }
      const opened = new Set(candidates);
      const judged = all.filter((folded) => opened.has(folded.position) && matchesQuery(query, folded));
      expect([printQuery(query), judged.map(({ position }) => position)]).toEqual([
        printQuery(query),
        expected,
      ]);
      found += expected.length;
      if (candidates.length < all.length / 2) narrowed += 1;
    }
    expect(found).toBeGreaterThan(5_000);
    expect(narrowed).toBeGreaterThan(100);
  }, 60_000);

  it('knows units, grants and refusals of the events that name them, and nothing where none do', () => {
    for (const field of ['unit', 'grant', 'session', 'terminal', 'outcome', 'caseReference'] as const) {
      const without = all.filter((folded) => folded[field] === null).length;
      expect([field, without > 0, without < EVENTS]).toEqual([field, true, true]);
    }
    expect(new Set(all.map(({ type }) => type))).toContain(InquiryReceived.type);
    const judged = Map.groupBy(all, ({ caseMatches }) => caseMatches);
    for (const answer of [true, false, null])
      expect([answer, (judged.get(answer)?.length ?? 0) > 10]).toEqual([answer, true]);
  });
});
