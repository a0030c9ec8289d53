import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import { canonical } from './canonical.js';

/** The same numbers in every run (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Around every border of JSON's escapes, of surrogates, of private use and of the order by code units. */
const CHARACTERS = [
  ...Array.from(
    '\u0000\u0007\b\t\n\f\r\u001f "/\\019Aaz\u007f\u0080é\u2028\u2029記\ud7ff\ue000\uf8ff\ufb33\uffff',
  ),
  ...Array.from('\u{10000}\u{e0100}𠮷😀\u{10ffff}'),
  '__proto__',
  'toString',
];
const NUMBERS =
  `0 -0 1 -1 0.1 0.3333333333333333 1e21 1e-7 123456789012345680000 333333333.3333333 5e-324 4.5 2e-3 1e23
  1.7976931348623157e308 -9007199254740991 9007199254740991 295147905179352830000`
    .split(/\s+/)
    .map(Number);

/** A JSON value, up to four deep. */
function randomJson(next: () => number, depth = 4): unknown {
  const below = (count: number) => Math.floor(next() * count);
  const one = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const text = () => Array.from({ length: below(5) }, () => one(CHARACTERS)).join('');
  const kind = below(depth > 0 ? 7 : 5);
  if (kind === 0) return one([null, true, false]);
  if (kind === 1) return one(NUMBERS);
  if (kind === 2) return (next() - 0.5) * 10 ** (below(60) - 30);
  if (kind <= 4) return text();
  const several = Array.from({ length: below(7) }, () => randomJson(next, depth - 1));
  return kind === 5 ? several : Object.fromEntries(several.map((value) => [text(), value]));
}

describe('The canonical text of a value', () => {
  it('is what canonicalize writes, for any JSON', () => {
    const next = sequence(8785);
    for (let round = 0; round < 5_000; round += 1) {
      const value = randomJson(next);
      expect(canonical(value, 'a value')).toBe(canonicalize(value));
    }
  });

  it('is that of RFC 8785, 3.2.2 and 3.2.3', () => {
    const example = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonical(example, 'a value')).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const order = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonical(order, 'a value')).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  it('leaves out members that are undefined, and keeps one that is called __proto__', () => {
    expect(canonical({ b: undefined, a: 1 }, 'a value')).toBe('{"a":1}');
    expect(canonical(JSON.parse('{"__proto__":{"a":1}}'), 'a value')).toBe('{"__proto__":{"a":1}}');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['nothing in a list', [undefined]],
    ['a hole in a list', Object.assign([], { 2: 1 })],
    ['NaN', NaN],
    ['infinity', [{ a: -Infinity }]],
    ['a big integer', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('a') }],
    ['a date', { a: new Date(0) }],
    ['half a character', ['\ud800']],
    ['half a character in a name', { '\udc00': 1 }],
    ['half a character in a name without value', { '\udc00': undefined }],
  ])('is not made of %s', (_what, value) => {
    expect(() => canonical(value, 'a value')).toThrow(TypeError);
    expect(() => canonical(value, 'a value')).toThrow(/^a value holds /);
  });
});
