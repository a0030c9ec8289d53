import { parseAddCheckpoint } from './add-checkpoint.js';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { EMPTY_ROOT } from './hashing.js';
import { parseNote, verifyNote, type NoteVerifier, type SignedNote } from './note.js';
import { verifyConsistency } from './proofs.js';

/**
 * What a witness decides (C2SP tlog-witness, `add-checkpoint`): pure, from the request and the last checkpoint it cosigned
 * for that log. A witness promises one thing, that everything it ever cosigned for a log is one history.
 */
export type WitnessDecision =
  /** Cosign this note's text, after the checkpoint was recorded as the latest. */
  | { readonly kind: 'cosign'; readonly checkpoint: Checkpoint; readonly note: string }
  /** 400: not a request, not a checkpoint, or an old size above the checkpoint's. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** 404. */
  | { readonly kind: 'unknown-log' }
  /** 403: no trusted key of the log has signed. */
  | { readonly kind: 'untrusted' }
  /** 409: the asker's old size is not the latest cosigned, `size`. */
  | { readonly kind: 'stale'; readonly size: number }
  /**
   * 409: the log signed another tree of the very size that was cosigned. Its two signatures side by side convict it; no
   * mistake of the asker looks like this.
   */
  | { readonly kind: 'fork'; readonly checkpoint: Checkpoint; readonly note: string }
  /**
   * 422: the log signed it, and the proof does not lead there. A log that has forked cannot do better, but an asker who
   * sends a genuine checkpoint with a wrong proof looks the same.
   */
  | { readonly kind: 'inconsistent'; readonly checkpoint: Checkpoint; readonly note: string };

export interface WitnessView {
  /** The keys of the logs that are witnessed; several of one origin while a log replaces its key. */
  readonly logs: readonly NoteVerifier[];
  /** The latest checkpoint cosigned for a log, or null. */
  readonly latest: (origin: string) => Pick<Checkpoint, 'size' | 'root'> | null;
}

/** Decides in the order of the specification. Throws only what `latest` throws. */
export function decideAddCheckpoint(body: string, { logs, latest }: WitnessView): WitnessDecision {
  const request = parseAddCheckpoint(body);
  if (request === null)
    return { kind: 'malformed', reason: 'the body is not "old", a proof and a checkpoint' };
  const opened = readCheckpoint(request.note);
  if (opened === null) return { kind: 'malformed', reason: 'what follows the proof is not a checkpoint' };
  const { signed, checkpoint } = opened;
  const keys = logs.filter(({ name }) => name === checkpoint.origin);
  if (keys.length === 0) return { kind: 'unknown-log' };
  if (!verifyNote(signed, keys)) return { kind: 'untrusted' };
  const { oldSize, proof, note } = request;
  if (oldSize > checkpoint.size) {
    return { kind: 'malformed', reason: 'the old size is larger than the checkpoint' };
  }
  // The empty tree has one root: a log that was never witnessed is held to it, and its first proof is empty.
  const known = latest(checkpoint.origin) ?? { size: 0, root: EMPTY_ROOT };
  if (oldSize !== known.size) return { kind: 'stale', size: known.size };
  if (checkpoint.size === known.size && !checkpoint.root.equals(known.root))
    return { kind: 'fork', checkpoint, note };
  return verifyConsistency(known.size, known.root, checkpoint.size, checkpoint.root, proof)
    ? { kind: 'cosign', checkpoint, note }
    : { kind: 'inconsistent', checkpoint, note };
}

function readCheckpoint(
  note: string,
): { readonly signed: SignedNote; readonly checkpoint: Checkpoint } | null {
  try {
    const signed = parseNote(note);
    return { signed, checkpoint: parseCheckpoint(signed.text) };
  } catch {
    return null;
  }
}
