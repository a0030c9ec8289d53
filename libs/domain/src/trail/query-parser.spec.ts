import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { residentCodeFrom } from '../kernel/identity.js';
import { not, type Query } from './query.js';
import { queryRefusals, type QueryRefusal } from './query.refusals.js';
import { fieldAliases, fieldNames } from './query-fields.js';
import { readQuery, strictQueryBounds } from './query-parser.js';
import { printQuery } from './query-printer.js';
import { randomQuery, seededPick } from './query.specification.js';
import { tokyoBounds } from './query-time.js';

/** A period that text may be looked for in. */
const range = tokyoBounds('2026-04', '2026-04');

function read(text: string, options: Parameters<typeof readQuery>[1] = { range }): Query {
  const result = readQuery(text, options);
  if ('refusals' in result) throw new Error(`refused: ${JSON.stringify(result.refusals)}`);
  return result.query;
}

function refusal(text: string, options: Parameters<typeof readQuery>[1] = {}): QueryRefusal {
  const result = readQuery(text, options);
  if (!('refusals' in result)) throw new Error(`accepted as ${printQuery(result.query)}`);
  return result.refusals[0];
}

const is = (field: 'operator' | 'terminal' | 'case' | 'outcome', value: string): Query => ({
  kind: 'is',
  field,
  value,
});
const [a, b, c] = [is('operator', 'a'), is('operator', 'b'), is('operator', 'c')];

describe('a query', () => {
  it('reads the one that the page shows first', () => {
    expect(
      read(
        'operator:o-17 purpose:rtva-59-1 outcome:found at:2026-04..2026-06 -terminal:t-3 case:"SK-2026-1"',
      ),
    ).toEqual({
      kind: 'and',
      parts: [
        is('operator', 'o-17'),
        { kind: 'is', field: 'purpose', value: 'rtva-59-1' },
        is('outcome', 'found'),
        { kind: 'at', from: '2026-04', through: '2026-06' },
        not(is('terminal', 't-3')),
        is('case', 'SK-2026-1'),
      ],
    });
  });

  it.each<[string, Query]>([
    ['operator:a', a],
    ['operator:a operator:b', { kind: 'and', parts: [a, b] }],
    ['operator:a AND operator:b', { kind: 'and', parts: [a, b] }],
    ['operator:a or operator:b', { kind: 'or', parts: [a, b] }],
    ['operator:a OR operator:b operator:c', { kind: 'or', parts: [a, { kind: 'and', parts: [b, c] }] }],
    ['(operator:a OR operator:b)operator:c', { kind: 'and', parts: [{ kind: 'or', parts: [a, b] }, c] }],
    ['NOT operator:a operator:b', { kind: 'and', parts: [not(a), b] }],
    ['NOT (operator:a operator:b)', not({ kind: 'and', parts: [a, b] })],
    ['-operator:a OR - operator:b', { kind: 'or', parts: [not(a), not(b)] }],
    ['NOT -operator:a', a],
    ['((operator:a) (operator:b operator:c))', { kind: 'and', parts: [a, b, c] }],
    ['operator:a\n\toperator:b', { kind: 'and', parts: [a, b] }],
    ['case:SK-2026*', { kind: 'begins', field: 'case', value: 'SK-2026' }],
    ['case:"SK 2026"*', { kind: 'begins', field: 'case', value: 'SK 2026' }],
    ['case:"SK*"', is('case', 'SK*')],
    ['case:"a\\"b\\\\c"', is('case', 'a"b\\c')],
    ['case:「a"b\\c」', is('case', 'a"b\\c')],
    ['at:2026-04', { kind: 'at', from: '2026-04', through: '2026-04' }],
    ['at:2026-04-01..', { kind: 'at', from: '2026-04-01', through: null }],
    ['at:..2026-04-01T17:00', { kind: 'at', from: null, through: '2026-04-01T17:00' }],
    ['has:no-case', { kind: 'has', what: 'no-case' }],
    ['text:"苦情"', { kind: 'text', value: '苦情' }],
    ['purpose:rtva-59-1:examination', { kind: 'is', field: 'purpose', value: 'rtva-59-1:examination' }],
  ])('%s', (text, query) => {
    expect(read(text)).toEqual(query);
  });

  it.each([
    ['ｏｐｅｒａｔｏｒ：ｏ－１７　ＯＲ　（－ｔｅｒｍｉｎａｌ：ｔ－３）', 'operator:o-17 OR -terminal:t-3'],
    ['操作者:o-17 日時：２０２６－０４．．２０２６－０６', 'operator:o-17 at:2026-04..2026-06'],
    ['案件:「検査 第１号」', 'case:"検査 第１号"'],
    ['案件:検査第１号', 'case:検査第1号'],
    ['本文：『苦情「一件」』', 'text:"苦情「一件」"'],
    ['条件:案件なし', 'has:no-case'],
    ['結果：該当あり', 'outcome:found'],
    ['-結果:「該当なし」 or outcome:提供停止', '-outcome:not-found OR outcome:suspended'],
    ['text:“窓口”', 'text:"窓口"'],
    ['Operator:o-17 not organization:inspection-1', 'operator:o-17 -organisation:inspection-1'],
  ])('reads %s as %s', (typed, canonical) => {
    expect(printQuery(read(typed))).toBe(canonical);
  });

  it('knows every field by its English name and by others, each of which means one', () => {
    const names = fieldNames.flatMap((name) => [name, ...fieldAliases[name]]);
    expect(new Set(names).size).toBe(names.length);
    for (const name of fieldNames)
      expect(fieldAliases[name].some((alias) => /\p{L}/u.test(alias))).toBe(true);
  });

  it('is read again from its canonical form as the same tree', () => {
    const pick = seededPick(20_260_401);
    let longest = 0;
    for (let n = 0; n < 5_000; n++) {
      const query = randomQuery(pick, 1 + pick(4), true);
      const text = printQuery(query);
      const result = readQuery(text, { range });
      if ('refusals' in result) {
        expect([text, result.refusals[0].code]).toEqual([
          text,
          expect.stringMatching(/^query-too-(?:long|many-terms)$/),
        ]);
      } else {
        longest = Math.max(longest, text.length);
        expect([text, result.query]).toEqual([text, query]);
        expect(printQuery(result.query)).toBe(text);
      }
    }
    expect(longest).toBeGreaterThan(500);
  });
});

describe('a query is refused', () => {
  const { length, terms, depth } = strictQueryBounds;
  it.each<[string, string, string, number, number]>([
    ['empty', '', 'query-empty', 0, 0],
    ['blank', ' \u3000\n', 'query-empty', 0, 0],
    ['with half a character', 'operator:\uD842', 'query-malformed', 9, 1],
    ['too long', `case:${'a'.repeat(length)}`, 'query-too-long', length, 5],
    ['with a word alone', 'operator:a 山田', 'query-field-missing', 11, 2],
    ['with a quoted word alone', '"山田"', 'query-field-missing', 0, 1],
    ['with a colon alone', 'operator:a :b', 'query-field-missing', 11, 1],
    ['with a field nobody knows', 'name:x', 'query-field-unknown', 0, 4],
    ['with a field that objects have', 'constructor:x', 'query-field-unknown', 0, 11],
    ['with a field and nothing behind it', 'operator: a', 'query-value-missing', 9, 0],
    ['with a field at the end', 'operator:', 'query-value-missing', 9, 0],
    ['with a field before a parenthesis', 'operator:(a)', 'query-value-missing', 9, 0],
    ['with nothing in quotes', 'case:""', 'query-value-missing', 5, 2],
    ['with a star alone', 'case:*', 'query-value-missing', 5, 1],
    ['with a star in the middle', 'case:a*b', 'query-character-unexpected', 6, 1],
    ['with a star where it means nothing', 'operator:o-*', 'query-prefix-not-allowed', 11, 1],
    ['with a quote in a word', 'case:a"b"', 'query-character-unexpected', 6, 1],
    ['with a word behind a quote', 'case:"a"b', 'query-character-unexpected', 8, 1],
    ['with a quote that does not end', 'case:"a', 'query-quote-open', 5, 1],
    ['with a quote ended by another kind', 'case:「a"', 'query-quote-open', 5, 1],
    ['with an escape at the end', 'case:"a\\', 'query-quote-open', 5, 1],
    ['with an escape nobody knows', 'case:"a\\n"', 'query-escape-unknown', 7, 2],
    ['with an id that is not one', 'operator:山', 'query-value-malformed', 9, 1],
    ['with too long an id', `terminal:${'t'.repeat(65)}`, 'query-value-malformed', 9, 65],
    ['with a case nobody could see', 'case:"a\u200Bb"', 'query-value-malformed', 5, 5],
    ['with too long a case', `case:${'a'.repeat(65)}`, 'query-value-malformed', 5, 65],
    ['with too long a text', `text:${'字'.repeat(201)} at:2026-04`, 'query-value-malformed', 5, 201],
    ['with a text of nothing', 'text:"\uFE00" at:2026-04', 'query-value-malformed', 5, 3],
    ['with no code of refusal', 'refusal:grant-expird', 'query-value-unlisted', 8, 12],
    ['with an outcome that is none', 'outcome:good', 'query-value-unlisted', 8, 4],
    ['with a purpose not in schedule 1', 'purpose:rtva-1', 'query-value-unlisted', 8, 6],
    ['with a type that is none', 'type:Inquiry', 'query-value-unlisted', 5, 7],
    ['with a type that objects have', 'type:constructor', 'query-value-unlisted', 5, 11],
    ['with a condition that is none', 'has:case', 'query-value-unlisted', 4, 4],
    ['for a time that is none', 'at:spring', 'query-range-malformed', 3, 6],
    ['for a day that is none', 'at:2026-02-29', 'query-range-malformed', 3, 10],
    ['for no time', 'at:..', 'query-range-malformed', 3, 2],
    ['for three times', 'at:2026..2027..2028', 'query-range-malformed', 3, 16],
    ['backwards', 'at:2026-06..2026-05', 'query-range-backwards', 3, 16],
    ['with AND before nothing', 'operator:a AND', 'query-term-missing', 14, 0],
    ['with OR behind nothing', 'OR operator:a', 'query-term-missing', 0, 2],
    ['with NOT before OR', 'NOT OR', 'query-term-missing', 4, 2],
    ['with nothing in parentheses', '()', 'query-term-missing', 1, 1],
    ['with a parenthesis that does not end', '(operator:a', 'query-parentheses-unbalanced', 0, 1],
    [
      'with a parenthesis that nothing began',
      'operator:a) operator:b',
      'query-parentheses-unbalanced',
      10,
      1,
    ],
    ['nested too deep', `${'('.repeat(depth + 1)}operator:a`, 'query-too-deep', depth, 1],
    ['negated too deep', `${'-'.repeat(depth + 1)}operator:a`, 'query-too-deep', depth, 1],
    ['with too many terms', 'at:2026 '.repeat(terms + 1), 'query-too-many-terms', terms * 8, 2],
    ['for text of all times', 'operator:a text:"苦情"', 'query-text-unbounded', 11, 4],
    ['for text since', '-本文:苦情 at:2026-04..', 'query-text-unbounded', 1, 2],
    ['for text of a year', 'text:苦情 at:2026', 'query-text-unbounded', 0, 4],
    ['for text outside of the period', 'text:苦情 OR at:2026-04', 'query-text-unbounded', 0, 4],
  ])('%s', (_, text, code, at, length) => {
    expect(refusal(text)).toEqual({ code, field: 'query', at, length });
  });

  it('for one reason at a time, and for each that there is', () => {
    const specification = readFileSync('libs/domain/src/trail/query-parser.spec.ts', 'utf8');
    const given = readdirSync('libs/domain/src/trail')
      .filter((file) => /^query-.*\.ts$/.test(file) && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(`libs/domain/src/trail/${file}`, 'utf8'))
      .join('\n');
    expect(queryRefusals.filter((code) => !given.includes(`'${code}'`))).toEqual([]);
    expect(queryRefusals.filter((code) => !specification.includes(`'${code}'`))).toEqual([]);
  });

  it('when its canonical form would be too long', () => {
    const bounds = { ...strictQueryBounds, length: 20 };
    expect(read('所属:inspection-1', { bounds: { ...bounds, length: 25 } })).toBeDefined();
    expect(refusal('所属:inspection-1', { bounds })).toMatchObject({ code: 'query-too-long', at: 15 });
  });

  it('but not for what is just within the bounds', () => {
    expect(read(`case:"${'a b '.repeat(15)}a" ${' '.repeat(920)}`)).toBeDefined();
    expect(read(`${'('.repeat(depth)}operator:a${')'.repeat(depth)}`)).toEqual(a);
    expect(read('at:2026 '.repeat(terms))).toMatchObject({ kind: 'and' });
    expect(read('text:苦情 at:2026-04..2026-06', {})).toMatchObject({ kind: 'and' });
    expect(read('text:苦情 at:2026-06..', { range: tokyoBounds(null, '2026-07') })).toBeDefined();
    expect(read('(text:苦情 at:2026-04) OR at:2026-05', {})).toMatchObject({ kind: 'or' });
  });
});

describe('a resident in a query', () => {
  const code = residentCodeFrom('2472705960');
  it.each([
    ['as a word', code, 0, 11],
    ['as a value', `operator:a case:${code}`, 16, 11],
    ['in quotes', `text:"${code}の件" at:2026-04`, 6, 11],
    [
      'full-width',
      `case:${code.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))}`,
      5,
      11,
    ],
    ['in groups', 'case:2472-7059-608', 5, 13],
    ['in pieces', 'case:2472 7059 608', 5, 13],
    ['where a time belongs', `at:${code}`, 3, 11],
    ['by an individual number', 'text:123456789018', 5, 12],
    ['in a text that is no query', `(((("${code}`, 5, 11],
  ])('is refused %s', (_, text, at, length) => {
    expect(refusal(text)).toEqual({ code: 'identifier-in-query', field: 'query', at, length });
  });

  it('is refused wherever it is put', () => {
    const pick = seededPick(7);
    for (let n = 0; n < 300; n++) {
      const digits = String(pick(1_000_000_000)).padStart(10, '1');
      const text = printQuery(randomQuery(pick, 2));
      const at = text.search(/ |$/);
      const planted = `${text.slice(0, at)} case:${residentCodeFrom(digits)}${text.slice(at)}`;
      expect(refusal(planted, { range }).code).toBe('identifier-in-query');
    }
  });

  it('is not seen in ids and times', () => {
    const pick = seededPick(11);
    const digits = (n: number): string => Array.from({ length: n }, () => pick(10)).join('');
    for (let n = 0; n < 2_000; n++) {
      const uuid = `${digits(8)}-${digits(4)}-7${digits(3)}-8${digits(3)}-${digits(12)}`;
      const [month, day] = [1 + pick(12), 1 + pick(28)].map((part) => String(part).padStart(2, '0'));
      const when = `19${70 + pick(30)}-${month}-${day}T0${pick(10)}:${10 + pick(50)}`;
      read(`inquiry:${uuid} at:${when}..2026-${month}-${day} 日時：${when.slice(0, 10)}..`);
    }
  });
});

describe('whatever is typed', () => {
  /** `_` is a space of some kind. */
  const pieces = (
    'operator case at text has 操作者 x : ： ( ) - － AND or NOT " 「 」 “ \\ * .. 2026 2026-04 no-case ' +
    'é \u{20BB7} \uD842 \u0000 \u200B 24727059608 １ a __proto__x ${} <script> _ \u3000 \n ' +
    'operator:a_ case:b*_ at:2026-04_ text:「苦情」_ 端末：ｔ_'
  )
    .split(' ')
    .map((piece) => piece.replace(/_$/, ' '));

  it('is read or refused, at a place that the text has, and never repeated', () => {
    const pick = seededPick(42);
    const codes = new Set<string>();
    let accepted = 0;
    for (let n = 0; n < 6_000; n++) {
      const text = Array.from({ length: 1 + pick(14) }, () => pieces[pick(pieces.length)]).join('');
      const result = readQuery(text, { range });
      if ('query' in result) {
        accepted += 1;
        expect(read(printQuery(result.query))).toEqual(result.query);
        continue;
      }
      const [{ code, at, length, ...rest }] = result.refusals;
      codes.add(code);
      expect(rest).toEqual({ field: 'query' });
      expect(queryRefusals).toContain(code);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(at + length).toBeLessThanOrEqual(Array.from(text).length);
    }
    expect(accepted).toBeGreaterThan(20);
    expect(codes.size).toBeGreaterThan(10);
  });

  it('costs no more than its bounds', () => {
    for (const char of ['(', '-', '"', '「', ':', '*', '1', 'a', '1-', '(-', 'at:', 'at:1..', ' ', '\\"']) {
      const result = readQuery(char.repeat(5_000));
      expect('refusals' in result).toBe(true);
      expect('refusals' in readQuery(char.repeat(500))).toBe(true);
    }
  });
});
