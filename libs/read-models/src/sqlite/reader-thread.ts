/**
 * A worker thread that reads: compiled SQL in, rows out. The thread that answers HTTP never waits on a query.
 *
 * Self-contained and erasable on purpose: under Jest it is started from this source, where a worker cannot import
 * its `./x.js` siblings; from `dist` it is started as JavaScript.
 */
import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

/** One statement, with an id that its answer carries back. */
export interface ReaderRequest {
  readonly id: number;
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Rows, or why there are none; `absent` when the read models are not there yet. */
export type ReaderReply =
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly absent: true }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } };

/** Statements kept prepared; the searches of the trail have a few dozen spellings. */
const PREPARED_AT_MOST = 256;

const { file } = workerData as { file: string };
let connection: Database.Database | null = null;
/** Which file is open: the name may come to mean another one (a rebuild after deletion, a restore). */
let opened = '';
const prepared = new Map<string, Database.Statement>();

function close(): void {
  prepared.clear();
  connection?.close();
  connection = null;
}

/** Opens what the name now means; null while there is no file, or no table in it. */
function open(): Database.Database | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  const identity = found ? `${found.dev}-${found.ino}-${found.birthtimeNs}` : '';
  if (connection && identity === opened) return connection;
  close();
  if (!found) return null;
  connection = new Database(file, { readonly: true, timeout: 5000 });
  opened = identity;
  const made = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'read_model'").get();
  if (!made) close();
  return connection;
}

function prepare(reader: Database.Database, sql: string): Database.Statement {
  const known = prepared.get(sql);
  if (known) return known;
  if (prepared.size >= PREPARED_AT_MOST) prepared.clear();
  const statement = reader.prepare(sql);
  prepared.set(sql, statement);
  return statement;
}

function answer({ id, sql, parameters }: ReaderRequest): ReaderReply {
  try {
    // Inside a transaction the snapshot decides; between two, look what the file is now.
    const reader = connection?.inTransaction ? connection : open();
    if (!reader) return { id, absent: true };
    const statement = prepare(reader, sql);
    if (statement.reader) return { id, rows: statement.all(...parameters) };
    statement.run(...parameters);
    return { id, rows: [] };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { id, error: { code: code ?? 'ERROR', message } };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.on('message', (request: ReaderRequest) => parentPort?.postMessage(answer(request)));
