import type { Buffer } from 'node:buffer';
import { fromBase64 } from './base64.js';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { HASH_BYTES, type Hash } from './hashing.js';
import { parseNote, verifyNote, type NoteVerifier, type SignedNote } from './note.js';
import { verifyInclusion } from './proofs.js';

/**
 * Proofs of C2SP tlog-proof: that an entry is in a log, in one file that is checked offline. The file does not name the
 * entry; whoever checks it brings the entry, or takes the bytes in `extra` for it and learns whether those are in the log.
 */
export interface TlogProof {
  /** The entry's leaf index. */
  readonly index: number;
  /** The audit path in the checkpoint's tree, the leaf's sibling first. */
  readonly path: readonly Hash[];
  /** The checkpoint's note, verbatim. */
  readonly checkpoint: string;
  /** Kiroku puts the entry's bytes here. Nothing vouches for them until they were hashed and found in the tree. */
  readonly extra: Buffer | null;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 leaves has paths of 53; the specification's witnesses stop at 63. */
const MAX_PATH = 63;
/** An entry of the largest size, in base64, with the longest note: far below. */
const MAX_CHARACTERS = 2_000_000;

/** What is wrong with the form of a proof. */
export type MalformedProofReason = keyof typeof reasons;

const reasons = {
  'too-long': 'the proof is too long',
  header: `a proof begins with ${HEADER}`,
  'cut-off': 'an empty line and the checkpoint end a proof',
  index: 'a proof names its entry by "index" and a number without leading zeroes',
  'path-length': `a proof has at most ${MAX_PATH} hashes`,
  extra: 'the extra data are not base64',
  hash: 'each line after the index is a hash in base64',
} as const;

/** A proof that does not have the form its specification gives it. */
export class MalformedProof extends Error {
  readonly code = 'malformed-proof';
  constructor(readonly reason: MalformedProofReason) {
    super(reasons[reason]);
    this.name = 'MalformedProof';
  }
}

/** The proof as text; the file's name should end in `.tlog-proof`. */
export function formatTlogProof({ index, path, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === null ? [] : [`extra ${extra.toString('base64')}`]),
    `index ${index}`,
    ...path.map((hash) => hash.toString('base64')),
  ];
  return `${lines.join('\n')}\n\n${checkpoint}`;
}

/** Reads a proof strictly. Throws MalformedProof; that the checkpoint is a note at all is left to `verifyTlogProof`. */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > MAX_CHARACTERS) throw new MalformedProof('too-long');
  const end = text.indexOf('\n\n');
  if (!text.startsWith(`${HEADER}\n`)) throw new MalformedProof('header');
  if (end < 0) throw new MalformedProof('cut-off');
  const lines = text.slice(HEADER.length + 1, end).split('\n');
  const extra = lines[0]?.startsWith('extra ') === true ? parseExtra(lines.shift() ?? '') : null;
  const [, index] = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index))) {
    throw new MalformedProof('index');
  }
  if (lines.length > MAX_PATH) throw new MalformedProof('path-length');
  return { index: Number(index), path: lines.map(parseHash), checkpoint: text.slice(end + 2), extra };
}

function parseExtra(line: string): Buffer {
  const bytes = fromBase64(line.slice('extra '.length));
  if (bytes === null || bytes.length === 0) throw new MalformedProof('extra');
  return bytes;
}

function parseHash(line: string): Hash {
  const hash = fromBase64(line);
  if (hash?.length !== HASH_BYTES) throw new MalformedProof('hash');
  return hash;
}

/** Whom the verifier trusts. */
export interface TrustedKeys {
  /** The log's keys: one must have signed. Several while a key is being replaced. */
  readonly log: readonly NoteVerifier[];
  /** Every one of these must have cosigned. */
  readonly witnesses?: readonly NoteVerifier[];
}

export type ProofFailure =
  /** The checkpoint is not a note over a checkpoint. */
  | 'checkpoint-malformed'
  /** No trusted key of the log has signed, or one of its signatures is bad. */
  | 'checkpoint-signature'
  /** No trusted key of the log has the name that the checkpoint gives as its origin. */
  | 'checkpoint-origin'
  /** A trusted witness has not cosigned, or its cosignature is bad. */
  | 'witness-missing'
  /** The path does not lead from this entry to the checkpoint's root. */
  | 'not-included';

export type ProofVerdict =
  | { readonly holds: true; readonly checkpoint: Checkpoint }
  | { readonly holds: false; readonly failure: ProofFailure; readonly who?: string };

/** Whether the proof shows that the entry with this leaf hash is in the log of the trusted keys. Never throws. */
export function verifyTlogProof(
  { index, path, checkpoint: note }: TlogProof,
  leaf: Hash,
  keys: TrustedKeys,
): ProofVerdict {
  const opened = openCheckpoint(note, keys);
  if (!opened.holds) return opened;
  const { size, root } = opened.checkpoint;
  return verifyInclusion(leaf, index, size, path, root) ? opened : { holds: false, failure: 'not-included' };
}

/** Judges a checkpoint's note by the trusted keys alone, without a tree. Never throws. */
export function openCheckpoint(text: string, { log, witnesses = [] }: TrustedKeys): ProofVerdict {
  let note: SignedNote;
  let checkpoint: Checkpoint;
  try {
    note = parseNote(text);
    checkpoint = parseCheckpoint(note.text);
  } catch {
    return { holds: false, failure: 'checkpoint-malformed' };
  }
  // Only keys named like the log: of several logs that are trusted, none may sign for another.
  const keys = log.filter(({ name }) => name === checkpoint.origin);
  if (keys.length === 0) return { holds: false, failure: 'checkpoint-origin' };
  if (!verifyNote(note, keys)) return { holds: false, failure: 'checkpoint-signature' };
  const absent = witnesses.find((witness) => !verifyNote(note, [witness]));
  return absent === undefined
    ? { holds: true, checkpoint }
    : { holds: false, failure: 'witness-missing', who: absent.name };
}
