import { inflateSync } from 'node:zlib';

/** A piece of marked content (ISO 32000, 14.6): the tag around it, and its text as Unicode. */
export interface PdfPiece {
  readonly tag: string;
  readonly text: string;
}

export interface PdfRead {
  /** The pieces of each page, in the order in which they were drawn. */
  readonly pages: readonly (readonly PdfPiece[])[];
  /** Every object's dictionary, by number, as it stands in the file. */
  readonly objects: ReadonlyMap<number, string>;
}

interface PdfObject {
  readonly dictionary: string;
  readonly stream: Buffer | null;
}

/** Glyph to text, of one font. */
type ToUnicode = ReadonlyMap<string, string>;

/**
 * Reads text back from a PDF as a reader does that knows nothing of its maker: through the fonts' ToUnicode maps. Knows
 * what tests need, files without object streams and fonts of two bytes a glyph; throws for anything else.
 */
export function readPdf(file: Buffer): PdfRead {
  if (!/^%PDF-1\.\d\n/.test(file.toString('latin1', 0, 16))) throw new Error('no PDF');
  if (!file.toString('latin1', file.length - 16).includes('%%EOF')) throw new Error('the PDF is not whole');
  const objects = objectsOf(file);
  const at = (number: number): PdfObject => {
    const object = objects.get(number);
    if (!object) throw new Error(`the PDF has no object ${number}`);
    return object;
  };
  const [, kids = ''] = /\/Type \/Pages[^]*?\/Kids \[([^\]]*)\]/.exec(dictionaries(objects)) ?? [];
  const pages = references(kids).map((page) => {
    const { dictionary } = at(page);
    const fonts = fontsOf(at(reference(dictionary, 'Resources')).dictionary, at);
    return piecesOf(streamOf(at(reference(dictionary, 'Contents'))), fonts);
  });
  return { pages, objects: new Map([...objects].map(([number, { dictionary }]) => [number, dictionary])) };
}

/** All that is read aloud: the text outside of artifacts, piece by piece. */
export const spokenIn = ({ pages }: PdfRead): readonly PdfPiece[] =>
  pages.flat().filter(({ tag }) => tag !== 'Artifact');

function objectsOf(file: Buffer): ReadonlyMap<number, PdfObject> {
  const text = file.toString('latin1');
  const found = new Map<number, PdfObject>();
  const begin = /(?:^|\n)(\d+) 0 obj\n/g;
  for (let match = begin.exec(text); match; match = begin.exec(text)) {
    const from = begin.lastIndex;
    const end = text.indexOf('\nendobj', from);
    const streamAt = text.indexOf('\nstream\n', from);
    if (streamAt < 0 || streamAt > end) {
      found.set(Number(match[1]), { dictionary: text.slice(from, end), stream: null });
      continue;
    }
    const dictionary = text.slice(from, streamAt);
    const start = streamAt + '\nstream\n'.length;
    const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
    found.set(Number(match[1]), { dictionary, stream: file.subarray(start, start + length) });
    begin.lastIndex = start + length;
  }
  return found;
}

const dictionaries = (objects: ReadonlyMap<number, PdfObject>): string =>
  [...objects.values()].map(({ dictionary }) => dictionary).join('\n');

const references = (text: string): readonly number[] =>
  [...text.matchAll(/(\d+) 0 R/g)].map(([, number]) => Number(number));

function reference(dictionary: string, key: string): number {
  const number = new RegExp(`/${key} (\\d+) 0 R`).exec(dictionary)?.[1];
  if (number === undefined) throw new Error(`a dictionary without ${key}`);
  return Number(number);
}

function streamOf({ dictionary, stream }: PdfObject): string {
  if (!stream) throw new Error('an object without a stream');
  return (dictionary.includes('/FlateDecode') ? inflateSync(stream) : stream).toString('latin1');
}

function fontsOf(resources: string, at: (number: number) => PdfObject): ReadonlyMap<string, ToUnicode> {
  const [, fonts = ''] = /\/Font <<([^]*?)>>/.exec(resources) ?? [];
  return new Map(
    [...fonts.matchAll(/\/(\S+) (\d+) 0 R/g)].map(([, name = '', font]) => [
      name,
      toUnicode(streamOf(at(reference(at(Number(font)).dictionary, 'ToUnicode')))),
    ]),
  );
}

/** The map's ranges: `<first> <last> [<text> <text> …]`, each text in UTF-16. */
function toUnicode(cmap: string): ToUnicode {
  const glyphs = new Map<string, string>();
  for (const [, first = '', texts = ''] of cmap.matchAll(/<([0-9a-f]{4})> <[0-9a-f]{4}> \[([^\]]*)\]/g))
    for (const [at, [, text = '']] of [...texts.matchAll(/<([0-9a-f ]*)>/g)].entries()) {
      const units = Buffer.from(text.replaceAll(' ', ''), 'hex').swap16().toString('utf16le');
      glyphs.set((Number.parseInt(first, 16) + at).toString(16).padStart(4, '0'), units);
    }
  return glyphs;
}

const OPERATORS = /\/(\w+) (?:<<[^]*?>> )?(BDC|BMC)|\b(EMC)\b|\/(\w+) [\d.]+ Tf|\[([^\]]*)\] TJ/g;

function piecesOf(content: string, fonts: ReadonlyMap<string, ToUnicode>): readonly PdfPiece[] {
  const pieces: PdfPiece[] = [];
  let font: ToUnicode = new Map();
  let open: { tag: string; text: string } | null = null;
  for (const [, tag, begins, ends, fontName, shown] of content.matchAll(OPERATORS)) {
    if (begins) open = { tag: tag ?? '', text: '' };
    if (ends && open) {
      pieces.push(open);
      open = null;
    }
    if (fontName) font = fonts.get(fontName) ?? new Map();
    if (shown === undefined) continue;
    if (!open) throw new Error('text outside of marked content');
    for (const [glyph] of [...shown.matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => [
      ...hex.matchAll(/.{4}/g),
    ]))
      open.text += font.get(glyph) ?? '\uFFFD';
  }
  return pieces;
}
