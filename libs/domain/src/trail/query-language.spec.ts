import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Query } from './query.js';
import { queryRefusals } from './query.refusals.js';
import { fieldAliases, fieldNames, outcomeNames, searchedOutcomes } from './query-fields.js';
import { periodOfQuery } from './query-meaning.js';
import { readQuery, strictQueryBounds } from './query-parser.js';
import { printQuery } from './query-printer.js';

const page = readFileSync('docs/query-language.md', 'utf8');

function read(text: string): Query {
  const result = readQuery(text);
  if ('refusals' in result)
    throw new Error(`${text}: ${result.refusals[0].code} at ${result.refusals[0].at}`);
  return result.query;
}

/** The cells of the tables whose rows begin with a code span. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(' | '));
const rows = rowsOf(page);
const sectionOf = (title: string): readonly (readonly string[])[] =>
  rowsOf(page.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '');
const bare = (cell = ''): string => cell.replaceAll('`', '');

describe('the page about the query language', () => {
  const examples = [...page.matchAll(/```query\n([^`]*)```/g)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );

  it('has examples, and each is a query', () => {
    expect(examples.length).toBeGreaterThan(5);
    for (const example of examples) read(example);
    expect(read(examples[0] ?? '')).toEqual(read(examples[1] ?? ''));
  });

  it('says what is meant by what is typed', () => {
    const meanings = rows.filter(([typed = '', meant = '']) => / /.test(typed) && meant.startsWith('`'));
    expect(meanings.length).toBeGreaterThan(4);
    for (const [typed, meant] of meanings) {
      expect([typed, read(bare(typed))]).toEqual([typed, read(bare(meant))]);
    }
    const canonical = meanings
      .map(([, meant]) => bare(meant))
      .filter((meant) => printQuery(read(meant)) === meant);
    expect(canonical.length).toBeGreaterThan(2);
  });

  it('says which instants a time stands for', () => {
    const times = rows.filter(([typed = '']) => typed.startsWith('`at:'));
    expect(times.length).toBeGreaterThan(5);
    for (const [typed, from, until] of times) {
      const instant = (cell?: string): string | null => (cell === '–' ? null : bare(cell));
      expect([typed, periodOfQuery(read(bare(typed)))]).toEqual([
        typed,
        { from: instant(from), until: instant(until) },
      ]);
    }
  });

  it('has every field with its Japanese name, and no other', () => {
    const fields = sectionOf('Terms 項');
    expect(fields.map(([field]) => bare(field))).toEqual(fieldNames);
    for (const [field, alias, what = ''] of fields) {
      const [japanese, others] = [bare(alias), [...what.matchAll(/`([a-z]+)`/g)].map(([, name]) => name)];
      const aliases = fieldAliases[bare(field) as (typeof fieldNames)[number]];
      expect(aliases).toContain(japanese);
      for (const other of aliases.filter((name) => name !== japanese)) expect(others).toContain(other);
    }
  });

  it('has every outcome with its Japanese name, and no other; both are the same query', () => {
    const outcomes = sectionOf('Outcomes 結果').map(([value, name]) => [bare(value), bare(name)]);
    expect(outcomes).toEqual(searchedOutcomes.map((value) => [value, outcomeNames[value]]));
    for (const [value, name] of outcomes) expect(printQuery(read(`結果:${name}`))).toBe(`outcome:${value}`);
  });

  it('has every code, and no other', () => {
    const codes = rows.map(([code]) => bare(code)).filter((code) => /^(query|identifier)-/.test(code));
    expect(codes).toEqual(queryRefusals);
  });

  it('has the bounds', () => {
    const { length, terms, depth, textDays } = strictQueryBounds;
    expect(page).toContain(`at most ${length.toLocaleString('en')} code points`);
    expect(page).toContain(`${terms} terms, and ${depth} parentheses`);
    expect(page).toContain(`some ${textDays} days`);
    expect(page).toContain(`${length.toLocaleString('en')} 文字、${terms} 項、入れ子 ${depth} 段`);
    expect(page).toContain(`${textDays}日以内`);
  });
});
