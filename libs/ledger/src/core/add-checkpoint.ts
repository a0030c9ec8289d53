import { fromBase64 } from './base64.js';
import { HASH_BYTES, type Hash } from './hashing.js';

/** The body of C2SP tlog-witness's `add-checkpoint`: a checkpoint, and the proof that it continues an older one. */
export interface AddCheckpoint {
  /** The size of the checkpoint that the witness cosigned last, as far as the asker knows; 0 for none. */
  readonly oldSize: number;
  /** The consistency proof from that size to the checkpoint's; empty from 0. */
  readonly proof: readonly Hash[];
  /** The checkpoint's note, verbatim. */
  readonly note: string;
}

const MAX_PROOF = 63;

/** `old N`, a hash a line, an empty line, the note. */
export const formatAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;

/** Reads a body strictly; null for anything `formatAddCheckpoint` would not write. The note is not looked at. */
export function parseAddCheckpoint(body: string): AddCheckpoint | null {
  const end = body.indexOf('\n\n');
  const [first, ...lines] = body.slice(0, Math.max(0, end)).split('\n');
  const [, oldSize] = /^old (0|[1-9]\d*)$/.exec(first ?? '') ?? [];
  if (oldSize === undefined || !Number.isSafeInteger(Number(oldSize)) || lines.length > MAX_PROOF)
    return null;
  const proof: Hash[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash?.length !== HASH_BYTES) return null;
    proof.push(hash);
  }
  return { oldSize: Number(oldSize), proof, note: body.slice(end + 2) };
}
