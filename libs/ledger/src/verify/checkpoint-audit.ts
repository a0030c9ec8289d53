import { isUtf8 } from 'node:buffer';
import { parseCheckpoint, type Checkpoint } from '../core/checkpoint.js';
import { parseNote, verifyNote, type NoteVerifier, type SignedNote } from '../core/note.js';
import { CHECKPOINT_PATH } from '../file/checkpoint-file.js';
import type { CheckedFiles } from './checked-files.js';
import type { FaultList } from './faults.js';

/** Reads and judges the checkpoint file; null when it says nothing that the rest could be held against. */
export function auditCheckpoint(
  files: CheckedFiles,
  verifier: NoteVerifier | null,
  faults: FaultList,
): Checkpoint | null {
  const bytes = files.checkpoint(CHECKPOINT_PATH);
  if (bytes === null) return null;
  try {
    const note = parseNote(isUtf8(bytes) ? bytes.toString() : '');
    const checkpoint = parseCheckpoint(note.text);
    if (verifier !== null) judgeSignature(note, checkpoint, verifier, faults);
    return checkpoint;
  } catch (error) {
    faults.add({ kind: 'checkpoint-malformed', path: CHECKPOINT_PATH, message: (error as Error).message });
    return null;
  }
}

function judgeSignature(
  note: SignedNote,
  checkpoint: Checkpoint,
  verifier: NoteVerifier,
  faults: FaultList,
): void {
  if (!verifyNote(note, [verifier])) {
    faults.add({
      kind: 'checkpoint-signature',
      path: CHECKPOINT_PATH,
      expected: `a valid signature of ${verifier.name}+${verifier.keyId}`,
      found: note.signatures.map(({ name, keyId }) => `${name}+${keyId}`).join(', '),
      message: 'the checkpoint is not signed by the key given',
    });
  }
  if (checkpoint.origin !== verifier.name) {
    faults.add({
      kind: 'checkpoint-origin',
      path: CHECKPOINT_PATH,
      expected: verifier.name,
      found: checkpoint.origin,
      message: 'the checkpoint is of another log',
    });
  }
}
