import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { readQuery } from '#domain';
import { randomHistory, uuid } from '../history.contract.js';
import { alertsUnreached, incidentPage } from '../incidents.js';
import type { TrailFilter } from '../port.js';
import type { Schema } from '../schema.js';
import { searchTrail } from '../trail-search.js';
import { openProjections } from './open-projections.js';

/** So many alternatives. */
const lists = (count: number, term: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => term(n)).join(' OR ');

/** How SQLite goes about a search; what is an index search here is fast at ten million rows too. */
describe('a search', () => {
  let directory: string;
  let connection: Database.Database;
  let db: Kysely<Schema>;
  let asked: { readonly sql: string; readonly parameters: readonly unknown[] }[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-plans-'));
    const file = join(directory, 'read-models.db');
    const projections = await openProjections({ file });
    await projections.apply(randomHistory(1, 50).events);
    await projections.close();
    connection = new Database(file, { readonly: true });
    asked = [];
    db = new Kysely<Schema>({
      dialect: new SqliteDialect({ database: connection }),
      log: ({ query }) => void asked.push(query),
    });
  });
  afterEach(async () => {
    await db.destroy();
    rmSync(directory, { recursive: true });
  });

  /** The plan of the last question. */
  function plan(): readonly string[] {
    const last = asked.at(-1);
    const steps = connection
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${last?.sql}`)
      .all(...(last?.parameters ?? []))
      .map(({ detail }) => detail);
    expect(steps.join()).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
    return steps;
  }

  const period = { from: '2026-03-01T00:00:00Z', until: '2027-05-01T00:00:00Z' };
  const byYear = { subjectTokens: [2025, 2026].map((fiscalYear) => ({ fiscalYear, token: 'code-1' })) };

  it.each<[string, TrailFilter]>([
    ['trail_by_operator', { operator: 'op-1' }],
    ['trail_by_operator', { operator: 'op-1', terminal: 'term-1', outcome: 'found', ...period }],
    ['trail_by_terminal', { terminal: 'term-1', purpose: 'rtva-67:response' }],
    ['trail_by_purpose', { purpose: 'rtva-67:response', outcome: 'found', type: 'RecordProvided' }],
    ['trail_by_outcome', { outcome: 'refused', terminal: 'term-1', ...period }],
    ['trail_by_outcome', { outcome: 'several', purpose: 'rtva-67:response' }],
    ['trail_by_type', { type: 'GrantRevoked', terminal: 'term-1' }],
    ['INTEGER PRIMARY KEY (rowid=?)', { caseReference: 'R8-1', outcome: 'unknown', ...period }],
    ['trail_by_inquiry', { inquiry: uuid(1), caseReference: 'R8-1', ...period }],
    ['INTEGER PRIMARY KEY (rowid=?)', { ...byYear, operator: 'op-1', outcome: 'found', ...period }],
    ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)', period],
  ])('of the trail enters by %s for %j', async (entry, filter) => {
    await searchTrail(db, { filter, before: 1_000_000n, limit: 51 });
    expect(plan()[0]).toContain(entry);
  });

  const byPosition = 'SEARCH trail USING INTEGER PRIMARY KEY (rowid=?)';

  /** Every field of the query language alone, and what it is entered by: never all rows, never sorted. */
  it.each<[string, readonly string[]]>([
    ['operator:op-1', ['trail_by_operator (operator=?']],
    ['organisation:inspection-1', ['trail_by_unit (unit=?']],
    ['terminal:term-1', ['trail_by_terminal (terminal=?']],
    ['session:session-op-1', ['trail_by_session (session=?']],
    ['grant:grant-1', ['trail_by_grant (grant=?']],
    ['purpose:rtva-67:response', ['trail_by_purpose (purpose=?']],
    ['purpose:rtva-67', [byPosition, 'trail_by_purpose (purpose=?']],
    ['outcome:unknown', ['trail_by_outcome (outcome=?']],
    ['type:GrantRevoked', ['trail_by_type (type=?']],
    ['refusal:grant-missing', ['SEARCH trail_refusals USING PRIMARY KEY (code=?', byPosition]],
    ['case:R8-1', [byPosition, 'COVERING INDEX trail_by_case (case_head=? AND case_reference=?)']],
    [
      'case:R8*',
      [byPosition, 'trail_by_case_head (case_head=?', 'trail_by_case (case_head=? AND case_reference>?'],
    ],
    ['inquiry:i-1', ['trail_by_inquiry (inquiry=?']],
    ['agreement:agreement', ['trail_by_agreement (agreement=?']],
    ['at:2026-03..2026-04', ['INTEGER PRIMARY KEY (rowid>? AND rowid<?)']],
    ['has:no-case', ['trail_without_case']],
    ['text:苦情 at:2026-03..2026-04', [byPosition, 'trail_by_type (type=?']],
  ])('of the trail by a query goes straight to the newest: %s', async (text, entries) => {
    const read = readQuery(text);
    if ('refusals' in read) throw new Error(read.refusals[0].code);
    await searchTrail(db, { filter: { query: read.query }, before: 1_000_000n, limit: 51 });
    const steps = plan();
    for (const entry of entries) expect(steps.join('\n')).toContain(entry);
    expect(steps.filter((step) => /^SCAN (?!\(subquery)/.test(step))).toEqual([]);
  });

  it.each<[string, string, string?]>([
    ['operator:op-1 outcome:found', 'trail_by_operator (operator=?'],
    [
      'operator:op-1 outcome:refused',
      'trail_by_operator (operator=?',
      'COVERING INDEX trail_by_outcome (outcome=?)',
    ],
    [
      'grant:grant-1 refusal:grant-missing',
      'trail_by_grant (grant=?',
      'trail_refusals USING PRIMARY KEY (code=?)',
    ],
    ['-operator:op-1 (refusal:grant-missing agreement:agreement)', 'SEARCH trail_refusals USING PRIMARY KEY'],
    ['(operator:op-1 OR terminal:term-1) inquiry:i-1', 'trail_by_inquiry (inquiry=?'],
    ['-has:no-case session:session-op-1', 'trail_by_session (session=?'],
  ])('of the trail by several terms enters by the narrowest: %s', async (text, entry, list = '') => {
    const read = readQuery(text);
    if ('refusals' in read) throw new Error(read.refusals[0].code);
    await searchTrail(db, { filter: { query: read.query }, before: null, limit: 51 });
    expect(plan()[0]).toContain(entry);
    expect(plan().join('\n')).toContain(list);
  });

  it.each<[string, string]>([
    ['as many purposes as there may be', lists(40, () => 'purpose:rtva-59-1')],
    ['as many cases', lists(50, (n) => `case:R8-${n}`)],
    ['as many beginnings', lists(50, (n) => `case:R${n}*`)],
    ['as many words', `at:2026-03 (${lists(49, (n) => `text:語${n}`)})`],
    ['words that all must be there', `at:2026-03 ${lists(49, (n) => `text:語${n}`).replaceAll(' OR', '')}`],
    [
      'beginnings of which there are many, and words or something else',
      `at:2026-03 (case:R8-1* OR case:R8-2*) (-operator:a OR ${lists(46, (n) => `text:語${n}`)})`,
    ],
  ])('of the trail fits into a statement with %s', async (_what, text) => {
    const read = readQuery(text);
    if ('refusals' in read) throw new Error(read.refusals[0].code);
    await searchTrail(db, { filter: { query: read.query }, before: null, limit: 51 });
    expect(plan().length).toBeGreaterThan(0);
  });

  it('of the trail by as many cases as a query holds walks through no others', async () => {
    const read = readQuery(lists(50, (n) => `case:R8-${n}`));
    if ('refusals' in read) throw new Error(read.refusals[0].code);
    await searchTrail(db, { filter: { query: read.query }, before: null, limit: 51 });
    expect(plan().filter((step) => /^SCAN (?!\(subquery)/.test(step))).toEqual([]);
  });

  it.each(['open', 'closed'] as const)('of the incidents goes through no other ones: %s', async (state) => {
    const place = { limit: 50, after: { state, position: 1_000_000n } };
    await incidentPage(db, null, 'agreement', place);
    await alertsUnreached(db, 'agreement');
    for (const question of asked) {
      asked = [question];
      expect(plan().filter((step) => step.startsWith('SCAN'))).toEqual([]);
    }
  });
});
