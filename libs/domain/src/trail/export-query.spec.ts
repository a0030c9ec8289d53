import { describe, expect, it } from '@jest/globals';
import { looksForWords, mayMatchQuery } from './export-query.js';
import { matchesQuery, type SearchedRow } from './query-meaning.js';
import { readQuery } from './query-parser.js';
import type { Query } from './query.js';

const row: SearchedRow = {
  type: 'TrailSearched',
  at: '2026-04-01T00:00:00.000Z',
  agreement: 'a',
  operator: 'o-1',
  unit: null,
  terminal: null,
  session: null,
  grant: null,
  purpose: null,
  outcome: null,
  refusals: [],
  caseReference: null,
  caseMatches: null,
  inquiry: null,
  texts: [],
};

function queryOf(text: string): Query {
  const read = readQuery(text, {
    range: { from: '2026-04-01T00:00:00.000Z', until: '2026-04-02T00:00:00.000Z' },
  });
  if ('refusals' in read) throw new Error(JSON.stringify(read.refusals));
  return read.query;
}

describe('an event and a query of an export', () => {
  it.each([
    ['operator:o-1', true],
    ['operator:o-2', false],
    ['-operator:o-2 type:TrailSearched', true],
    ['-(operator:o-1 OR operator:o-2)', false],
  ])('without words agree as they do everywhere: %s', (text, matches) => {
    expect(looksForWords(queryOf(text))).toBe(false);
    expect([mayMatchQuery(queryOf(text), row), matchesQuery(queryOf(text), row)]).toEqual([matches, matches]);
  });

  it.each([
    ['text:監査', true],
    ['-text:監査', true],
    ['text:監査 operator:o-1', true],
    ['text:監査 operator:o-2', false],
    ['-text:監査 operator:o-2', false],
    ['-(text:監査 operator:o-2)', true],
    ['-(text:監査 OR operator:o-1)', false],
    ['-(-text:監査)', true],
  ])('with words may agree: %s', (text, may) => {
    const query = queryOf(text);
    expect(looksForWords(query)).toBe(true);
    expect(mayMatchQuery(query, row)).toBe(may);
    for (const texts of [[], ['監査のため']])
      if (matchesQuery(query, { ...row, texts })) expect(may).toBe(true);
  });

  it('of a type in which nobody writes has no words', () => {
    const silent = { ...row, type: 'SignedIn' };
    expect(mayMatchQuery(queryOf('text:監査'), silent)).toBe(false);
    expect(mayMatchQuery(queryOf('-text:監査'), silent)).toBe(true);
  });
});
