import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { readFileSync } from 'node:fs';
import { intervals } from '#application';
import { CountTrailDto, SearchTrailDto } from '../../apps/api/src/trail/trail.dto.js';
import { backticked, fenced, sectionsOf } from './markdown.js';

const page = readFileSync('docs/query-language.md', 'utf8');
const { body = '' } =
  sectionsOf(page).find(({ title }) => title === 'Searching and counting 検索と件数') ?? {};

const fieldsOf = (dto: typeof SearchTrailDto | typeof CountTrailDto): readonly string[] => [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(dto, '', true, false)
      .map(({ propertyName }) => propertyName),
  ),
];

describe('the page about searching', () => {
  const rows = [...body.matchAll(/^\| (`.+?) \| (search|count|search, count) \|/gm)];
  /** The fields whose rows name one of the two routes. */
  const toldFor = (route: 'search' | 'count'): readonly string[] =>
    rows.filter(([, , of = '']) => of.includes(route)).flatMap(([, fields = '']) => backticked(fields));

  it.each([
    ['search', SearchTrailDto],
    ['count', CountTrailDto],
  ] as const)('has every field of a %s, and no other', (route, dto) => {
    expect(toldFor(route).toSorted()).toEqual(fieldsOf(dto).toSorted());
  });

  it('has every interval', () => {
    for (const interval of intervals) expect(body).toContain(`\`${interval}\``);
  });

  it('shows bodies that have these fields only, and asks the two routes', () => {
    const bodies = fenced(body, 'json').map((json) => JSON.parse(json) as object);
    expect(bodies.length).toBeGreaterThan(1);
    const known = [...fieldsOf(SearchTrailDto), ...fieldsOf(CountTrailDto)];
    expect(bodies.flatMap(Object.keys).filter((field) => !known.includes(field))).toEqual([]);
    for (const route of ['searches', 'searches/count'])
      expect(body).toMatch(new RegExp(`/v1/audit/${route}$`, 'm'));
  });
});
