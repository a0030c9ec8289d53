import type { Buffer } from 'node:buffer';

/** What a layout needs of a font: which characters it has, and how wide each is. */
export interface GlyphMap {
  has(codePoint: number): boolean;
  /** In ems. That of a character which the font lacks is that of its box for missing ones. */
  advance(codePoint: number): number;
}

/** A font file that is not what this reads: a TrueType font with a full Unicode map (`cmap` format 12). */
export class FontUnreadable extends Error {
  constructor(why: string) {
    super(`the font cannot be read: ${why}`);
    this.name = 'FontUnreadable';
  }
}

/** Platform 3, encoding 10: all of Unicode. */
const FULL_UNICODE = 0x0003_000a;
const SEGMENTED_COVERAGE = 12;
const GROUP_BYTES = 12;

/**
 * Reads characters and widths from a font's own tables (OpenType: `cmap`, `head`, `hhea`, `hmtx`), so that lines are
 * broken without the library that draws them. Throws FontUnreadable.
 */
export function readGlyphMap(font: Buffer): GlyphMap {
  const tables = tablesOf(font);
  const glyphOf = glyphsOf(font, tableAt(tables, 'cmap'));
  const unitsPerEm = font.readUInt16BE(tableAt(tables, 'head') + 18);
  const measured = font.readUInt16BE(tableAt(tables, 'hhea') + 34);
  const widths = tableAt(tables, 'hmtx');
  return {
    has: (codePoint) => glyphOf(codePoint) !== 0,
    // Glyphs after the last that is measured are as wide as it.
    advance: (codePoint) =>
      font.readUInt16BE(widths + 4 * Math.min(glyphOf(codePoint), measured - 1)) / unitsPerEm,
  };
}

function tablesOf(font: Buffer): ReadonlyMap<string, number> {
  if (font.length < 12 || font.readUInt32BE(0) !== 0x0001_0000)
    throw new FontUnreadable('it is no TrueType font');
  const count = font.readUInt16BE(4);
  return new Map(
    Array.from({ length: count }, (_, at) => {
      const entry = 12 + 16 * at;
      return [font.toString('latin1', entry, entry + 4), font.readUInt32BE(entry + 8)] as const;
    }),
  );
}

function tableAt(tables: ReadonlyMap<string, number>, name: string): number {
  const at = tables.get(name);
  if (at === undefined) throw new FontUnreadable(`it has no table ${name}`);
  return at;
}

/** The glyph of a character by binary search among the groups; 0 where there is none. */
function glyphsOf(font: Buffer, cmap: number): (codePoint: number) => number {
  const subtables = Array.from({ length: font.readUInt16BE(cmap + 2) }, (_, at) => cmap + 4 + 8 * at);
  const full = subtables.find((at) => font.readUInt32BE(at) === FULL_UNICODE);
  if (full === undefined) throw new FontUnreadable('it has no map of all of Unicode');
  const map = cmap + font.readUInt32BE(full + 4);
  if (font.readUInt16BE(map) !== SEGMENTED_COVERAGE) throw new FontUnreadable('its map is of another format');
  const groups = font.readUInt32BE(map + 12);
  const groupAt = (index: number): number => map + 16 + GROUP_BYTES * index;
  return (codePoint) => {
    let [low, high] = [0, groups - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const group = groupAt(middle);
      const first = font.readUInt32BE(group);
      if (codePoint < first) high = middle - 1;
      else if (codePoint > font.readUInt32BE(group + 4)) low = middle + 1;
      else return font.readUInt32BE(group + 8) + codePoint - first;
    }
    return 0;
  };
}
