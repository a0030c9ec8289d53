import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Checkpoint } from './core/checkpoint.js';
import { type NoteVerifier } from './core/note.js';
import { parseVerifierKey } from './core/verifier-key.js';
import { tilesFrom } from './core/tiles.js';
import { CHECKPOINT_PATH } from './file/checkpoint-file.js';
import { fileDisk, type Disk } from './file/disk.js';
import { LogNotFound } from './port.js';
import { CheckedFiles } from './verify/checked-files.js';
import { auditCheckpoint } from './verify/checkpoint-audit.js';
import { EntriesAudit } from './verify/entries-audit.js';
import { FaultList, type Fault } from './verify/faults.js';
import { TreeAudit } from './verify/tree-audit.js';

export type { Fault, FaultKind } from './verify/faults.js';

export interface VerifyOptions {
  /** The log's published directory: `checkpoint` and `tile/`. Nothing else is read. */
  readonly directory: string;
  /** The key that must have signed, obtained elsewhere; without it a log made anew by a forger passes. */
  readonly verifierKey?: string;
  /** Called now and then with the entries read so far, of how many. */
  readonly onProgress?: (entries: number, size: number) => void;
}

/** The result of a full check; plain data, fit for JSON. */
export interface Verification {
  /** Whether no fault was found. */
  readonly ok: boolean;
  /** No key was given: the files agree with each other, but anybody may have written them. */
  readonly selfConsistentOnly: boolean;
  /** What the checkpoint says, believed or not; null when it cannot be read. Root in lower-case hex. */
  readonly origin: string | null;
  readonly size: number | null;
  readonly root: string | null;
  /** Entries read. */
  readonly entries: number;
  readonly faults: readonly Fault[];
  /** The check was given up after 10,000 faults: there are more. */
  readonly stopped: boolean;
}

const FAULT_LIMIT = 10_000;
/** Bundles between two turns of the event loop: some ten milliseconds. */
const BUNDLES_PER_TURN = 8;

/**
 * Checks a whole log from its files alone: the signature, every entry of every bundle against the tiles, every tile
 * against what lies below it, and the root. Reads file by file; memory does not grow with the log but for 8 to 16
 * bytes an entry, which find repeated events.
 *
 * A damaged log never throws: it gives faults. Throws LogNotFound when there is no such directory, and MalformedNote
 * for an unusable verifier key.
 */
export async function verifyLog({
  directory,
  verifierKey,
  onProgress,
}: VerifyOptions): Promise<Verification> {
  const verifier = verifierKey === undefined ? null : parseVerifierKey(verifierKey);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new LogNotFound(directory);
  return verifyFiles(fileDisk(directory), verifier, onProgress);
}

/** The same over anything that reads like a log's directory. */
export async function verifyFiles(
  disk: Pick<Disk, 'read'>,
  verifier: NoteVerifier | null,
  onProgress: (entries: number, size: number) => void = () => undefined,
): Promise<Verification> {
  const faults = new FaultList(FAULT_LIMIT);
  const files = new CheckedFiles(disk, faults);
  const checkpoint = auditCheckpoint(files, verifier, faults);
  const entries = checkpoint === null ? 0 : await auditTree(checkpoint, files, faults, onProgress);
  return {
    ok: faults.faults.length === 0,
    selfConsistentOnly: verifier === null,
    origin: checkpoint?.origin ?? null,
    size: checkpoint?.size ?? null,
    root: checkpoint?.root.toString('hex') ?? null,
    entries,
    faults: faults.faults,
    stopped: faults.full,
  };
}

/** Entries, tiles and root; returns the number of entries read. */
async function auditTree(
  checkpoint: Checkpoint,
  files: CheckedFiles,
  faults: FaultList,
  onProgress: (entries: number, size: number) => void,
): Promise<number> {
  const entries = new EntriesAudit(files, faults);
  const tree = new TreeAudit(checkpoint.size, files, faults);
  for (const bundle of tilesFrom('entries', 0, checkpoint.size)) {
    // A forged size may be astronomical: every bundle that is not there is a fault, and so this ends.
    if (faults.full) return entries.entries;
    tree.addLeaves(entries.leavesOf(bundle));
    if (bundle.index % BUNDLES_PER_TURN === 0) {
      onProgress(entries.entries, checkpoint.size);
      await nextTurn();
    }
  }
  const root = tree.finish(checkpoint.root);
  if (root?.equals(checkpoint.root) !== true) {
    faults.add({
      kind: 'checkpoint-root',
      path: CHECKPOINT_PATH,
      expected: checkpoint.root.toString('hex'),
      found: root?.toString('hex') ?? 'unknown',
      message: 'the entries do not have the root of the checkpoint',
    });
  }
  if (entries.isSuspicious) entries.confirm(tilesFrom('entries', 0, checkpoint.size));
  onProgress(entries.entries, checkpoint.size);
  return entries.entries;
}
