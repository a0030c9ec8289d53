import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { NoteSigner } from './core/note.js';
import { fileDisk } from './file/disk.js';
import { LogDatabase } from './file/log-database.js';
import { FileLogReader } from './file/log-reader.js';
import { Sequencer } from './file/sequencer.js';
import type { Log, LogReader } from './port.js';

export interface LogFiles {
  /** The directory that holds `checkpoint` and `tile/`; everything in it may be published. */
  readonly directory: string;
  /** The path of `ledger.sqlite`; outside the directory, for it is not published. */
  readonly database: string;
}

export interface OpenLogOptions extends LogFiles {
  /** The log's identity, a URL without scheme; every signer's name. */
  readonly origin: string;
  /**
   * The key that signs, or several of which each signs every checkpoint. A key is replaced in three starts: with the old
   * one, with both for as long as readers need to learn the new verifier key, with the new one. The log does not open
   * with a key that has no signature on its checkpoint, so the start with both cannot be left out.
   */
  readonly signer: NoteSigner | readonly NoteSigner[];
  /** ISO 8601, the time of the empty log's checkpoint when this call makes the log; the real time if left out. */
  readonly now?: string;
}

/**
 * Opens the log for its sequencer, making an empty one (with a signed checkpoint of size 0) where there is none.
 * Checks the row against its note, the last tiles and the published file, and finishes what a crash left undone.
 * Throws LogInconsistent, LogRolledBack, LogSchemaTooNew, SequencerSuperseded (another one is writing just now), and
 * MalformedNote for an origin that is not every signer's name.
 */
export async function openLog(options: OpenLogOptions): Promise<Log> {
  mkdirSync(options.directory, { recursive: true });
  mkdirSync(dirname(options.database), { recursive: true });
  const database = LogDatabase.open(options.database);
  try {
    const now = options.now ?? new Date().toISOString();
    const signers = [options.signer].flat();
    return Sequencer.open({ ...options, signers, disk: fileDisk(options.directory), database, now });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens the log for reading, in any process. Throws LogNotFound while there is none, LogSchemaTooNew, LogInconsistent. */
export async function openLogReadOnly({ directory, database }: LogFiles): Promise<LogReader> {
  return new FileLogReader(fileDisk(directory), LogDatabase.openReadOnly(database));
}
