import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

/**
 * The hashes of RFC 6962, section 2.1, over SHA-256. The prefixes keep a leaf from ever passing for a node.
 * One-shot and synchronous: a leaf costs a microsecond or two, less than handing it to another thread.
 */

/** 32 bytes. */
export type Hash = Buffer;

export const HASH_BYTES = 32;

/** The largest entry in bytes: bundles carry its length as a uint16 (decision 23). */
export const MAX_ENTRY_BYTES = 65_535;

const sha256 = (bytes: Buffer): Hash => hash('sha256', bytes, 'buffer');

/** The root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = sha256(Buffer.alloc(0));

// Hashing is synchronous and nothing below can be entered twice, so one scratch buffer of each kind will do.
const leafScratch = Buffer.alloc(1 + MAX_ENTRY_BYTES);
const nodeScratch = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeScratch[0] = 0x01;

/** `SHA-256(0x00 ‖ entry)`. `entry` is at most MAX_ENTRY_BYTES long; a longer one throws a RangeError. */
export function leafHash(entry: Buffer): Hash {
  if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes`);
  entry.copy(leafScratch, 1);
  return sha256(leafScratch.subarray(0, 1 + entry.length));
}

/** `SHA-256(0x01 ‖ left ‖ right)`. */
export function nodeHash(left: Hash, right: Hash): Hash {
  left.copy(nodeScratch, 1);
  right.copy(nodeScratch, 1 + HASH_BYTES);
  return sha256(nodeScratch);
}
