import type { Buffer } from 'node:buffer';
import { tilePath, type Tile } from '../core/tiles.js';
import type { Disk } from '../file/disk.js';
import { readTileBytes } from '../file/tile-store.js';
import type { FaultList } from './faults.js';

/** Reads a log's files for a check: whatever goes wrong becomes a fault, nothing is thrown. */
export class CheckedFiles {
  constructor(
    private readonly disk: Pick<Disk, 'read'>,
    private readonly faults: FaultList,
  ) {}

  /** A tile or bundle; null, and a fault, when it is missing or unreadable. */
  tile(tile: Tile): Buffer | null {
    const path = tilePath(tile);
    const bundle = tile.level === 'entries';
    return this.reported(path, bundle ? 'bundle-missing' : 'tile-missing', () =>
      readTileBytes(this.disk, tile),
    );
  }

  /** A tile looked into before its turn: null, without a fault, when it is missing or unreadable. */
  peek(tile: Tile): Buffer | null {
    try {
      return readTileBytes(this.disk, tile);
    } catch {
      return null;
    }
  }

  checkpoint(path: string): Buffer | null {
    return this.reported(path, 'checkpoint-missing', () => this.disk.read(path));
  }

  private reported(
    path: string,
    missing: 'bundle-missing' | 'tile-missing' | 'checkpoint-missing',
    read: () => Buffer | null,
  ): Buffer | null {
    try {
      const bytes = read();
      if (bytes === null) this.faults.add({ kind: missing, path, message: 'the file is missing' });
      return bytes;
    } catch (error) {
      const found = (error as { code?: string }).code ?? 'error';
      this.faults.add({ kind: 'unreadable', path, found, message: 'the file cannot be read' });
      return null;
    }
  }
}
