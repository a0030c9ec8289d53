import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from '../core/frontier.js';
import type { Hash } from '../core/hashing.js';
import { decodeTile, hashesAtLevel, TILE_WIDTH } from '../core/tiles.js';
import type { CheckedFiles } from './checked-files.js';
import type { FaultList } from './faults.js';
import {
  areKnown,
  byItsFile,
  byWhatLiesBelow,
  compareTile,
  fullTileRoot,
  reportDifferences,
  type Computed,
  type TileComparison,
} from './tile-comparison.js';

/**
 * Rebuilds the tree level by level from leaf hashes and holds it against the tiles, in the memory of a tile or two for
 * each level. Where they disagree, the level above says which is to blame, the tile or what lies below it; the better
 * one is carried upwards, so that one flipped bit is one fault and not one on every level.
 */
export class TreeAudit {
  /** Computed hashes of each level that wait for their tile to be complete. */
  private readonly waiting: Computed[][] = [];
  /** How many tiles of each level were full and are done. */
  private readonly done: number[] = [];
  /** The tile last peeked into on each level, for a verdict on the tiles below it. */
  private readonly peeked: { index: number; hashes: readonly Hash[] }[] = [];

  constructor(
    private readonly size: number,
    private readonly files: CheckedFiles,
    private readonly faults: FaultList,
    /** Told the leaf hashes of each tile once it is settled which are the tree's. */
    private readonly onLeaves: (start: number, leaves: readonly Computed[]) => Promise<void>,
  ) {}

  /** Takes the leaf hashes of the next bundle in order: 256, or what the last one has. */
  async addLeaves(leaves: readonly Computed[]): Promise<void> {
    let rising: readonly Computed[] = leaves;
    for (let level = 0; rising.length > 0; level++) {
      const waiting = (this.waiting[level] ??= []);
      waiting.push(...rising);
      if (waiting.length < TILE_WIDTH) return;
      rising = [await this.settleFullTile(level, waiting.splice(0))];
    }
  }

  /** The root of the tree with these leaf hashes after the tiles that are done; null when not all is known. */
  rootWith(leaves: readonly Computed[]): Computed {
    return rootOver([leaves, ...this.waiting.slice(1)]);
  }

  /**
   * Once every bundle was taken: settles the partial tiles and gives the root, or null when too much is missing to
   * compute one. No level is above a partial tile, so the published root is the judge there.
   */
  async finish(published: Hash): Promise<Computed> {
    const partial: TileComparison[] = [];
    for (const [level, hashes] of this.waiting.entries()) {
      if (hashes.length > 0) partial.push(await this.compare(level, hashes));
    }
    const [below, files] = [rootOver(partial.map(byWhatLiesBelow)), rootOver(partial.map(byItsFile))];
    const filesAreRight = below?.equals(published) !== true && files?.equals(published) === true;
    for (const comparison of partial) {
      reportDifferences(comparison, filesAreRight, this.faults);
      await this.tellLeaves(comparison, filesAreRight);
    }
    return filesAreRight ? files : below;
  }

  /** Compares a full tile, reports, and gives the hash to carry upwards. */
  private async settleFullTile(level: number, hashes: readonly Computed[]): Promise<Computed> {
    const comparison = await this.compare(level, hashes);
    const { index } = comparison.tile;
    this.done[level] = index + 1;
    const verdict = await this.peekAt(level + 1, index);
    const [below, file] = [fullTileRoot(byWhatLiesBelow(comparison)), fullTileRoot(byItsFile(comparison))];
    const fileIsRight = verdict !== null && below?.equals(verdict) !== true && file?.equals(verdict) === true;
    reportDifferences(comparison, fileIsRight, this.faults);
    await this.tellLeaves(comparison, fileIsRight);
    return fileIsRight ? file : below;
  }

  private async tellLeaves(comparison: TileComparison, fileIsRight: boolean): Promise<void> {
    const { level, index } = comparison.tile;
    if (level > 0) return;
    await this.onLeaves(
      index * TILE_WIDTH,
      fileIsRight ? byItsFile(comparison) : byWhatLiesBelow(comparison),
    );
  }

  private async compare(level: number, hashes: readonly Computed[]): Promise<TileComparison> {
    const tile = { level, index: this.done[level] ?? 0, width: hashes.length };
    return compareTile(tile, hashes, await this.files.tile(tile), this.faults);
  }

  /** The hash number `index` of a level as its tile says, without reporting; the tile's own turn comes later. */
  private async peekAt(level: number, index: number): Promise<Hash | null> {
    const tileIndex = Math.floor(index / TILE_WIDTH);
    let peeked = this.peeked[level];
    if (peeked?.index !== tileIndex) {
      const width = Math.min(TILE_WIDTH, hashesAtLevel(this.size, level) - tileIndex * TILE_WIDTH);
      const bytes = await this.files.peek({ level, index: tileIndex, width });
      peeked = { index: tileIndex, hashes: bytes === null ? [] : decodeTile(bytes) };
      this.peeked[level] = peeked;
    }
    return peeked.hashes[index % TILE_WIDTH] ?? null;
  }
}

/** The root over the partial tiles of all levels, the lowest level first; null when not all of it is known. */
function rootOver(levels: readonly (readonly Computed[])[]): Computed {
  const hashes: Hash[] = [];
  let size = 0;
  for (const level of levels.toReversed()) {
    if (!areKnown(level)) return null;
    hashes.push(...extendFrontier(EMPTY_FRONTIER, level).hashes);
    size += level.length;
  }
  return frontierRoot({ size, hashes });
}
