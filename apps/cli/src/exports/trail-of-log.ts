import type { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { catalogue, parseEntry, recordedEvent, upcasters } from '#domain';
import {
  openProjections,
  openQueries,
  type ProjectedEvent,
  type Projections,
  type Queries,
} from '#read-models';
import { BilingualError } from '../bilingual-error.js';

/** An entry of the log that no row of the trail can be made of: it is no event of this program's. */
export class EntryNotKnown extends BilingualError {
  constructor(leaf: number, reason: string) {
    super(
      'entry-not-known',
      `ログのエントリ ${leaf} を読めません（新しい版のプログラムが必要かもしれません）`,
      `entry ${leaf} of the log is no event that this program knows: ${reason}`,
    );
    this.name = 'EntryNotKnown';
  }
}

const BATCH = 4_096;
const MOST_BYTES = 32 * 1_024 * 1_024;

/**
 * The trail as the entries of a log make it, up to a position: the real read models in a file of their own. An event's
 * position is its leaf index + 1, as the embedded store counts.
 */
export class TrailOfLog {
  private readonly batch: ProjectedEvent[] = [];
  private bytes = 0;
  private isClosed = false;

  private constructor(
    private readonly projections: Projections,
    private readonly file: string,
    private readonly last: bigint,
  ) {}

  /** In a directory that nobody else uses. */
  static async begin(directory: string, position: string): Promise<TrailOfLog> {
    const file = join(directory, 'trail.sqlite');
    return new TrailOfLog(await openProjections({ file }), file, BigInt(position));
  }

  /** Takes entries in the order of the log; those beyond the position are passed over. Throws EntryNotKnown. */
  async take(first: number, entries: readonly Buffer[]): Promise<void> {
    for (const [at, entry] of entries.entries()) {
      const leaf = first + at;
      if (BigInt(leaf) >= this.last) break;
      this.batch.push({ position: String(leaf + 1), event: eventAt(leaf, entry), tokens: [] });
      this.bytes += entry.length;
    }
    if (this.batch.length >= BATCH || this.bytes >= MOST_BYTES) await this.write();
  }

  /** Everything was taken: asks about it. Close the queries; nothing can be taken any more. */
  async finish(): Promise<Queries> {
    await this.write();
    await this.close();
    return openQueries({ file: this.file, threads: 1 });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.projections.close();
  }

  private async write(): Promise<void> {
    await this.projections.apply(this.batch.splice(0));
    this.bytes = 0;
    // None of this waits for anything: Ctrl-C must have its turn.
    await nextTurn();
  }
}

function eventAt(leaf: number, entry: Buffer): ProjectedEvent['event'] {
  try {
    return recordedEvent(parseEntry(entry.toString('utf8')), catalogue, upcasters);
  } catch (error) {
    throw new EntryNotKnown(leaf, (error as Error).message);
  }
}
