import { Buffer } from 'node:buffer';
import { readdirSync } from 'node:fs';
import { parseCheckpoint } from './core/checkpoint.js';
import { parseNote } from './core/note.js';
import { CHECKPOINT_PATH, COSIGNED_PATH, judgeRow } from './file/checkpoint-file.js';
import { fileDisk } from './file/disk.js';
import { LogDatabase, type CheckpointRow } from './file/log-database.js';
import type { LogFiles } from './file-log.js';
import { LogInconsistent, LogNotFound } from './port.js';
import {
  faultList,
  keysOf,
  verifyFiles,
  type CheckHooks,
  type SeenCheckpoint,
  type Verification,
  type VerifyOptions,
} from './verify.js';
import type { CheckedKeys } from './verify/checkpoint-audit.js';
import type { FaultList } from './verify/faults.js';
import { LeafIndexAudit } from './verify/leaf-index-audit.js';
import type { LogSource } from './verify/log-source.js';

/** The place of a fault in the log's database. */
const DATABASE = 'ledger.sqlite';

export interface VerifyInstalledOptions
  extends VerifyOptions,
    LogFiles,
    Pick<CheckHooks, 'onLeaves' | 'cosignedInTime'> {
  /** Keys of which one must have signed. */
  readonly verifierKey: string | readonly string[];
}

/** The result for a log where it is made. */
export interface InstalledVerification extends Verification {
  /**
   * False where nothing of a log is there: no database, no file, and no checkpoint that somebody has seen. Then nobody has
   * begun it, or somebody took all of it away: which of the two cannot be told from here, and no fault is found.
   */
  readonly begun: boolean;
}

/**
 * Checks a log where it is made: its files like `verifyLog`, and besides the database that the worker appends by, its
 * checkpoint's row and its leaf index. Reads only, beside a worker that appends, or without one.
 *
 * The row is written before the file that copies it. So the file may be one append behind, for a moment or since a crash:
 * then the log is checked as the row has it.
 *
 * A log of which a part is missing gives faults like any other. Throws LogSchemaTooNew, and MalformedNote for an unusable key.
 */
export async function verifyInstalledLog({
  directory,
  database: file,
  verifierKey,
  witnessKeys = [],
  seen = [],
  onProgress,
  onLeaves,
  cosignedInTime,
}: VerifyInstalledOptions): Promise<InstalledVerification> {
  const keys = keysOf(verifierKey, witnessKeys);
  if (seen.length === 0 && !isBegun(directory, file)) return notBegun;
  const source = fileDisk(directory);
  const faults = faultList();
  const database = openOrFault(file, faults);
  try {
    if (database !== null) compareSchema(database, faults);
    const row = database === null ? null : soundRow(database, keys, faults);
    const index = database === null ? null : new LeafIndexAudit(database, DATABASE, faults);
    index?.count();
    const copied = row === null ? { source, seen } : await besides(row, source, seen);
    const found = await verifyFiles(copied.source, keys, copied.seen, {
      faults,
      onIds: (start, ids) => index?.compare(start, ids),
      ...(onProgress ? { onProgress } : {}),
      ...(onLeaves ? { onLeaves } : {}),
      ...(cosignedInTime ? { cosignedInTime } : {}),
    });
    return { ...found, begun: true };
  } finally {
    database?.close();
  }
}

const notBegun: InstalledVerification = {
  begun: false,
  ok: true,
  selfConsistentOnly: false,
  origin: null,
  size: null,
  root: null,
  entries: 0,
  witnessed: [],
  earlier: 0,
  faults: [],
  stopped: false,
};

/** Whether anything of a log is there; what cannot be read is. A database without a row was left by a crash before it began. */
function isBegun(directory: string, database: string): boolean {
  try {
    if (readdirSync(directory).length > 0) return true;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') return true;
  }
  try {
    LogDatabase.openForCheck(database).close();
    return true;
  } catch (error) {
    return !(error instanceof LogNotFound);
  }
}

/** The database; null, and a fault, when it is missing or is none. */
function openOrFault(file: string, faults: FaultList): LogDatabase | null {
  try {
    return LogDatabase.openForCheck(file);
  } catch (error) {
    const { code = 'error' } = error as { code?: string };
    if (code === 'schema-too-new') throw error;
    faults.add({
      kind: 'unreadable',
      path: DATABASE,
      found: code,
      message: 'the log’s database is missing or cannot be read',
    });
    return null;
  }
}

function compareSchema(database: LogDatabase, faults: FaultList): void {
  if (database.schemaHolds()) return;
  const message = 'the tables, indexes and triggers are not those that this program made';
  faults.add({ kind: 'log-schema', path: DATABASE, message });
}

/** The row, when it is what its own note says; null, and a fault, when it is not. */
function soundRow(database: LogDatabase, keys: CheckedKeys, faults: FaultList): CheckpointRow | null {
  try {
    return database.atOnce(() => {
      const row = database.rowAsItIs();
      judgeRow(row, row.origin, keys.log, database.lastLeaf());
      return row;
    });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const said = error instanceof LogInconsistent || code === 'malformed-note';
    faults.add({
      kind: said ? 'checkpoint-row' : 'unreadable',
      path: DATABASE,
      message: said ? message : `the checkpoint row cannot be read (${code ?? 'error'})`,
    });
    return null;
  }
}

/** Where the log is read, and what it must continue: the row among it. */
async function besides(
  row: CheckpointRow,
  source: LogSource,
  seen: readonly SeenCheckpoint[],
): Promise<{ readonly source: LogSource; readonly seen: readonly SeenCheckpoint[] }> {
  const [size, cosigned] = [await sizeIn(source, CHECKPOINT_PATH), await sizeIn(source, COSIGNED_PATH)];
  // What was cosigned had been published: then no crash explains a file that is behind.
  const isOneBehind =
    size !== null && size === row.previousSize && size < row.size && (cosigned ?? 0) <= size;
  if (!isOneBehind) return { source, seen: [...seen, { place: DATABASE, note: row.note }] };
  const note = Buffer.from(row.note);
  return {
    source: { read: (path) => (path === CHECKPOINT_PATH ? note : source.read(path)) },
    seen,
  };
}

/** The size that a checkpoint file says; null when it cannot be read, which the check itself will say. */
async function sizeIn(source: LogSource, path: string): Promise<number | null> {
  try {
    const bytes = await source.read(path);
    return bytes === null ? null : parseCheckpoint(parseNote(bytes.toString()).text).size;
  } catch {
    return null;
  }
}
