import { describe, expect, it } from '@jest/globals';
import { type Cell, heightOfLine, layRow, PADDING, pageBreaks } from './table-layout.js';

const measure = (codePoint: number): number => (codePoint < 0x80 ? 0.5 : 1);
const SIZE = 10;
const LINE = heightOfLine({ size: SIZE });
const cell = (...texts: string[]): Cell => texts.map((text) => ({ text, size: SIZE }));
/** A column that holds so many kanji a line. */
const column = (kanji: number): number => kanji * SIZE + 2 * PADDING.x;

describe('a row of a table', () => {
  it('is as high as its fullest cell, each line below the one before', () => {
    const [row, ...more] = layRow(
      [cell('国'), cell('国土交通省', 'MLIT')],
      [column(3), column(3)],
      measure,
      500,
    );
    expect(more).toEqual([]);
    expect(row?.height).toBeCloseTo(3 * LINE + 2 * PADDING.y);
    expect(row?.cells.map((lines) => lines.map(({ text }) => text))).toEqual([
      ['国'],
      ['国土交', '通省', 'MLIT'],
    ]);
    expect(row?.cells[1]?.map(({ top }) => top)).toEqual([0, 1, 2].map((at) => PADDING.y + at * LINE));
  });

  it('has no text that is wider than its column', () => {
    const rows = layRow(
      [cell('国土交通省自動車局自動車情報課ABCDEFGHIJKLMNOPQRSTUVWXYZ')],
      [column(4)],
      measure,
      500,
    );
    for (const { text } of rows.flatMap(({ cells }) => cells.flat())) {
      const width = Array.from(text).reduce((sum, c) => sum + measure(c.codePointAt(0) ?? 0) * SIZE, 0);
      expect(width).toBeLessThanOrEqual(column(4) - 2 * PADDING.x);
    }
  });

  it('comes in parts where it is taller than a page, and loses no line', () => {
    const tallest = 2 * LINE + 2 * PADDING.y;
    const parts = layRow([cell('国土交通省'), cell('課')], [column(1), column(1)], measure, tallest);
    expect(parts.map(({ cells }) => cells.map((lines) => lines.map(({ text }) => text).join('')))).toEqual([
      ['国土', '課'],
      ['交通', ''],
      ['省', ''],
    ]);
    for (const { height } of parts) expect(height).toBeLessThanOrEqual(tallest);
  });
});

describe('the rows of a table are broken into pages', () => {
  const rooms = { first: 50, further: 100 };

  it.each<[what: string, heights: readonly number[], tail: number, pages: readonly number[]]>([
    ['one page for none', [], 20, [0]],
    [
      'as many as the first page has room for, then as a further page has',
      [20, 20, 20, 40, 40, 40],
      0,
      [2, 3, 1],
    ],
    ['to the point', [25, 25, 50, 50], 0, [2, 2]],
    ['with the end behind the last row', [30], 20, [1]],
    ['with the end on a page of its own where it has no room', [30], 21, [1, 0]],
    ['with the end alone where it has no room on an empty first page', [], 60, [0, 0]],
    ['with an empty first page where the first row is too high for it', [80], 20, [0, 1]],
  ])('%s', (_what, heights, tail, pages) => {
    expect(pageBreaks(heights, rooms, tail)).toEqual(pages);
  });

  it('but for a row that no page holds', () => {
    expect(() => pageBreaks([101], rooms, 0)).toThrow(RangeError);
  });
});
