import type { GlyphMap } from './glyph-map.js';

/** The geta mark: what Japanese printers set where a character is missing. */
const GETA = '〓';

/** A character by its code points, as a note names it: `U+845B`, and `U+845B U+E0100` for a variant. */
export const nameOf = (character: string): string =>
  Array.from(character)
    .map((part) => `U+${part.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ');

/** A character with the selectors of its variant (IVS) behind it: they are one character, or neither is. */
const CHARACTER = /.[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]*/gsu;
/** What has no shape, and may turn or hide the text around it; and halves of surrogate pairs. */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Makes texts printable in one document. A character (外字) that the fonts cannot show never vanishes and never turns
 * into a like one: 〓 stands for it, and `missing` names it. Variants by selector count as such: the base form alone would
 * be another character.
 */
export class Printable {
  private readonly found = new Set<string>();

  constructor(private readonly faces: readonly Pick<GlyphMap, 'has'>[]) {}

  of(text: string): string {
    return text.replaceAll(CHARACTER, (character) => {
      if (this.shows(character)) return character;
      this.found.add(nameOf(character));
      return GETA;
    });
  }

  /** The names of all that was missing so far, each once, sorted by code point. */
  get missing(): readonly string[] {
    return [...this.found].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  }

  private shows(character: string): boolean {
    const [codePoint = 0, ...selectors] = Array.from(character).map((part) => part.codePointAt(0) ?? 0);
    return (
      selectors.length === 0 && !SHAPELESS.test(character) && this.faces.every((face) => face.has(codePoint))
    );
  }
}
