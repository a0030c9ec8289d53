/**
 * A worker thread that makes indexes of a table that is full: seconds to minutes of work in which leases, the log and the
 * stop of the process have their turn. One statement in, one answer out.
 *
 * Self-contained and erasable, for the reason that `reader-thread.ts` has.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** The file, and the version of the tables for which the statements were written. */
export interface IndexThreadData {
  readonly file: string;
  readonly version: number;
}

/** Done; `of` tells that the tables are of another version, and nothing was done; or why it failed. */
export type IndexReply =
  | { readonly done: true }
  | { readonly of: number }
  | { readonly error: { readonly code: string; readonly message: string } };

const { file, version } = workerData as IndexThreadData;
const connection = new Database(file, { timeout: 5000 });
connection.pragma('synchronous = NORMAL');
// Also how much is sorted in memory; the rest is sorted in files of the temporary directory, which have no name.
connection.pragma('cache_size = -65536');

/** In one transaction: a crash leaves no half of an index, and nobody replaces the tables between the look and the work. */
const make = connection.transaction((statement: string): IndexReply => {
  const found = connection.prepare<[], number>('SELECT schema_version FROM read_model').pluck().get();
  if (found !== version) return { of: found ?? 0 };
  connection.exec(statement);
  return { done: true };
});

function answer(statement: string | null): IndexReply {
  try {
    if (statement !== null) return make.immediate(statement);
    // The journal has grown by as much as the largest index. Where somebody reads just now, it is used up by and by.
    connection.pragma('wal_checkpoint(TRUNCATE)');
    return { done: true };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { error: { code: code ?? 'ERROR', message } };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.on('message', (statement: string | null) => parentPort?.postMessage(answer(statement)));
