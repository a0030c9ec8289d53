import { describe, expect, it } from '@jest/globals';
import { isFitForClear, isPlainText, reasonFaults } from './text.js';

describe('text that somebody typed', () => {
  it.each([
    ['words', '日次の確認'],
    ['several lines, with tabs', 'first\n\tsecond\r\nthird'],
    ['a digit', '1'],
    ['a sign', '。'],
    ['a picture of several characters', '👩\u200D💻'],
    ['a character with a variation selector', '\u{845B}\u{E0100}'],
    ['a character of the register outside Unicode', '\u{E000}'],
    ['a character that this Unicode does not know yet', '\u{3FFF0}'],
  ])('is text: %s', (_what, text) => {
    expect(isPlainText(text, 1_000)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['spaces of every width', ' \u3000\u00A0\u2003\n'],
    ['a zero-width space', '\u200B'],
    ['a null character', '\u0000'],
    ['a soft hyphen', '\u00AD'],
    ['a turn of direction', '\u202E'],
    ['a byte order mark', '\uFEFF'],
    ['a blank pattern of Braille', '\u2800'],
    ['the fillers of Hangul', '\u3164\u115F\u1160\uFFA0'],
    ['the joiner of graphemes', '\u034F'],
    ['marks and variation selectors on nothing', '\u0301\uFE0F\u{E0100}'],
    ['invisible letters of a language tag', '\u{E0041}\u{E007F}'],
    ['line separators', '\u2028\u2029'],
    ['many of them', '\u200B \u2800\u3164'.repeat(50)],
  ])('is not, where nobody sees anything of it: %s', (_what, text) => {
    expect(isPlainText(text, 1_000)).toBe(false);
    expect(reasonFaults(text)).toEqual([{ code: 'reason-malformed', field: 'reason' }]);
  });

  it.each([
    ['a null character', 'a\u0000b'],
    ['an escape', 'a\u001B[2Jb'],
    ['a backspace', 'ab\u0008'],
    ['a control of the second set', 'a\u0085b'],
    ['half a character', 'a\uD842'],
  ])('is not, with %s in it', (_what, text) => {
    expect(isPlainText(text, 1_000)).toBe(false);
  });

  it('is no longer than it may be, in code points', () => {
    expect(isPlainText('\u{20BB7}'.repeat(10), 10)).toBe(true);
    expect(isPlainText('\u{20BB7}'.repeat(11), 10)).toBe(false);
  });
});

describe('text for a clear field', () => {
  it.each(['窓口1', 'SK-2026-000017', ''])('may be %j', (text) => {
    expect(isFitForClear(text)).toBe(true);
  });

  it.each(['a\nb', 'a\u200Bb', '\u202Eabc', 'a\u2028b', '24727059608'])('may not be %j', (text) => {
    expect(isFitForClear(text)).toBe(false);
  });
});
