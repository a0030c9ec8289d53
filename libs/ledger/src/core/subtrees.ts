import type { Buffer } from 'node:buffer';
import { completeRoot } from './frontier.js';
import { EMPTY_ROOT, HASH_BYTES, nodeHash, type Hash } from './hashing.js';
import { hashesAtLevel, TILE_HEIGHT, TILE_WIDTH, type Tile } from './tiles.js';

/**
 * The root of the complete subtree of 2^height leaves that is number `index` at that height. The caller asks only
 * for subtrees that lie wholly inside the tree.
 */
export type SubtreeReader = (height: number, index: number) => Hash;

/** The bytes of a hash tile, at least `width` hashes of it. Throws when it is not there. */
export type TileReader = (tile: Tile) => Buffer;

/**
 * Reads subtrees of a tree of `size` leaves from its tiles. Trees that were smaller once are part of it, so their
 * roots and proofs come from the same reader. The last tiles read are remembered, one for each level.
 */
export function subtreesFromTiles(size: number, readTile: TileReader): SubtreeReader {
  const last = new Map<number, { index: number; bytes: Buffer }>();
  const tileBytes = (level: number, index: number): Buffer => {
    const known = last.get(level);
    if (known?.index === index) return known.bytes;
    const width = Math.min(TILE_WIDTH, hashesAtLevel(size, level) - index * TILE_WIDTH);
    if (width <= 0)
      throw new RangeError(`tile ${index} of level ${level} is beyond a tree of ${size} leaves`);
    const bytes = readTile({ level, index, width });
    if (bytes.length < width * HASH_BYTES)
      throw new RangeError(`tile ${index} of level ${level} is too short`);
    last.set(level, { index, bytes });
    return bytes;
  };
  return (height, index) => {
    const level = Math.floor(height / TILE_HEIGHT);
    const span = 2 ** (height % TILE_HEIGHT);
    const first = index * span;
    const bytes = tileBytes(level, Math.floor(first / TILE_WIDTH));
    const start = first % TILE_WIDTH;
    if ((start + span) * HASH_BYTES > bytes.length) {
      throw new RangeError(`subtree ${index} of height ${height} is not complete among ${size} leaves`);
    }
    return completeRoot(
      Array.from({ length: span }, (_, place) =>
        bytes.subarray((start + place) * HASH_BYTES, (start + place + 1) * HASH_BYTES),
      ),
    );
  };
}

/** The largest power of two below `count` (RFC 6962 splits a tree of `count` leaves there); `count` is at least 2. */
export function splitPoint(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** MTH of the leaves [start, end) as RFC 6962 splits them; `start` is a multiple of the split above. */
export function rangeRoot(start: number, end: number, read: SubtreeReader): Hash {
  const count = end - start;
  if (count === 0) return EMPTY_ROOT;
  const height = Math.log2(count);
  if (Number.isInteger(height) && 2 ** height === count) return read(height, start / count);
  const split = splitPoint(count);
  return nodeHash(rangeRoot(start, start + split, read), rangeRoot(start + split, end, read));
}
