import type { Buffer } from 'node:buffer';
import { decodeBundle } from '../core/bundle.js';
import { HASH_BYTES } from '../core/hashing.js';
import type { TileReader } from '../core/subtrees.js';
import {
  fullTilePath,
  partialTilesDirectory,
  TILE_WIDTH,
  tilePath,
  type Tile,
  type TileLevel,
} from '../core/tiles.js';
import { LogInconsistent } from '../port.js';
import { putFiles, type Disk } from './disk.js';

/** A tile or bundle to be written. */
export interface TileFile {
  readonly tile: Tile;
  readonly bytes: Buffer;
  /** How many of its first bytes the last checkpoint already covers: whatever is on disk must agree in those. */
  readonly covered: number;
}

/**
 * The bytes of a tile or bundle: from the file of its width or, when that is gone because the tile has become full
 * since, the beginning of the full one. Null when neither is there. Bytes come as they are, damaged or not, except
 * that a full file standing in for a partial one is cut to the width asked for.
 */
export function readTileBytes(disk: Pick<Disk, 'read'>, tile: Tile): Buffer | null {
  const exact = disk.read(tilePath(tile));
  if (exact !== null || tile.width === TILE_WIDTH) return exact;
  const full = disk.read(fullTilePath(tile.level, tile.index));
  if (full === null) return null;
  return cutToWidth(full, tile);
}

/** The beginning of a full tile or bundle that is the partial one of this width. */
export const cutToWidth = (full: Buffer, { level, width }: Tile): Buffer =>
  full.subarray(0, level === 'entries' ? decodeBundle(full, width).bytes : width * HASH_BYTES);

/** Reads hash tiles for roots and proofs. A missing or cut tile throws LogInconsistent. */
export const tileReader =
  (disk: Pick<Disk, 'read'>): TileReader =>
  (tile) => {
    const bytes = readTileBytes(disk, tile);
    if (bytes === null || bytes.length < tile.width * HASH_BYTES) {
      throw new LogInconsistent(
        tilePath(tile),
        bytes === null ? 'the tile is missing' : 'the tile is too short',
      );
    }
    return bytes;
  };

/**
 * Writes tiles and bundles durably. What lies beyond the checkpoint is overwritten, whoever left it there; a file
 * that differs in bytes the checkpoint covers throws LogInconsistent before anything is written.
 */
export function writeTiles(disk: Disk, files: readonly TileFile[]): void {
  for (const { tile, bytes, covered } of files) {
    const existing = covered === 0 ? null : disk.read(tilePath(tile));
    if (existing !== null && !existing.subarray(0, covered).equals(bytes.subarray(0, covered))) {
      throw new LogInconsistent(tilePath(tile), 'differs from what the checkpoint covers');
    }
  }
  putFiles(
    disk,
    files.map(({ tile, bytes }) => ({ path: tilePath(tile), bytes })),
  );
}

/** Removes the partial forms of a tile that has become full. A crash in between leaves some; they harm nobody. */
export const dropPartials = (disk: Disk, level: TileLevel, index: number): void =>
  disk.removeDirectory(partialTilesDirectory(level, index));
