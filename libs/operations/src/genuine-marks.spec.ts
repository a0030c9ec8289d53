import { beforeEach, describe, expect, it } from '@jest/globals';
import { GenuineMarks } from './genuine-marks.js';
import type { Marks } from './port.js';

describe('marks with the MAC of their installation', () => {
  let rows: Map<string, string>;
  let table: Marks;
  let marks: GenuineMarks;
  beforeEach(() => {
    rows = new Map();
    table = {
      read: (name) => JSON.parse(rows.get(name) ?? 'null') as never,
      write: (name, value) => void rows.set(name, JSON.stringify(value)),
    };
    marks = new GenuineMarks(table, Buffer.alloc(32, 1));
  });

  it.each([[null], [false], [0], ['x'], [['a', 1]], [{ b: 1, a: { 2: null, 1: undefined } }]])(
    'are read as they were written, by every process: %j',
    (value) => {
      marks.write('a', value);
      const other = new GenuineMarks(table, Buffer.alloc(32, 1));
      const expected = JSON.parse(JSON.stringify(value)) as unknown;
      expect([other.read('a'), other.genuine('a')]).toEqual([expected, { value: expected }]);
      expect(other.forged).toEqual([]);
    },
  );

  it('are none, and not forged, where nothing was written', () => {
    expect([marks.read('a'), marks.genuine('a'), marks.forged]).toEqual([null, null, []]);
  });

  const forgeries: readonly (readonly [string, () => void])[] = [
    ['has another value', () => rewrite((row) => ({ ...row, value: { at: 2 } }))],
    ['has a MAC of its own making', () => rewrite((row) => ({ ...row, mac: 'a'.repeat(64) }))],
    ['has none', () => rewrite(({ value }) => ({ value }))],
    ['is a bare value', () => rewrite(() => ({ at: 1 }))],
    ['is no object', () => rewrite(() => 17)],
    ['is no JSON', () => void rows.set('a', '{')],
    ['has a MAC that is no text', () => rewrite((row) => ({ ...row, mac: { toString: 1, valueOf: 1 } }))],
    [
      'is nested too deeply',
      () => void rows.set('a', `{"value":${'['.repeat(1e5)}${']'.repeat(1e5)},"mac":""}`),
    ],
    ['is that of another name', () => void rows.set('a', rows.get('b') ?? '')],
    [
      'is that of another installation',
      () => new GenuineMarks(table, Buffer.alloc(32, 2)).write('a', { at: 1 }),
    ],
  ];
  const rewrite = (change: (row: Record<string, unknown>) => unknown): void => {
    rows.set('a', JSON.stringify(change(JSON.parse(rows.get('a') ?? '') as Record<string, unknown>)));
  };

  it.each(forgeries)('count as none and are named as forged where one %s', (_how, forge) => {
    marks.write('a', { at: 1 });
    marks.write('b', { at: 1 });
    forge();
    expect([marks.genuine('a'), marks.read('a'), marks.forged]).toEqual(['forged', null, ['a']]);
    expect(marks.read('b')).toEqual({ at: 1 });
    marks.write('a', { at: 3 });
    marks.told(['a']);
    expect([marks.read('a'), marks.forged]).toEqual([{ at: 3 }, []]);
  });

  it('are named until it is told, also where they were written again meanwhile, and anew when they are forged again', () => {
    for (const _time of [1, 2]) {
      marks.write('a', 1);
      rows.set('a', '{');
      marks.read('a');
      expect([marks.forged, marks.untold]).toEqual([['a'], ['a']]);
      marks.write('a', 2);
      marks.read('a');
      expect([marks.forged, marks.untold]).toEqual([['a'], ['a']]);
      marks.told(['a']);
      expect([marks.forged, marks.untold]).toEqual([[], []]);
    }
    rows.set('a', '{');
    marks.read('a');
    marks.told(['a']);
    marks.read('a');
    expect([marks.forged, marks.untold]).toEqual([['a'], []]);
  });
});
