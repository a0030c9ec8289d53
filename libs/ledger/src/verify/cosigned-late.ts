import { timeOfUuid7 } from '#domain';
import type { NoteVerifier } from '../core/note.js';
import { witnessedBy } from '../core/witnessed.js';
import { COSIGNED_PATH } from '../file/checkpoint-file.js';
import type { PlacedCheckpoint } from './checkpoint-audit.js';
import type { FaultList } from './faults.js';

/** How long an entry may wait for its witnesses (decision 8). */
export interface CosignedInTime {
  /** Real time of the check, milliseconds. */
  readonly asOf: number;
  /** In milliseconds of real time. */
  readonly withinMs: number;
}

/**
 * Finds witnesses whose last cosignature is too old: not by its own time, for a log that stands still is not cosigned anew,
 * but by the oldest entry behind it. A witness that has cosigned nothing at all is another's finding.
 */
export class LateCosignatures {
  /** By witness, the entries in the largest tree that it cosigned. */
  private readonly sizes: readonly (readonly [NoteVerifier, number])[];

  constructor(
    witnesses: readonly NoteVerifier[],
    checkpoints: readonly PlacedCheckpoint[],
    private readonly bound: CosignedInTime,
    private readonly faults: FaultList,
  ) {
    this.sizes = witnesses.flatMap((witness) => {
      const cosigned = checkpoints.filter(({ note }) => witnessedBy(note, [witness]).length > 0);
      const size = Math.max(...cosigned.map(({ checkpoint }) => checkpoint.size));
      return cosigned.length ? [[witness, size] as const] : [];
    });
  }

  /** Looks at the ids of the events from this leaf index on; what cannot be read is another's finding. */
  look(start: number, ids: readonly (string | null)[]): void {
    for (const [{ name, keyId }, size] of this.sizes) {
      const id = ids[size - start] ?? null;
      if (id === null || this.bound.asOf - timeOfUuid7(id) <= this.bound.withinMs) continue;
      this.faults.add({
        kind: 'witness-missing',
        path: COSIGNED_PATH,
        entry: size,
        expected: `a cosignature of ${name}+${keyId} on this entry`,
        message: 'the witness given has cosigned nothing since, for longer than is allowed',
      });
    }
  }
}
