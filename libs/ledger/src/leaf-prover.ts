import type { Buffer } from 'node:buffer';
import { decodeBundle } from './core/bundle.js';
import type { Checkpoint } from './core/checkpoint.js';
import { leafHash, type Hash } from './core/hashing.js';
import { multiProof } from './core/multi-proof.js';
import { subtreesFromTiles, type SubtreeReader } from './core/subtrees.js';
import { TILE_WIDTH, tilePath, type Tile } from './core/tiles.js';
import type { Disk } from './file/disk.js';
import { readTileBytes, tileReader } from './file/tile-store.js';
import { LogInconsistent } from './port.js';

/**
 * Entries of the tree of one checkpoint, and the proof that they are in it: for whoever hands many of them over at once.
 * Reads bundle by bundle and tile by tile; only the last of each are kept, so entries should be asked for in order.
 * Everything is held against the tree before it is given: LogInconsistent is thrown rather than a proof that would not hold.
 */
export class LeafProver {
  private readonly read: SubtreeReader;
  private bundle: { readonly tile: Tile; readonly entries: readonly Buffer[] } | null = null;

  constructor(
    private readonly disk: Pick<Disk, 'read'>,
    /** The checkpoint's note, verbatim. */
    readonly note: string,
    readonly checkpoint: Checkpoint,
  ) {
    this.read = subtreesFromTiles(checkpoint.size, tileReader(disk));
  }

  /** The bytes of an entry. RangeError beyond the checkpoint. */
  entry(index: number): Buffer {
    const { size } = this.checkpoint;
    if (!Number.isSafeInteger(index) || index < 0 || index >= size)
      throw new RangeError(`entry ${index} is not among the ${size} of the checkpoint`);
    const { tile, entries } = this.bundleOf(index);
    const entry = entries[index % TILE_WIDTH];
    if (entry === undefined || !leafHash(entry).equals(this.read(0, index)))
      throw new LogInconsistent(
        tilePath(tile),
        `entry ${index} is not the one that was hashed into the tree`,
      );
    return entry;
  }

  /** The hashes of the proof for these leaves (`multiProof`), whose indexes fall strictly. */
  *proofOf(indexes: Iterable<number>): Generator<Hash> {
    const { size, root } = this.checkpoint;
    if (!(yield* multiProof(indexes, size, this.read)).equals(root))
      throw new LogInconsistent('tile', 'the tiles do not lead to the root of the checkpoint');
  }

  private bundleOf(index: number): { readonly tile: Tile; readonly entries: readonly Buffer[] } {
    const number = Math.floor(index / TILE_WIDTH);
    if (this.bundle?.tile.index === number) return this.bundle;
    const width = Math.min(TILE_WIDTH, this.checkpoint.size - number * TILE_WIDTH);
    const tile: Tile = { level: 'entries', index: number, width };
    const bytes = readTileBytes(this.disk, tile);
    if (bytes === null) throw new LogInconsistent(tilePath(tile), 'the bundle is missing');
    this.bundle = { tile, entries: decodeBundle(bytes, width).entries };
    return this.bundle;
  }
}
