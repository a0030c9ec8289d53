import type { Buffer } from 'node:buffer';
import { fullTilePath, TILE_WIDTH, tilePath, type Tile } from '../core/tiles.js';
import { cutToWidth } from '../file/tile-store.js';
import { LogNotFound, LogUnreachable } from '../port.js';
import type { FaultList } from './faults.js';
import { type LogSource, NotServed } from './log-source.js';

type Missing = 'bundle-missing' | 'tile-missing' | 'checkpoint-missing';

/** Reads a log's files for a check: whatever goes wrong becomes a fault; only a log out of reach is thrown. */
export class CheckedFiles {
  private readonly asked = new Map<string, Promise<Buffer | null>>();

  constructor(
    private readonly source: LogSource,
    private readonly faults: FaultList,
  ) {}

  /** How many bundles to `prepare` before they are needed. */
  get ahead(): number {
    return this.source.ahead ?? 0;
  }

  /** Asks for a tile that will be needed soon. */
  prepare(tile: Tile): void {
    const path = tilePath(tile);
    if (this.asked.has(path)) return;
    const asked = Promise.resolve(this.source.read(path));
    // Whoever needs the tile hears of the failure; until then it is nobody's.
    asked.catch(() => undefined);
    this.asked.set(path, asked);
  }

  /** A tile or bundle; null, and a fault, when it is missing or unreadable. */
  tile(tile: Tile): Promise<Buffer | null> {
    const missing = tile.level === 'entries' ? 'bundle-missing' : 'tile-missing';
    return this.reported(tilePath(tile), missing, () => this.readTile(tile));
  }

  /** A tile looked into before its turn: null, without a fault, when it is missing or unreadable. */
  async peek(tile: Tile): Promise<Buffer | null> {
    try {
      return await this.readTile(tile);
    } catch {
      return null;
    }
  }

  /**
   * What a check reads first. Throws LogUnreachable where whoever serves the log does not answer for it, and LogNotFound
   * where they answer that it is not there: under a URL with a wrong token nothing is.
   */
  checkpoint(path: string): Promise<Buffer | null> {
    const { servedAt } = this.source;
    const read = async (): Promise<Buffer | null> => {
      const bytes = await this.source.read(path);
      if (bytes === null && servedAt !== undefined) throw new LogNotFound(servedAt);
      return bytes;
    };
    return this.reported(path, 'checkpoint-missing', read, outOfReach);
  }

  /** A file that need not be there; a fault only when it cannot be read. */
  optional(path: string): Promise<Buffer | null> {
    return this.reported(path, null, () => this.source.read(path));
  }

  /** Like `readTileBytes`: from the full tile where the partial one is gone because the tile has become full since. */
  private async readTile(tile: Tile): Promise<Buffer | null> {
    const path = tilePath(tile);
    const exact = await (this.asked.get(path) ?? this.source.read(path));
    this.asked.delete(path);
    if (exact !== null || tile.width === TILE_WIDTH) return exact;
    const full = await this.source.read(fullTilePath(tile.level, tile.index));
    return full === null ? null : cutToWidth(full, tile);
  }

  private async reported(
    path: string,
    missing: Missing | null,
    read: () => Buffer | null | Promise<Buffer | null>,
    refuse: (error: unknown) => void = () => undefined,
  ): Promise<Buffer | null> {
    try {
      const bytes = await read();
      if (bytes === null && missing !== null) {
        this.faults.add({ kind: missing, path, message: 'the file is missing' });
      }
      return bytes;
    } catch (error) {
      refuse(error);
      const found = (error as { code?: string }).code ?? 'error';
      this.faults.add({ kind: 'unreadable', path, found, message: 'the file cannot be read' });
      return null;
    }
  }
}

/** Of a log that was not looked at yet, silence says nothing; later it leaves a hole in what was looked at. */
function outOfReach(error: unknown): void {
  if (error instanceof NotServed) throw new LogUnreachable(error.code);
  if (error instanceof LogNotFound) throw error;
}
