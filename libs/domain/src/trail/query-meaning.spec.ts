import { describe, expect, it } from '@jest/globals';
import { allOf, anyOf, not, type Query, termsOfQuery } from './query.js';
import { periodOfQuery, matchesQuery, type SearchedRow } from './query-meaning.js';
import { readQuery } from './query-parser.js';
import { randomQuery, randomRow, seededPick } from './query.specification.js';
import { tokyoBounds, isWithin, unbounded } from './query-time.js';

const row: SearchedRow = {
  type: 'InquiryReceived',
  at: '2026-04-01T00:30:00.000Z',
  agreement: 'agr-1',
  operator: 'o-17',
  unit: 'inspection-1',
  terminal: 't-3',
  session: 's-1',
  grant: 'g-1',
  purpose: 'rtva-59-1:examination',
  outcome: 'found',
  refusals: ['grant-expired', 'out-of-hours'],
  caseReference: 'SK-2026-17',
  caseMatches: null,
  inquiry: 'i-1',
  texts: ['ｸﾙﾏの名義について、窓口で 苦情', '二件目'],
};

function holds(text: string, changes: Partial<SearchedRow> = {}): boolean {
  const result = readQuery(text, { range: tokyoBounds('2026-04', '2026-04') });
  if ('refusals' in result) throw new Error(result.refusals[0].code);
  return matchesQuery(result.query, { ...row, ...changes });
}

describe('a row is meant by', () => {
  it.each([
    'operator:o-17',
    'organisation:inspection-1',
    'terminal:t-3',
    'session:s-1',
    'grant:g-1',
    'purpose:rtva-59-1:examination',
    'purpose:rtva-59-1',
    'outcome:found',
    'type:InquiryReceived',
    'refusal:grant-expired',
    'refusal:out-of-hours',
    'case:SK-2026-17',
    'case:SK-2026*',
    'case:SK-2026-17*',
    'inquiry:i-1',
    'agreement:agr-1',
    'at:2026-04-01',
    'at:2026-04-01T09:30',
    '-at:2026-05..',
    '-has:no-case',
    'text:窓口で苦情',
    'text:くるま',
    'text:二件目',
    'operator:o-18 OR terminal:t-3',
    'operator:o-17 -terminal:t-4',
    '-(operator:o-17 terminal:t-4)',
  ])('%s', (text) => {
    expect(holds(text)).toBe(true);
  });

  it.each([
    'operator:o-1',
    'operator:O-17',
    'purpose:rtva-59-1:acceptance',
    'purpose:rtva-67',
    'case:SK-2026',
    'case:K-2026*',
    'refusal:grant-missing',
    'at:2026-04-01T09:29',
    'at:..2026-03',
    'has:no-case',
    'text:窓口二件目',
    'operator:o-17 terminal:t-4',
    '-(operator:o-18 OR terminal:t-3)',
  ])('not %s', (text) => {
    expect(holds(text)).toBe(false);
  });

  it('its lack of a field only where that is negated', () => {
    expect(holds('terminal:t-3', { terminal: null })).toBe(false);
    expect(holds('-terminal:t-3', { terminal: null })).toBe(true);
    expect(holds('purpose:rtva-59-1', { purpose: null })).toBe(false);
    expect(holds('case:SK*', { caseReference: null })).toBe(false);
    expect(holds('-text:苦情', { texts: [] })).toBe(true);
  });

  it('no-case when its inquiry named none, or one that the agency does not have', () => {
    expect(holds('has:no-case', { caseReference: null })).toBe(true);
    expect(holds('has:no-case', { caseMatches: false })).toBe(true);
    expect(holds('has:no-case', { caseMatches: true })).toBe(false);
    expect(holds('has:no-case', { caseReference: null, inquiry: null })).toBe(false);
  });
});

describe('a tree of terms', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((value): Query => ({ kind: 'is', field: 'operator', value })) as [
    Query,
    Query,
    Query,
  ];

  it('is flat and without double negation', () => {
    expect(allOf([a, allOf([b, c])])).toEqual({ kind: 'and', parts: [a, b, c] });
    expect(anyOf([anyOf([a, b]), c])).toEqual({ kind: 'or', parts: [a, b, c] });
    expect(allOf([a])).toBe(a);
    expect(not(not(a))).toBe(a);
    expect(termsOfQuery(allOf([a, not(anyOf([b, c]))]))).toEqual([a, b, c]);
    expect(() => allOf([])).toThrow(RangeError);
    expect(() => anyOf([])).toThrow(RangeError);
  });

  it('means what logic says, for queries and rows at random', () => {
    const pick = seededPick(3);
    let found = 0;
    for (let n = 0; n < 3_000; n++) {
      const [one, other, event] = [randomQuery(pick, 3, true), randomQuery(pick, 3, true), randomRow(pick)];
      const [left, right] = [matchesQuery(one, event), matchesQuery(other, event)];
      if (left) found += 1;
      expect(matchesQuery(allOf([one, other]), event)).toBe(left && right);
      expect(matchesQuery(anyOf([one, other]), event)).toBe(left || right);
      expect(matchesQuery(not(one), event)).toBe(!left);
    }
    expect(found).toBeGreaterThan(300);
    expect(found).toBeLessThan(2_700);
  });
});

describe('the period of a query', () => {
  it.each<[string, ReturnType<typeof tokyoBounds>]>([
    ['operator:a', unbounded],
    ['at:2026-04', tokyoBounds('2026-04', '2026-04')],
    ['operator:a at:2026-04.. at:..2026-06', tokyoBounds('2026-04', '2026-06')],
    ['at:2026-04 OR at:2026-06', tokyoBounds('2026-04', '2026-06')],
    ['at:2026-04 OR operator:a', unbounded],
    ['-at:2026-04', unbounded],
    ['(at:2026-04 at:2026-06) OR at:2026-05', tokyoBounds('2026-05', '2026-05')],
  ])('%s', (text, bounds) => {
    const result = readQuery(text);
    expect('query' in result && periodOfQuery(result.query)).toEqual(bounds);
  });

  it('leaves out nothing that matches', () => {
    const pick = seededPick(5);
    let bounded = 0;
    for (let n = 0; n < 5_000; n++) {
      const [query, event] = [randomQuery(pick, 3), randomRow(pick)];
      const bounds = periodOfQuery(query);
      if (bounds.from !== null || bounds.until !== null) bounded += 1;
      if (matchesQuery(query, event)) expect(isWithin(event.at, bounds)).toBe(true);
    }
    expect(bounded).toBeGreaterThan(200);
  });
});
