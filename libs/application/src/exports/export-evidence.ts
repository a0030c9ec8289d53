import { LogInconsistent, LogNotFound, type LeafProver, type LogReader, type PublishedLog } from '#ledger';
import type { Clock } from '#operations';
import type { TrailRow } from '#read-models';
import { Refused } from '../refused.js';
import type { ExportLine } from './export-format.js';

const MAX_WAIT_MS = 4_000;
const POLL_MS = 20;

/** Where the evidence of exports comes from: the published log, and the leaf index of its database. */
export class ExportEvidence {
  constructor(
    private readonly log: Pick<LogReader, 'leafOf'>,
    private readonly published: () => Pick<PublishedLog, 'checkpoint' | 'cosigned' | 'proverOf'>,
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly maxWaitMs = MAX_WAIT_MS,
  ) {}

  /**
   * Waits, four seconds at most, until the log covers these events, where it has witnesses by a checkpoint that they
   * have cosigned. When none has in time, any that covers them will do, as for the proof of a single event; without
   * any, it is refused with `log-behind`. Throws the ledger's LogInconsistent.
   */
  async covering(events: readonly string[]): Promise<RowEvidence> {
    const deadline = this.clock.monotonic().ms + this.maxWaitMs;
    for (;;) {
      const isLast = this.clock.monotonic().ms >= deadline;
      const found = await this.proverOf(events, isLast);
      if (found) return found;
      if (isLast) throw new Refused([{ code: 'log-behind' }]);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async proverOf(events: readonly string[], orUncosigned: boolean): Promise<RowEvidence | null> {
    const leaves: number[] = [];
    for (const event of events) leaves.push((await this.log.leafOf(event)) ?? Number.POSITIVE_INFINITY);
    const last = Math.max(-1, ...leaves);
    if (last === Number.POSITIVE_INFINITY) return null;
    const published = this.openOrNull();
    if (!published) return null;
    const cosigned = published.cosigned();
    const usable = [cosigned, ...(cosigned === null || orUncosigned ? [published.checkpoint()] : [])];
    const covering = usable.find((found) => found !== null && found.checkpoint.size > last);
    if (!covering) return null;
    return new RowEvidence(
      this.log,
      published.proverOf(covering),
      leaves.sort((one, other) => other - one),
    );
  }

  private openOrNull(): ReturnType<typeof this.published> | null {
    try {
      return this.published();
    } catch (error) {
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  }
}

/** The evidence for the rows of one export, newest first, as they are written. Keeps eight bytes a row. */
export class RowEvidence {
  private readonly rows: number[] = [];

  constructor(
    private readonly log: Pick<LogReader, 'leafOf'>,
    private readonly prover: LeafProver,
    /** Leaf indexes of the export's own events, falling; all later than any row. */
    private readonly records: readonly number[],
  ) {}

  /** Takes the next row. Throws LogInconsistent for one that the log does not have at its place. */
  async add({ id, position }: TrailRow): Promise<void> {
    const leaf = await this.log.leafOf(id);
    // Positions of the embedded store have no gaps, and neither have leaf indexes.
    if (leaf === null || BigInt(position) !== BigInt(leaf) + 1n)
      throw new LogInconsistent('the leaf index', `does not have event ${id} at position ${position}`);
    this.rows.push(leaf);
  }

  /** Everything between rows and statement, to be read once after the last row. */
  *lines(): Generator<ExportLine> {
    for (const leaf of this.records) yield this.entryLine('record', leaf);
    for (const leaf of this.rows) yield this.entryLine('entry', leaf);
    for (const hash of this.prover.proofOf(this.leaves())) yield { kind: 'hash', hash: hash.toString('hex') };
    yield { kind: 'checkpoint', note: this.prover.note };
  }

  private *leaves(): Generator<number> {
    yield* this.records;
    yield* this.rows;
  }

  private entryLine(kind: 'record' | 'entry', leaf: number): ExportLine {
    return { kind, leaf, entry: this.prover.entry(leaf).toString('utf8') };
  }
}
