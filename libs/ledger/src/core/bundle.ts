import { Buffer } from 'node:buffer';
import { MAX_ENTRY_BYTES } from './hashing.js';

/** Entry bundles of C2SP tlog-tiles: entries one after the other, each preceded by its length as big-endian uint16. */

const LENGTH_BYTES = 2;

/** The bytes of a bundle. Throws a RangeError for an entry over 65,535 bytes. */
export function encodeBundle(entries: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes`);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(entry.length);
    parts.push(length, entry);
  }
  return Buffer.concat(parts);
}

export interface DecodedBundle {
  /** The whole entries, as views into the bytes given; at most the number asked for. */
  readonly entries: readonly Buffer[];
  /** How many bytes those entries take; less than the length given when something follows or is cut off. */
  readonly bytes: number;
}

/** Reads up to `limit` entries. Never throws: the caller compares count and `bytes` with what should be there. */
export function decodeBundle(bytes: Buffer, limit: number): DecodedBundle {
  const entries: Buffer[] = [];
  let at = 0;
  while (entries.length < limit && at + LENGTH_BYTES <= bytes.length) {
    const end = at + LENGTH_BYTES + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return { entries, bytes: at };
}
