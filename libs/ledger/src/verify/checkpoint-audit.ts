import { type Buffer, isUtf8 } from 'node:buffer';
import { parseCheckpoint, type Checkpoint } from '../core/checkpoint.js';
import { parseNote, verifyNote, type NoteVerifier, type SignedNote } from '../core/note.js';
import { witnessedBy, type Witnessed } from '../core/witnessed.js';
import { CHECKPOINT_PATH, COSIGNED_PATH } from '../file/checkpoint-file.js';
import type { CheckedFiles } from './checked-files.js';
import type { FaultList } from './faults.js';

/** The keys that a check was given; none of either kind means that nothing was asked of it. */
export interface CheckedKeys {
  readonly log: readonly NoteVerifier[];
  readonly witnesses: readonly NoteVerifier[];
}

/** A checkpoint, and the file that it came from. */
export interface PlacedCheckpoint {
  readonly place: string;
  readonly note: SignedNote;
  readonly checkpoint: Checkpoint;
}

/** Reads checkpoints and judges who signed them; null for what says nothing that a log could be held against. */
export class CheckpointAudit {
  constructor(
    private readonly keys: CheckedKeys,
    private readonly faults: FaultList,
  ) {}

  /** The log's latest checkpoint. */
  async latest(files: CheckedFiles): Promise<PlacedCheckpoint | null> {
    const bytes = await files.checkpoint(CHECKPOINT_PATH);
    return bytes === null ? null : this.read(CHECKPOINT_PATH, bytes);
  }

  /** The latest one that witnesses have cosigned, where the log keeps it beside the other. */
  async cosigned(files: CheckedFiles): Promise<PlacedCheckpoint | null> {
    const bytes = await files.optional(COSIGNED_PATH);
    return bytes === null ? null : this.read(COSIGNED_PATH, bytes);
  }

  /** A checkpoint from anywhere, its signature judged. */
  read(place: string, bytes: Buffer): PlacedCheckpoint | null {
    try {
      const note = parseNote(isUtf8(bytes) ? bytes.toString() : '');
      const checkpoint = parseCheckpoint(note.text);
      this.judgeSignature(place, note, checkpoint);
      return { place, note, checkpoint };
    } catch (error) {
      this.faults.add({ kind: 'checkpoint-malformed', path: place, message: (error as Error).message });
      return null;
    }
  }

  /** The newest valid cosignature of each witness on these checkpoints; a fault for every witness that has given none. */
  witnessed(checkpoints: readonly PlacedCheckpoint[]): Witnessed[] {
    return this.keys.witnesses.flatMap((witness) => {
      const found = checkpoints.flatMap(({ note }) => witnessedBy(note, [witness]));
      if (found.length > 0) return found.toSorted((one, other) => other.time - one.time).slice(0, 1);
      this.faults.add({
        kind: 'witness-missing',
        path: checkpoints.at(-1)?.place ?? CHECKPOINT_PATH,
        expected: `a valid cosignature of ${nameOf(witness)}`,
        message: 'the witness given has not cosigned',
      });
      return [];
    });
  }

  private judgeSignature(path: string, note: SignedNote, checkpoint: Checkpoint): void {
    const { log } = this.keys;
    if (log.length === 0) return;
    if (!verifyNote(note, log)) {
      this.faults.add({
        kind: 'checkpoint-signature',
        path,
        expected: `a valid signature of ${log.map(nameOf).join(' or ')}`,
        found: note.signatures.map(nameOf).join(', '),
        message: 'the checkpoint is not signed by the key given',
      });
    }
    if (!log.some(({ name }) => name === checkpoint.origin)) {
      this.faults.add({
        kind: 'checkpoint-origin',
        path,
        expected: log.map(({ name }) => name).join(' or '),
        found: checkpoint.origin,
        message: 'the checkpoint is of another log',
      });
    }
  }
}

const nameOf = ({ name, keyId }: { readonly name: string; readonly keyId: string }): string =>
  `${name}+${keyId}`;
