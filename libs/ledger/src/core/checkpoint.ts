import { fromBase64 } from './base64.js';
import { HASH_BYTES, type Hash } from './hashing.js';
import { MalformedNote } from './note.js';

/** Checkpoints of C2SP tlog-checkpoint: the text of a log's signed note. */
export interface Checkpoint {
  /** The log's identity: a URL without scheme, and the name of its key. */
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  readonly root: Hash;
}

/** `origin\nsize\nbase64(root)\n`. No extension lines: nobody could audit them. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n')) throw new MalformedNote('an origin is one line, and not empty');
  if (!Number.isSafeInteger(size) || size < 0) throw new MalformedNote(`${size} is not the size of a tree`);
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads a checkpoint's text strictly: no leading zeroes, a root of 32 bytes in canonical base64. Extension lines of
 * other logs are allowed and left out. Throws MalformedNote; believe it only after the note's signature was verified.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, size, root] = lines;
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) {
    throw new MalformedNote('a checkpoint is three or more whole lines, none empty');
  }
  if (!/^(?:0|[1-9]\d*)$/.test(size ?? '') || !Number.isSafeInteger(Number(size))) {
    throw new MalformedNote('the second line of a checkpoint is its size, without leading zeroes');
  }
  const hash = fromBase64(root ?? '');
  if (hash?.length !== HASH_BYTES)
    throw new MalformedNote('the third line of a checkpoint is a hash in base64');
  return { origin: origin ?? '', size: Number(size), root: hash };
}
