import type { Checkpoint } from '../core/checkpoint.js';
import type { PlacedCheckpoint } from './checkpoint-audit.js';
import type { FaultList } from './faults.js';
import type { Computed } from './tile-comparison.js';

/**
 * Checkpoints that somebody has seen: the log must contain each. Nothing else shows that a log was cut off at its end, or
 * made anew with its own key; the files of such a log agree with each other perfectly.
 */
export class EarlierCheckpoints {
  private readonly ahead: readonly PlacedCheckpoint[];

  constructor(
    earlier: readonly PlacedCheckpoint[],
    latest: Checkpoint,
    private readonly faults: FaultList,
  ) {
    const own = earlier.filter(({ place, checkpoint }) => this.isOfThisLog(place, checkpoint, latest));
    this.ahead = own.filter(({ place, checkpoint }) => this.isCovered(place, checkpoint, latest));
  }

  /** Holds those of sizes from `start` to `end` against the log's roots at their sizes; null for an unknown root. */
  compare(start: number, end: number, rootAt: (size: number) => Computed): void {
    for (const { place, checkpoint } of this.ahead) {
      const { size, root } = checkpoint;
      const found = size >= start && size <= end ? rootAt(size) : null;
      if (found === null || found.equals(root)) continue;
      this.faults.add({
        kind: 'checkpoint-fork',
        path: place,
        expected: root.toString('hex'),
        found: found.toString('hex'),
        message: `the log's first ${size} entries do not have the root of this checkpoint: the log was rewritten`,
      });
    }
  }

  private isOfThisLog(path: string, { origin }: Checkpoint, latest: Checkpoint): boolean {
    if (origin === latest.origin) return true;
    const message = 'this checkpoint is of another log';
    this.faults.add({ kind: 'checkpoint-origin', path, expected: latest.origin, found: origin, message });
    return false;
  }

  private isCovered(path: string, { size }: Checkpoint, latest: Checkpoint): boolean {
    if (size <= latest.size) return true;
    this.faults.add({
      kind: 'checkpoint-behind',
      path,
      expected: `at least ${size} entries`,
      found: `${latest.size} entries`,
      message: 'the log is shorter than this checkpoint: its tail was cut off, or it is an old copy',
    });
    return false;
  }
}
