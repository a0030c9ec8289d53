import type { Buffer } from 'node:buffer';
import { decodeBundle, encodeBundle } from '../core/bundle.js';
import { completeRoot, extendFrontier, EMPTY_FRONTIER, type Frontier } from '../core/frontier.js';
import { leafHash, type Hash } from '../core/hashing.js';
import {
  decodeTile,
  encodeTile,
  hashesAtLevel,
  TILE_WIDTH,
  tilePath,
  type Tile,
  type TileLevel,
} from '../core/tiles.js';
import { LogInconsistent } from '../port.js';
import type { Disk } from './disk.js';
import { dropPartials, readTileBytes, tileReader, type TileFile } from './tile-store.js';

/** A new leaf: the entry and its hash, already checked against each other. */
export interface Leaf {
  readonly entry: Buffer;
  readonly hash: Hash;
}

/** The right edge of the tree: the partial bundle, and the partial tile of each level ([] where the level has none). */
export interface Edge {
  readonly size: number;
  readonly entries: readonly Buffer[];
  readonly levels: readonly (readonly Hash[])[];
}

/**
 * Reads the right edge from the files and holds it against the frontier of the checkpoint's row, entries included, so
 * that a damaged tile is never built upon. Throws LogInconsistent.
 */
export function readEdge(disk: Pick<Disk, 'read'>, frontier: Frontier): Edge {
  const { size } = frontier;
  const read = tileReader(disk);
  const levels: Hash[][] = [];
  for (let level = 0; hashesAtLevel(size, level) > 0; level++) {
    const tile = lastTile(level, size);
    levels.push(tile === null ? [] : decodeTile(read(tile)));
  }
  const roots = levels.toReversed().flatMap((hashes) => extendFrontier(EMPTY_FRONTIER, hashes).hashes);
  if (
    roots.length !== frontier.hashes.length ||
    !roots.every((root, at) => root.equals(frontier.hashes[at] as Hash))
  ) {
    throw new LogInconsistent('tile', `the last tiles are not those of the checkpoint of ${size} entries`);
  }
  return { size, entries: readLastBundle(disk, size, levels[0] ?? []), levels };
}

function readLastBundle(disk: Pick<Disk, 'read'>, size: number, hashes: readonly Hash[]): readonly Buffer[] {
  const tile = lastTile('entries', size);
  if (tile === null) return [];
  const bytes = readTileBytes(disk, tile);
  const { entries, bytes: used } = decodeBundle(bytes ?? encodeBundle([]), tile.width);
  if (
    bytes?.length !== used ||
    entries.length !== tile.width ||
    !entries.every((entry, at) => hashes[at]?.equals(leafHash(entry)))
  ) {
    throw new LogInconsistent(tilePath(tile), 'the entries are not those of the checkpoint');
  }
  return entries;
}

/** The partial tile at the end of a level; null when the level ends with a full tile, or is empty. */
function lastTile(level: TileLevel, size: number): Tile | null {
  const total = hashesAtLevel(size, level === 'entries' ? 0 : level);
  const width = total % TILE_WIDTH;
  return width === 0 ? null : { level, index: Math.floor(total / TILE_WIDTH), width };
}

/**
 * The files that leaves add to the log, bundles first: every tile that becomes full, and the new partial tile of each
 * level that grows. Partial tiles are never hashed upwards, and no empty tile is made.
 */
export function grow(edge: Edge, leaves: readonly Leaf[]): TileFile[] {
  const entries = [...edge.entries, ...leaves.map(({ entry }) => entry)];
  const files = chunks('entries', edge.size, edge.entries.length, entries).map(({ tile, items, kept }) => ({
    tile,
    bytes: encodeBundle(items),
    covered: encodeBundle(items.slice(0, kept)).length,
  }));
  let added = leaves.map(({ hash }) => hash);
  for (let level = 0; added.length > 0; level++) {
    const kept = edge.levels[level] ?? [];
    const tiles = chunks(level, hashesAtLevel(edge.size, level), kept.length, [...kept, ...added]);
    for (const { tile, items, kept: covered } of tiles) {
      const bytes = encodeTile(items);
      files.push({ tile, bytes, covered: encodeTile(items.slice(0, covered)).length });
    }
    added = tiles.filter(({ tile }) => tile.width === TILE_WIDTH).map(({ items }) => completeRoot(items));
  }
  return files;
}

interface Chunk<T> {
  readonly tile: Tile;
  readonly items: readonly T[];
  /** How many of the items were there before. */
  readonly kept: number;
}

/** Cuts what a level's last tile held (`kept` of the items) and what is new into tiles. */
function chunks<T>(level: TileLevel, total: number, kept: number, items: readonly T[]): Chunk<T>[] {
  const first = Math.floor(total / TILE_WIDTH);
  return Array.from({ length: Math.ceil(items.length / TILE_WIDTH) }, (_, place) => {
    const part = items.slice(place * TILE_WIDTH, (place + 1) * TILE_WIDTH);
    return {
      tile: { level, index: first + place, width: part.length },
      items: part,
      kept: place === 0 ? kept : 0,
    };
  });
}

/** Removes the partial forms of all tiles that became full while the log grew from `from` to `to` entries. */
export function dropOutgrownPartials(disk: Disk, from: number, to: number): void {
  const drop = (level: TileLevel, height: number): void => {
    const [before, after] = [from, to].map((size) => hashesAtLevel(size, height)) as [number, number];
    for (let index = Math.floor(before / TILE_WIDTH); (index + 1) * TILE_WIDTH <= after; index++) {
      dropPartials(disk, level, index);
    }
  };
  drop('entries', 0);
  for (let level = 0; hashesAtLevel(to, level) > 0; level++) drop(level, level);
}
