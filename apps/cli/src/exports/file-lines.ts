import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';

/** Where a line begins. */
export interface LinePlace {
  readonly offset: number;
  /** From 1. */
  readonly line: number;
}

export interface FileLine extends LinePlace {
  /** Without the line feed. */
  readonly bytes: Buffer;
  /** Whether a line feed follows; false for what is left at the end of a file. */
  readonly ended: boolean;
}

/** A line is longer than any that could be meant. */
export class LineTooLong extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is too long`);
    this.name = 'LineTooLong';
  }
}

const CHUNK = 64 * 1_024;
/** The largest entry, escaped, is 131 KB; a checkpoint with a hundred signatures of the longest kind some 350 KB. */
const LONGEST_LINE = 1_024 * 1_024;

/** The lines of a file from a place on, in the memory of one line. Throws LineTooLong. */
export async function* linesOf(
  file: FileHandle,
  from: LinePlace = { offset: 0, line: 1 },
): AsyncGenerator<FileLine> {
  let { offset, line } = from;
  let read = offset;
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, read);
    read += bytesRead;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      yield { offset, line, bytes: bytes.subarray(start, end), ended: true };
      offset += end + 1 - start;
      start = end + 1;
      line += 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > LONGEST_LINE) throw new LineTooLong(line);
    if (bytesRead === 0) break;
  }
  if (rest.length > 0) yield { offset, line, bytes: rest, ended: false };
}
