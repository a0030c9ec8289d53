import { Buffer, isUtf8 } from 'node:buffer';
import { parseCheckpoint, type Checkpoint } from '../core/checkpoint.js';
import { frontierLength, frontierRoot } from '../core/frontier.js';
import { MalformedNote, parseNote, signatureLine, verifyNote, type NoteVerifier } from '../core/note.js';
import { rangeRoot, subtreesFromTiles } from '../core/subtrees.js';
import { LogInconsistent, LogRolledBack } from '../port.js';
import { putFiles, type Disk } from './disk.js';
import type { CheckpointRow } from './log-database.js';
import { tileReader } from './tile-store.js';

/** The path of the published checkpoint below the log's directory. */
export const CHECKPOINT_PATH = 'checkpoint';
/** The latest checkpoint that witnesses have cosigned: at most as new as the other. */
export const COSIGNED_PATH = 'checkpoint.cosigned';

/** Makes the `checkpoint` file a copy of the row, unless it is one. Throws what `assertFollowsPublished` throws. */
export function publish(disk: Disk, row: CheckpointRow): void {
  if (!assertFollowsPublished(disk, row))
    putFiles(disk, [{ path: CHECKPOINT_PATH, bytes: Buffer.from(row.note) }]);
}

/**
 * Holds the row against what is published already: it must be the same log, not ahead of the row (LogRolledBack), and
 * its tree a prefix of the log's (LogInconsistent), so that no checkpoint is ever published that contradicts an
 * earlier one. Says whether the file is a copy of the row.
 */
export function assertFollowsPublished(disk: Disk, row: CheckpointRow): boolean {
  const published = disk.read(CHECKPOINT_PATH);
  if (published === null) return false;
  if (published.equals(Buffer.from(row.note))) return true;
  assertFollows(disk, row, readPublished(published, CHECKPOINT_PATH), CHECKPOINT_PATH);
  return false;
}

/**
 * The checkpoint in the file. A file that cannot be read is refused, not replaced: rename never leaves half a file, so
 * somebody changed it, and what it hides may be a later checkpoint.
 */
function readPublished(bytes: Buffer, path: string): Checkpoint {
  try {
    if (!isUtf8(bytes)) throw new MalformedNote('the note is not UTF-8');
    return parseCheckpoint(parseNote(bytes.toString()).text);
  } catch (error) {
    if ((error as { code?: string }).code !== 'malformed-note') throw error;
    throw new LogInconsistent(path, (error as MalformedNote).message);
  }
}

/**
 * Holds the row against the latest cosigned checkpoint, which somebody outside has seen for certain. Throws LogRolledBack
 * and LogInconsistent.
 */
export function assertFollowsCosigned(disk: Disk, row: CheckpointRow): void {
  const cosigned = disk.read(COSIGNED_PATH);
  if (cosigned !== null) assertFollows(disk, row, readPublished(cosigned, COSIGNED_PATH), COSIGNED_PATH);
}

/**
 * Publishes a cosigned checkpoint, unless a later one is published: this log's, signed by one of its keys, and a prefix
 * of its tree. Cosignatures that the published note of the same tree has are kept. Says whether it was published.
 * Throws LogInconsistent, LogRolledBack (it is ahead of the row) and MalformedNote.
 */
export function publishCosigned(
  disk: Disk,
  row: CheckpointRow,
  text: string,
  verifiers: readonly NoteVerifier[],
): boolean {
  const note = parseNote(text);
  const checkpoint = parseCheckpoint(note.text);
  if (!verifyNote(note, verifiers))
    throw new MalformedNote('the cosigned checkpoint is not signed by this log');
  assertFollows(disk, row, checkpoint, COSIGNED_PATH);
  const published = disk.read(COSIGNED_PATH);
  if (published !== null && readPublished(published, COSIGNED_PATH).size > checkpoint.size) {
    // A later one is there already, or one that the log never had: that must not keep all others from being published.
    assertFollowsCosigned(disk, row);
    return false;
  }
  const before = published === null ? null : parseNote(published.toString());
  const kept = before?.text === note.text ? before.signatures : [];
  const added = kept.filter(
    (old) => !note.signatures.some(({ name, keyId }) => name === old.name && keyId === old.keyId),
  );
  const lines = [...note.signatures, ...added].map(signatureLine).join('');
  putFiles(disk, [{ path: COSIGNED_PATH, bytes: Buffer.from(`${note.text}\n${lines}`) }]);
  return true;
}

function assertFollows(disk: Disk, row: CheckpointRow, published: Checkpoint, path: string): void {
  if (published.origin !== row.origin) {
    throw new LogInconsistent(path, `is of the log ${published.origin}, not ${row.origin}`);
  }
  if (published.size > row.size) throw new LogRolledBack(published.size, row.size);
  const root = rangeRoot(0, published.size, subtreesFromTiles(row.size, tileReader(disk)));
  if (!root.equals(published.root)) {
    throw new LogInconsistent(path, `the first ${published.size} entries no longer have its root`);
  }
}

/**
 * Holds the row against itself: frontier, root and signed note say the same, one of these keys signed it, and the leaf
 * index ends at its last entry. Throws LogInconsistent.
 */
export function judgeRow(
  row: CheckpointRow,
  origin: string,
  verifiers: readonly NoteVerifier[],
  lastLeaf: { readonly leafIndex: number; readonly eventId: string } | null,
): void {
  const fail = (message: string): never => {
    throw new LogInconsistent('the checkpoint row', message);
  };
  if (row.origin !== origin) fail(`is of the log ${row.origin}, not ${origin}`);
  const note = parseNote(row.note);
  // By one of them: a key that is new has not signed yet, and one that is gone no longer counts.
  if (!verifyNote(note, verifiers)) fail('its note is not signed by a key of this log');
  const signed = parseCheckpoint(note.text);
  if (signed.origin !== row.origin || signed.size !== row.size || !signed.root.equals(row.root)) {
    fail('is not what its note says');
  }
  const frontier = { size: row.size, hashes: row.frontier };
  if (row.frontier.length !== frontierLength(row.size) || !frontierRoot(frontier).equals(row.root)) {
    fail('its frontier does not have its root');
  }
  if ((lastLeaf?.leafIndex ?? -1) + 1 !== row.size || (lastLeaf?.eventId ?? null) !== row.eventId) {
    fail('the leaf index does not end at its last entry');
  }
}
