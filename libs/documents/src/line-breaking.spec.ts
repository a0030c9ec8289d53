import { describe, expect, it } from '@jest/globals';
import { linesOf } from './line-breaking.js';

/** As in the typeface: what is in ASCII is half as wide as the rest. */
const measure = (codePoint: number): number => (codePoint < 0x80 ? 0.5 : 1);
const widthOf = (line: string): number =>
  Array.from(line).reduce((sum, c) => sum + measure(c.codePointAt(0) ?? 0), 0);

describe('a text is broken into lines', () => {
  it.each<[what: string, text: string, width: number, lines: readonly string[]]>([
    ['not where it fits', '国土交通省', 5, ['国土交通省']],
    ['between any two Japanese characters', '国土交通省自動車局', 4, ['国土交通', '省自動車', '局']],
    ['not before a full stop', '消去した。次', 4, ['消去し', 'た。次']],
    ['not before several closing marks', '（審査）」次', 4, ['（審', '査）」次']],
    ['not after an opening bracket', '新規検査（審査）', 5, ['新規検査', '（審査）']],
    ['not before a small kana or a long vowel', 'センター長', 3, ['セン', 'ター長']],
    ['not within a number of a case', '案件SK-2032-000002', 8, ['案件', 'SK-2032-000002']],
    ['not within an English word', 'new inspection: examination', 8, ['new inspection:', 'examination']],
    ['within a word that no line can hold', 'abcdefghij', 2, ['abcd', 'efgh', 'ij']],
    ['by the rule of width where marks alone fill it', '」」」」」', 2, ['」」', '」」', '」']],
    ['with a character that is wider than the line alone', '省A', 0.5, ['省', 'A']],
    ['into one empty line if it is empty', '', 5, ['']],
  ])('%s', (_what, text, width, lines) => {
    expect(linesOf(text, width, measure)).toEqual(lines);
  });

  it('so that nothing is lost and nothing is too wide, whatever the text and the width', () => {
    const alphabet = Array.from('国土（「」）。、ー々っAb1-:. 〓$%');
    let state = 7;
    const next = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (let round = 0; round < 2_000; round += 1) {
      const text = Array.from({ length: next(40) }, () => alphabet[next(alphabet.length)]).join('');
      const width = 1 + next(12) / 2;
      const lines = linesOf(text, width, measure);
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width);
    }
  });
});
