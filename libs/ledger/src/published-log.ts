import { statSync } from 'node:fs';
import { Buffer, isUtf8 } from 'node:buffer';
import { decodeBundle } from './core/bundle.js';
import { parseCheckpoint, type Checkpoint } from './core/checkpoint.js';
import { leafHash } from './core/hashing.js';
import { parseNote } from './core/note.js';
import { inclusionProof, verifyInclusion } from './core/proofs.js';
import { subtreesFromTiles } from './core/subtrees.js';
import { hashesAtLevel, parseTilePath, TILE_WIDTH, tilePath, tilesFrom, type Tile } from './core/tiles.js';
import type { TlogProof } from './core/tlog-proof.js';
import { CHECKPOINT_PATH, COSIGNED_PATH } from './file/checkpoint-file.js';
import { fileDisk, type Disk } from './file/disk.js';
import { readTileBytes, tileReader } from './file/tile-store.js';
import { LeafProver } from './leaf-prover.js';
import { LogInconsistent, LogNotFound } from './port.js';
import { entryForm } from './verify/entry-form.js';

/** A checkpoint as it was published: its note, and what it says, which nobody has verified here. */
export interface PublishedCheckpoint {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** A file as C2SP tlog-tiles has it served. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Private, for a reader's token is part of the URL. */
  readonly cacheControl: string;
}

const CHECKPOINT_HEADERS = { contentType: 'text/plain; charset=utf-8', cacheControl: 'private, max-age=2' };
const TILE_HEADERS = {
  contentType: 'application/octet-stream',
  cacheControl: 'private, max-age=31536000, immutable',
};

/**
 * A log by its published files alone: what a stranger with a copy of the directory has, and the api for proofs. Needs
 * neither database nor key. Each call reads the checkpoint anew, so a proof always fits the checkpoint that it carries.
 */
export class PublishedLog {
  private constructor(
    private readonly disk: Pick<Disk, 'read'>,
    private readonly directory: string,
  ) {}

  /** Throws LogNotFound when there is no such directory. */
  static open(directory: string): PublishedLog {
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new LogNotFound(directory);
    return new PublishedLog(fileDisk(directory), directory);
  }

  /** The published checkpoint. Throws LogNotFound while there is none, LogInconsistent when it cannot be read. */
  checkpoint(): PublishedCheckpoint {
    const bytes = this.disk.read(CHECKPOINT_PATH);
    if (bytes === null) throw new LogNotFound(this.directory);
    return publishedCheckpoint(bytes, CHECKPOINT_PATH);
  }

  /** The latest checkpoint that witnesses have cosigned; null where none has. Throws LogInconsistent. */
  cosigned(): PublishedCheckpoint | null {
    const bytes = this.disk.read(COSIGNED_PATH);
    return bytes === null ? null : publishedCheckpoint(bytes, COSIGNED_PATH);
  }

  /**
   * What a reader gets at a path below the log's prefix, or null for 404: `checkpoint`, tiles and bundles that the
   * checkpoint covers, and nothing else, whatever else lies in the directory. Where the log has witnesses, `checkpoint`
   * is the latest that one has cosigned, as long as there is one. Throws LogInconsistent.
   */
  serve(path: string, { witnessed }: { readonly witnessed: boolean }): ServedFile | null {
    if (path === CHECKPOINT_PATH) {
      const { note } = (witnessed ? this.cosigned() : null) ?? this.checkpoint();
      return { bytes: Buffer.from(note), ...CHECKPOINT_HEADERS };
    }
    const tile = parseTilePath(path);
    // What a crash left beyond the checkpoint may yet be overwritten, and would be in caches for good.
    if (tile === null || !covers(this.checkpoint().checkpoint.size, tile)) return null;
    const bytes = readTileBytes(this.disk, tile);
    return bytes === null ? null : { bytes, ...TILE_HEADERS };
  }

  /**
   * The proof that an entry is in the log, with the entry's bytes as its extra data unless `withEntry` is false, under
   * the latest cosigned checkpoint where that covers it, or else the latest; null while neither does. Throws
   * LogInconsistent rather than give a proof that would not hold.
   */
  proofOf(index: number, { withEntry = true }: { readonly withEntry?: boolean } = {}): TlogProof | null {
    if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`${index} is not a leaf index`);
    const covering = [this.cosigned(), this.checkpoint()].find(
      (found) => found && index < found.checkpoint.size,
    );
    if (!covering) return null;
    const { note, checkpoint } = covering;
    const entry = this.entryIn(checkpoint, index);
    const path = inclusionProof(
      index,
      checkpoint.size,
      subtreesFromTiles(checkpoint.size, tileReader(this.disk)),
    );
    if (!verifyInclusion(leafHash(entry), index, checkpoint.size, path, checkpoint.root)) {
      throw new LogInconsistent('tile', `the tiles do not lead from entry ${index} to the checkpoint's root`);
    }
    return { index, path, checkpoint: note, extra: withEntry ? entry : null };
  }

  /** Gives the entries of one of this log's published checkpoints, and the proof of many at once. */
  proverOf({ note, checkpoint }: PublishedCheckpoint): LeafProver {
    return new LeafProver(this.disk, note, checkpoint);
  }

  /** The bytes of an entry, unverified; null beyond the published checkpoint. Throws LogInconsistent. */
  entry(index: number): Buffer | null {
    const { checkpoint } = this.checkpoint();
    return index < checkpoint.size ? this.entryIn(checkpoint, index) : null;
  }

  /**
   * The leaf index of an event, or null. Reads bundle after bundle from the newest on, for there is no index among the
   * published files; a process that has the database asks `leafOf`.
   */
  indexOf(eventId: string): number | null {
    const { size } = this.checkpoint().checkpoint;
    const bundles = [...tilesFrom('entries', 0, size)];
    for (const bundle of bundles.toReversed()) {
      const at = this.entriesOf(bundle).findIndex((entry) => isEvent(entry, eventId));
      if (at >= 0) return bundle.index * TILE_WIDTH + at;
    }
    return null;
  }

  private entryIn({ size }: Checkpoint, index: number): Buffer {
    const bundle = bundleOf(index, size);
    const entry = this.entriesOf(bundle)[index % TILE_WIDTH];
    if (entry === undefined)
      throw new LogInconsistent(tilePath(bundle), `entry ${index} is not in the bundle`);
    return entry;
  }

  private entriesOf(bundle: Tile): readonly Buffer[] {
    const bytes = readTileBytes(this.disk, bundle);
    if (bytes === null) throw new LogInconsistent(tilePath(bundle), 'the bundle is missing');
    return decodeBundle(bytes, bundle.width).entries;
  }
}

/** Reads a checkpoint's file. Throws LogInconsistent with `place`. */
export function publishedCheckpoint(bytes: Buffer, place: string): PublishedCheckpoint {
  try {
    const note = isUtf8(bytes) ? bytes.toString() : '';
    return { note, checkpoint: parseCheckpoint(parseNote(note).text) };
  } catch (error) {
    throw new LogInconsistent(place, (error as Error).message);
  }
}

function covers(size: number, { level, index, width }: Tile): boolean {
  return index * TILE_WIDTH + width <= hashesAtLevel(size, level === 'entries' ? 0 : level);
}

function bundleOf(index: number, size: number): Tile {
  const number = Math.floor(index / TILE_WIDTH);
  return { level: 'entries', index: number, width: Math.min(TILE_WIDTH, size - number * TILE_WIDTH) };
}

function isEvent(entry: Buffer, eventId: string): boolean {
  // The id may also be another field's value; only an entry that holds it at all is worth reading.
  if (!entry.includes(eventId)) return false;
  const form = entryForm(entry);
  return 'id' in form && form.id === eventId;
}
