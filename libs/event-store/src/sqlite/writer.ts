import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { AppendRequest, DurabilitySettings, FromWriter, ToWriter, WriterStart } from './protocol.js';

/**
 * The writer thread, one per process (decision 5): group commit without a timer. What queued up during the last
 * commit is the next batch; one fsync serves the whole batch, and the calling thread never waits on a disk.
 *
 * A crash at any line loses only appends that were not answered: replies are posted after COMMIT has returned,
 * and COMMIT returns after fsync. What a crash leaves half-written in the write-ahead log has no commit frame, and
 * the next open ignores it.
 *
 * The file runs from dist (`.js`) and, without a build, from source (`.ts`, types stripped by Node), where a
 * static import of `./x.js` would not resolve; siblings are therefore imported by this file's own extension.
 */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const sibling = (name: string): string => new URL(`./${name}${extension}`, import.meta.url).href;
const { AppendSeal, leafHashOf } = (await import(sibling('seal'))) as typeof import('./seal.js');
const { Appender } = (await import(sibling('appender'))) as typeof import('./appender.js');
const { SchemaGuard } = (await import(sibling('schema-guard'))) as typeof import('./schema-guard.js');

/** The most appends that one commit takes. */
const MAX_BATCH = 256;
/** After this long without a pause the lock is left free for YIELD_MS, so that other processes get it. */
const CONTINUOUS_MS = 25;
const YIELD_MS = 2;
/** How often a lock held by another process is tried again. */
const RETRY_MS = 1;

if (!parentPort) throw new Error('the writer runs in a worker thread');
const port = parentPort;
const start = workerData as WriterStart;

const pauseCell = new Int32Array(new SharedArrayBuffer(4));
const pause = (milliseconds: number): void => {
  Atomics.wait(pauseCell, 0, 0, milliseconds);
};

/** Errors of the native module are told by their code: they may come from another realm. */
const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? '';

/** Another process holds the lock for one commit, some milliseconds at most; without limit, since giving up helps nobody. */
function untilFree(step: () => void): void {
  for (;;) {
    try {
      step();
      return;
    } catch (error) {
      if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
      pause(RETRY_MS);
    }
  }
}

function openDatabase(): Database.Database {
  const db = new Database(start.file, { fileMustExist: true, timeout: 0 });
  // The library is built with WAL_SYNCHRONOUS=1: without this line a commit returns before any fsync. The order
  // matters, and `settings` reads back what holds.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // Pages: 8 MB of log between checkpoints, which cost two more fsyncs each. Below that they show, above not.
  db.pragma('wal_autocheckpoint = 2000');
  db.pragma('recursive_triggers = ON');
  if (start.maxPages !== undefined) db.pragma(`max_page_count = ${start.maxPages}`);
  return db;
}

const settingsOf = (db: Database.Database): DurabilitySettings => ({
  journalMode: db.pragma('journal_mode', { simple: true }),
  synchronous: db.pragma('synchronous', { simple: true }),
});

const tell = (message: FromWriter): void => port.postMessage(message);

let db!: Database.Database;
untilFree(() => {
  db = openDatabase();
});
const foreignSchema = (): Error =>
  Object.assign(new Error('the schema of the event store is not the one that this program made'), {
    code: 'foreign-schema',
  });
const appender = new Appender(
  db,
  { seal: new AppendSeal(start.macKey), leafHashOf },
  new SchemaGuard(db, start.schema, foreignSchema),
  untilFree,
);
const queue: AppendRequest[] = [];
let closing = false;

const take = (message: ToWriter): void => {
  if (message === 'close') closing = true;
  else queue.push(...message);
};

/** Takes over everything that arrived while the last batch was being written, without returning to the event loop. */
function drain(): void {
  while (queue.length < MAX_BATCH) {
    const received = receiveMessageOnPort(port);
    if (!received) return;
    take(received.message as ToWriter);
  }
}

function commitUntilIdle(): void {
  let since = performance.now();
  for (drain(); queue.length > 0; drain()) {
    tell({ kind: 'committed', replies: appender.append(queue.splice(0, MAX_BATCH)) });
    if (performance.now() - since >= CONTINUOUS_MS) {
      pause(YIELD_MS);
      since = performance.now();
    }
  }
}

function end(): void {
  port.close();
  db.close();
}

port.on('message', (message: ToWriter) => {
  try {
    take(message);
    commitUntilIdle();
    if (closing) end();
  } catch (error) {
    // Not even a retry could be trusted now: after a failed fsync the kernel may have dropped the pages. The
    // process ends (decision 5), and a restarted one finds out from the file what was committed.
    tell({ kind: 'failed', code: codeOf(error), message: (error as { message?: string }).message ?? '' });
    end();
  }
});
tell({ kind: 'ready', settings: settingsOf(db) });
