import { describe, expect, it } from '@jest/globals';
import { matchesQuery } from './query-meaning.js';
import { readQuery } from './query-parser.js';
import { mayMatchFrom } from './query-reach.js';
import { randomQuery, randomRow, seededPick } from './query.specification.js';

/** 2026-12-01 in Tokyo. */
const NOW = '2026-11-30T15:00:00.000Z';

const mayMatch = (text: string): boolean => {
  const read = readQuery(text, { withinDays: 1 });
  if ('refusals' in read) throw new Error(read.refusals[0].code);
  return mayMatchFrom(read.query, NOW);
};

describe('a query may still match', () => {
  it.each([
    'outcome:refused',
    '-outcome:refused',
    'outcome:refused at:2026-12',
    'outcome:refused at:2026',
    'outcome:refused at:2026-11..',
    'at:2027-04..2027-06',
    'outcome:refused OR at:2026-11',
    '-at:2026-11',
    '-(at:2026-12 outcome:refused)',
    '-at:..2027-03',
  ])('%s', (text) => expect(mayMatch(text)).toBe(true));
});

describe('a query is over', () => {
  it.each([
    'outcome:refused at:2026-11',
    'text:苦情 at:2026-11-30T23:59',
    'at:..2026-11',
    'outcome:refused (at:2025 OR at:2026-10)',
    '-at:2026-12..',
    '-(-at:2026-11 OR outcome:refused)',
    'at:2026-12 at:2027-01',
    'at:2027 -at:2026-12..2028',
  ])('%s', (text) => expect(mayMatch(text)).toBe(false));
});

describe('at random', () => {
  it('is never said to be over of a query that an event to come matches', () => {
    const pick = seededPick(20_261_124);
    let [over, matched] = [0, 0];
    for (let round = 0; round < 5_000; round += 1) {
      const [query, row] = [randomQuery(pick), randomRow(pick)];
      const may = mayMatchFrom(query, row.at);
      if (!may) over += 1;
      if (!matchesQuery(query, row)) continue;
      matched += 1;
      expect(may).toBe(true);
    }
    expect(over).toBeGreaterThan(50);
    expect(matched).toBeGreaterThan(500);
  });
});
