import { consistencyProof, inclusionProof } from '../core/proofs.js';
import { rangeRoot, subtreesFromTiles, type SubtreeReader } from '../core/subtrees.js';
import type { LogReader, LogState } from '../port.js';
import type { Disk } from './disk.js';
import type { CheckpointRow, LogDatabase } from './log-database.js';
import { tileReader } from './tile-store.js';

/** What a checkpoint's row says to the world. */
export const stateOf = (row: CheckpointRow): LogState => ({
  origin: row.origin,
  size: row.size,
  root: row.root.toString('hex'),
  position: row.position,
  eventId: row.eventId,
  note: row.note,
  fence: row.fence,
  createdAt: row.createdAt,
});

/** Reads row, leaf index and tiles. Each answer stands by itself: the worker may append between two of them. */
export class FileLogReader implements LogReader {
  constructor(
    protected readonly disk: Disk,
    protected readonly database: LogDatabase,
  ) {}

  async state(): Promise<LogState> {
    return stateOf(this.database.row());
  }

  async checkpointNote(): Promise<string> {
    return this.database.row().note;
  }

  async leafOf(eventId: string): Promise<number | null> {
    return this.database.leafOf(eventId);
  }

  async rootAt(size: number): Promise<string> {
    const read = this.subtreesUpTo(size);
    return rangeRoot(0, size, read).toString('hex');
  }

  async inclusionProof(leafIndex: number, size: number): Promise<readonly string[]> {
    const read = this.subtreesUpTo(size);
    return inclusionProof(leafIndex, size, read).map((hash) => hash.toString('hex'));
  }

  async consistencyProof(from: number, to: number): Promise<readonly string[]> {
    const read = this.subtreesUpTo(to);
    return consistencyProof(from, to, read).map((hash) => hash.toString('hex'));
  }

  async close(): Promise<void> {
    this.database.close();
  }

  private subtreesUpTo(size: number): SubtreeReader {
    const row = this.database.row();
    if (!Number.isSafeInteger(size) || size < 0 || size > row.size) {
      throw new RangeError(`the log has ${row.size} entries, not ${size}`);
    }
    return subtreesFromTiles(row.size, tileReader(this.disk));
  }
}
