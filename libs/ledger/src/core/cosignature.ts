import { Buffer } from 'node:buffer';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';

/**
 * C2SP tlog-cosignature: a witness's statement that, at a time, this was the largest checkpoint of the log it had seen,
 * and a continuation of all it had seen before. Times are POSIX seconds.
 */

const TIME_BYTES = 8;
/** Times beyond are refused by the specification. */
const LATEST_TIME = 2n ** 63n - 1n;

/** A timestamped signature taken apart. */
export interface Cosignature {
  /** POSIX seconds; exact, for it was signed. */
  readonly time: bigint;
  readonly signature: Buffer;
}

/** What a witness's Ed25519 key signs: two lines, then the note's text. */
export const timedMessage = (time: bigint, text: string): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);

const SUBTREE_LABEL = Buffer.from('subtree/v1\n\0');

/**
 * What an ML-DSA-44 key signs: the tree that a checkpoint names, without the checkpoint's extension lines. Null when the
 * text is not a checkpoint, or a name does not fit into 255 bytes.
 */
export function subtreeMessage(name: string, time: bigint, text: string): Buffer | null {
  const checkpoint = checkpointIn(text);
  if (checkpoint === null) return null;
  const [cosigner, origin] = [Buffer.from(name), Buffer.from(checkpoint.origin)];
  if (cosigner.length > 255 || origin.length > 255) return null;
  return Buffer.concat([
    SUBTREE_LABEL,
    Buffer.of(cosigner.length),
    cosigner,
    uint64(time),
    Buffer.of(origin.length),
    origin,
    uint64(0n),
    uint64(BigInt(checkpoint.size)),
    checkpoint.root,
  ]);
}

/** `time ‖ signature`, as a signature line carries it. */
export const sealCosignature = ({ time, signature }: Cosignature): Buffer =>
  Buffer.concat([uint64(time), signature]);

/** Takes a timestamped signature apart; null when it is too short or its time is beyond the specification's. */
export function openCosignature(bytes: Buffer): Cosignature | null {
  if (bytes.length <= TIME_BYTES) return null;
  const time = bytes.readBigUInt64BE();
  return time > LATEST_TIME ? null : { time, signature: bytes.subarray(TIME_BYTES) };
}

function checkpointIn(text: string): Checkpoint | null {
  try {
    return parseCheckpoint(text);
  } catch {
    return null;
  }
}

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
