import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { marksIn } from './marks.js';

/** Every file below a directory, as bytes. */
export function filesBelow(directory: string): ReadonlyMap<string, Buffer> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(directory, path), readFileSync(path)];
    }),
  );
}

/** `<file>: <mark>` for every mark in every file. */
export const leaksIn = (files: ReadonlyMap<string, Buffer>, marks: readonly string[]): readonly string[] =>
  [...files].flatMap(([file, bytes]) => marksIn(bytes, marks).map((mark) => `${file}: ${mark}`));
