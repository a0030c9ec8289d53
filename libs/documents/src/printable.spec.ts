import { beforeAll, describe, expect, it } from '@jest/globals';
import { FontUnreadable, readGlyphMap } from './glyph-map.js';
import { Printable } from './printable.js';
import { openTypeface, type Typeface } from './typeface.js';

describe('the typeface', () => {
  let typeface: Typeface;
  beforeAll(async () => {
    typeface = await openTypeface();
  });

  const printed = (text: string) => {
    const printable = new Printable([typeface.regular, typeface.bold]);
    return { text: printable.of(text), missing: printable.missing };
  };

  it('has what offices write, in both weights', () => {
    const text = '国土交通省自動車局　㈱①Ⅲ髙﨑德〓 ABC abc 0123 -_:+/（審査）';
    expect(printed(text)).toEqual({ text, missing: [] });
  });

  it('sets Latin letters half as wide as kanji', () => {
    for (const face of [typeface.regular, typeface.bold])
      expect(Array.from('A9 -国。（〓').map((c) => face.advance(c.codePointAt(0) ?? 0))).toEqual([
        0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1,
      ]);
  });

  it.each<[what: string, text: string, shown: string, missing: readonly string[]]>([
    ['of the private use area', '\u{E000}田', '〓田', ['U+E000']],
    ['of a plane that it does not have', '\u{30000}\u{E000}\u{E000}', '〓〓〓', ['U+E000', 'U+30000']],
    ['in a variant by selector', '葛\u{E0100}城', '〓城', ['U+845B U+E0100']],
    ['that is half of a pair', 'a\u{D842}b', 'a〓b', ['U+D842']],
    ['that would end the line', '一\n二', '一〓二', ['U+000A']],
    ['that would turn the text around', '\u{202E}abc', '〓abc', ['U+202E']],
  ])('shows a character %s as a geta mark, and names it', (_what, text, shown, missing) => {
    expect(printed(text)).toEqual({ text: shown, missing });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('%PDF-1.7 and more')],
    ['a font without tables', Buffer.from('00010000000000000000000000', 'hex')],
  ])('is not read from %s', (_what, bytes) => {
    expect(() => readGlyphMap(bytes)).toThrow(FontUnreadable);
  });
});
