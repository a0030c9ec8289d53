import { describe, expect, it } from '@jest/globals';
import { allOf, anyOf, not, type Query } from '#domain';
import { readCursor, spelling, trailCursor, writeCursor } from './cursor.js';
import { BadCursor, type TrailFilter } from './port.js';

const term = (value: string): Query => ({ kind: 'is', field: 'operator', value });

describe('a cursor', () => {
  const filter = { operator: 'op-1', from: '2026-04-01T00:00:00.000Z' };
  const write = (position: string, of: TrailFilter): string => writeCursor(position, spelling(of));
  const read = (text: string, of: TrailFilter): bigint => readCursor(text, spelling(of));
  const cursor = write('9007199254740993', filter);

  it('carries a position beyond 53 bits', () => {
    expect(read(cursor, filter)).toBe(9_007_199_254_740_993n);
  });

  it('is short and fit for a URL', () => {
    expect(cursor).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('does not mind the order of the fields of its filter', () => {
    expect(read(cursor, { from: filter.from, operator: filter.operator })).toBe(9_007_199_254_740_993n);
  });

  it('belongs to what a query means, however it is put together', () => {
    const query = allOf([term('a'), allOf([term('b'), term('c')])]);
    const same = allOf([allOf([term('a'), term('b')]), term('c')]);
    const found = write('7', { query });
    expect(read(found, { query: same })).toBe(7n);
    expect(found).toBe(trailCursor({ query }, '7'));
    for (const other of [{ query: anyOf([term('a'), term('b')]) }, { query: not(query) }, {}])
      expect(() => read(found, other)).toThrow(BadCursor);
  });

  it('is refused for another filter', () => {
    for (const other of [{}, { operator: 'op-1' }, { terminal: 'op-1', from: filter.from }]) {
      expect(() => read(cursor, other)).toThrow(BadCursor);
    }
  });

  it('is refused with any one character changed', () => {
    for (let index = 0; index < cursor.length; index++) {
      for (const character of ['A', 'B', 'z', '_', '/', '=', ' ']) {
        if (cursor[index] === character) continue;
        const changed = cursor.slice(0, index) + character + cursor.slice(index + 1);
        expect(() => read(changed, filter)).toThrow(BadCursor);
      }
    }
  });

  it('is refused for a position that no row can have, though it was made with care', () => {
    expect(read(write(String(2n ** 63n - 1n), filter), filter)).toBe(2n ** 63n - 1n);
    for (const position of [2n ** 63n, 2n ** 64n - 1n])
      expect(() => read(write(String(position), filter), filter)).toThrow(BadCursor);
  });

  it.each(['', 'next', `${cursor}A`, cursor.slice(1), `${cursor}==`, '\u0000'.repeat(22)])(
    'is refused as %j',
    (text) => {
      expect(() => read(text, filter)).toThrow(BadCursor);
    },
  );
});
