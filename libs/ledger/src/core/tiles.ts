import { Buffer } from 'node:buffer';
import { HASH_BYTES, type Hash } from './hashing.js';

/** Coordinates and paths of C2SP tlog-tiles. A tile holds eight levels of the tree by its lowest: up to 256 hashes. */

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;

/** Binary levels of the tree that one level of tiles stands for. */
export const TILE_HEIGHT = 8;

/** What a tile holds: hashes of tile level 0 (leaves), 1, 2 …, or the entries themselves. */
export type TileLevel = number | 'entries';

export interface Tile {
  readonly level: TileLevel;
  /** Index within the level, from 0. */
  readonly index: number;
  /** 1 to 256; below 256 the tile is partial. */
  readonly width: number;
}

/** How many hashes tile level `level` has in a tree of `size` leaves: its complete subtrees of 256^level leaves. */
export const hashesAtLevel = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** `tile/<level>/<index>`, index in groups of three digits, all but the last prefixed `x`: 1234067 → x001/x234/067. */
export function fullTilePath(level: TileLevel, index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return `tile/${level}/${groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join('/')}`;
}

/** The directory that keeps the partial tiles of one index. */
export const partialTilesDirectory = (level: TileLevel, index: number): string =>
  `${fullTilePath(level, index)}.p`;

/** The path of a tile below the log's root: `tile/<L>/<N>` or `tile/<L>/<N>.p/<W>`. */
export const tilePath = ({ level, index, width }: Tile): string =>
  width === TILE_WIDTH ? fullTilePath(level, index) : `${partialTilesDirectory(level, index)}/${width}`;

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads a tile's path strictly (what an HTTP route may serve); null for anything `tilePath` would not write. */
export function parseTilePath(path: string): Tile | null {
  const [, level, groups, width] = PATH.exec(path) ?? [];
  if (level === undefined || groups === undefined) return null;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  // Written back it must be the same text: refuses x000/001, .p/256 and indexes beyond exact arithmetic.
  return (tile.level === 'entries' || tile.level < 64) && tilePath(tile) === path ? tile : null;
}

/** The tiles of one level in a tree of `size`, from the tile that holds hash number `from` on; the last may be partial. */
export function* tilesFrom(level: TileLevel, from: number, size: number): Generator<Tile> {
  const total = hashesAtLevel(size, level === 'entries' ? 0 : level);
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < total; index++) {
    yield { level, index, width: Math.min(TILE_WIDTH, total - index * TILE_WIDTH) };
  }
}

/** Every tile and bundle of a tree of `size` leaves: bundles first, then level by level. */
export function* tilesOf(size: number): Generator<Tile> {
  yield* tilesFrom('entries', 0, size);
  for (let level = 0; hashesAtLevel(size, level) > 0; level++) yield* tilesFrom(level, 0, size);
}

/** The bytes of a tile. */
export const encodeTile = (hashes: readonly Hash[]): Buffer => Buffer.concat(hashes);

/** The hashes in a tile's bytes, as views; trailing bytes that make no whole hash are left out. */
export function decodeTile(bytes: Buffer): Hash[] {
  const hashes: Hash[] = [];
  for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES)
    hashes.push(bytes.subarray(at, at + HASH_BYTES));
  return hashes;
}
