import type { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type GlyphMap, readGlyphMap } from './glyph-map.js';

/** One weight of a typeface: the file, which is embedded as a subset, and what the layout needs of it. */
export interface Face extends GlyphMap {
  readonly bytes: Buffer;
}

export interface Typeface {
  readonly regular: Face;
  readonly bold: Face;
}

const PACKAGE = '@expo-google-fonts/biz-udgothic';

/**
 * BIZ UDGothic (Morisawa; SIL Open Font License 1.1, whose text travels in the package): a universal design face, made
 * to be told apart by tired and by old eyes. Rejects when the package's files are missing or are no fonts.
 */
export async function openTypeface(): Promise<Typeface> {
  const [regular, bold] = await Promise.all([
    face('400Regular/BIZUDGothic_400Regular.ttf'),
    face('700Bold/BIZUDGothic_700Bold.ttf'),
  ]);
  return { regular, bold };
}

async function face(file: string): Promise<Face> {
  const bytes = await readFile(createRequire(import.meta.url).resolve(`${PACKAGE}/${file}`));
  return { bytes, ...readGlyphMap(bytes) };
}
