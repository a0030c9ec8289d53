import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { fieldsOf, isLeftOut, ocsfActivities, ocsfClasses, omissions } from './ocsf-row.js';
import { ocsfTable } from './ocsf-table.js';

const page = readFileSync(new URL('../../../../docs/siem-feed.md', import.meta.url), 'utf8');
const tableRows = (first: RegExp): readonly string[] => page.split('\n').filter((line) => first.test(line));
const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** The row of a type as the page has it: type, class, activity, what leaves, what does not. */
const expected = Object.entries(ocsfTable).map(([type, row]) => {
  if (isLeftOut(row)) return `| \`${type}\` | – | – | – | ${row.leftOut.en} |`;
  const activity = (ocsfActivities[row.class] as Readonly<Record<string, number>>)[row.activity];
  const omitted = Object.entries(row.omits ?? {}).map(([field, why]) => `\`${field}\` (${why})`);
  const cells = [`${row.class} ${ocsfClasses[row.class]}`, `${row.activity} ${activity}`];
  return `| \`${type}\` | ${cells.join(' | ')} | ${code(fieldsOf(row)) || '–'} | ${omitted.join(', ') || '–'} |`;
});

describe('docs/siem-feed.md', () => {
  it('has the table as the code has it', () => {
    expect(tableRows(/^\| `(?!KIROKU_)[A-Z]\w+` \|/)).toEqual(expected);
  });

  it('says at its head which types do not leave', () => {
    const told = /types do not leave at all,([^(]*)\(/.exec(page)?.[1] ?? '';
    const leftOut = Object.entries(ocsfTable).flatMap(([type, row]) => (isLeftOut(row) ? [type] : []));
    expect([...told.matchAll(/`(\w+)`/g)].map(([, type]) => type)).toEqual(leftOut);
  });

  it('says in both languages why a field does not leave', () => {
    const reasons = Object.entries(omissions).map(([name, { ja, en }]) => `| ${name} | ${ja}。 ${en} |`);
    expect(tableRows(/^\| (?!-|type|why)[a-z]+ \| \P{ASCII}/u)).toEqual(reasons);
  });
});
