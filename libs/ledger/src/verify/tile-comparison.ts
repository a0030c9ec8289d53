import type { Buffer } from 'node:buffer';
import { completeRoot } from '../core/frontier.js';
import { HASH_BYTES, type Hash } from '../core/hashing.js';
import { decodeTile, TILE_WIDTH, tilePath, type Tile } from '../core/tiles.js';
import type { FaultList } from './faults.js';

/** A hash that could be computed, or null where the bytes below are missing or unreadable. */
export type Computed = Hash | null;

/** A hash tile twice: as what lies below it gives it, and as its file says (null without a usable file). */
export interface TileComparison {
  readonly tile: Tile & { readonly level: number };
  readonly computed: readonly Computed[];
  readonly stored: readonly Hash[] | null;
}

/** Compares what was computed with the bytes of the tile's file; a file of another length is a fault. */
export function compareTile(
  tile: TileComparison['tile'],
  computed: readonly Computed[],
  bytes: Buffer | null,
  faults: FaultList,
): TileComparison {
  const expected = tile.width * HASH_BYTES;
  if (bytes !== null && bytes.length !== expected) {
    faults.add({
      kind: 'tile-malformed',
      path: tilePath(tile),
      expected: `${expected} bytes`,
      found: `${bytes.length} bytes`,
      message: bytes.length < expected ? 'the tile is cut off' : 'bytes follow the last hash of the tile',
    });
  }
  const usable = bytes !== null && bytes.length >= expected;
  return { tile, computed, stored: usable ? decodeTile(bytes.subarray(0, expected)) : null };
}

/** The tile by what lies below it, with the file's hashes where nothing could be computed. */
export const byWhatLiesBelow = ({ computed, stored }: TileComparison): Computed[] =>
  computed.map((hash, at) => hash ?? stored?.[at] ?? null);

/** The tile by its file, with what was computed where there is none. */
export const byItsFile = ({ computed, stored }: TileComparison): Computed[] =>
  computed.map((hash, at) => stored?.[at] ?? hash);

export const areKnown = (hashes: readonly Computed[]): hashes is readonly Hash[] => !hashes.includes(null);

/** The hash that a full tile amounts to in the level above; null when not all of it is known. */
export const fullTileRoot = (hashes: readonly Computed[]): Computed =>
  areKnown(hashes) ? completeRoot(hashes) : null;

/**
 * Reports where the two differ: as one fault of the tile's file or, when the file is borne out by what is above it, as
 * a fault of each entry or tile below that does not give its hash.
 */
export function reportDifferences(comparison: TileComparison, fileIsRight: boolean, faults: FaultList): void {
  const { tile, computed, stored } = comparison;
  const differing = computed.flatMap((hash, at) => {
    const other = stored?.[at];
    return hash === null || other === undefined || hash.equals(other) ? [] : [{ at, hash, other }];
  });
  const [first] = differing;
  if (first === undefined) return;
  if (fileIsRight) {
    for (const { at, hash, other } of differing) blameBelow(tile, at, hash, other, faults);
    return;
  }
  faults.add({
    kind: 'tile-hash',
    path: tilePath(tile),
    expected: first.hash.toString('hex'),
    found: first.other.toString('hex'),
    message: `${differing.length} of ${tile.width} hashes are not those of what lies below, the first is number ${first.at}`,
  });
}

function blameBelow(
  tile: TileComparison['tile'],
  at: number,
  hash: Hash,
  other: Hash,
  faults: FaultList,
): void {
  const index = tile.index * TILE_WIDTH + at;
  const hashes = { expected: other.toString('hex'), found: hash.toString('hex') };
  if (tile.level === 0) {
    const path = tilePath({ ...tile, level: 'entries' });
    faults.add({
      kind: 'entry-hash',
      path,
      entry: index,
      ...hashes,
      message: 'the entry is not the one in the tree',
    });
  } else {
    const path = tilePath({ level: tile.level - 1, index, width: TILE_WIDTH });
    faults.add({
      kind: 'tile-hash',
      path,
      ...hashes,
      message: 'the tile and all below it are not those in the tree',
    });
  }
}
