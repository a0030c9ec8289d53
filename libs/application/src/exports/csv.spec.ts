import { describe, expect, it } from '@jest/globals';
import { cellsOf, csvLine, textOfCell } from './csv.js';

describe('a line of CSV', () => {
  it.each<[string, readonly (string | number | null)[], string]>([
    ['separates cells', ['a', 1, null, '記録'], 'a,1,,記録\r\n'],
    ['quotes what would separate', ['a,b', 'a"b', 'a\nb', ' a'], '"a,b","a""b","a\nb"," a"\r\n'],
    ['leaves numbers alone', [-1, '1-2', 'a=b'], '-1,1-2,a=b\r\n'],
  ])('%s', (_, cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '\u200B=1',
    '\tx',
  ])('runs nothing: %j', (cell) => {
    expect(csvLine([cell]).replace(/^"/, '')).toMatch(/^'/);
  });
});

describe('a line of CSV that is read', () => {
  it.each<[readonly string[]]>([
    [['a', '', '記録']],
    [['']],
    [['a,b', 'a"b', '""', ' a', '"']],
    [['=1', "'=1", "''=1", "'a", '\tx', "'\tx"]],
  ])('has the cells that were written: %j', (cells) => {
    const line = csvLine(cells);
    expect(cellsOf(line.slice(0, -2))?.map(textOfCell)).toEqual(cells);
  });

  it.each(['a"b', '"a', '"a"b', '"a""', '"'])('is none: %s', (line) => {
    expect(cellsOf(line)).toBeNull();
  });
});
