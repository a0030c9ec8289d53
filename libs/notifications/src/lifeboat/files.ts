import * as fs from 'node:fs';
import { dirname } from 'node:path';

/** What the lifeboat asks of the file system; a test may hand in one that is full or breaks in the middle. */
export type Files = Pick<
  typeof fs,
  | 'closeSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readFileSync'
  | 'readdirSync'
  | 'renameSync'
  | 'rmSync'
  | 'statSync'
  | 'writeSync'
>;
export const machineFiles: Files = fs;

/** The disk takes no more, or is gone. What was there before is there still. */
export class LifeboatUnwritable extends Error {
  readonly code = 'lifeboat-unwritable';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LifeboatUnwritable';
  }
}

/** The file's bytes; null where they cannot be read, whatever the reason. */
export function contentOf(files: Files, path: string): Buffer | null {
  try {
    return files.readFileSync(path);
  } catch {
    return null;
  }
}

/** Writes all of `bytes` at `position`; the system may take them in parts, and says why it takes no more. */
export function writeAt(files: Files, file: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += files.writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

/** Puts a whole new file of mode 0600 in the place of `path`, durably; on an error the old one stands. */
export function replaceFile(files: Files, path: string, bytes: Buffer): void {
  const draft = `${path}.draft`;
  try {
    // The rest of an earlier crash goes first: it could be another's, or readable by others.
    files.rmSync(draft, { force: true });
    withFile(files, draft, 'wx', (file) => {
      writeAt(files, file, bytes, 0);
      files.fsyncSync(file);
    });
    // A crash before this line leaves the old file and a draft; after it the new file.
    files.renameSync(draft, path);
  } catch (error) {
    try {
      files.rmSync(draft, { force: true });
    } catch {
      // It is removed before the next attempt.
    }
    throw error;
  }
  withFile(files, dirname(path), 'r', (directory) => files.fsyncSync(directory));
}

export function withFile<T>(files: Files, path: string, flags: string, use: (file: number) => T): T {
  const file = files.openSync(path, flags, 0o600);
  try {
    return use(file);
  } finally {
    files.closeSync(file);
  }
}
