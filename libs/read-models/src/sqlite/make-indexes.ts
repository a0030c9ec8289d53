import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { ReadModelsOfOtherVersion } from '../read-model.js';
import type { IndexReply, IndexThreadData } from './index-thread.js';

/** Beside this file, in the language this file is run in: TypeScript under Jest, JavaScript from `dist`. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './index-thread.ts' : './index-thread.js',
  import.meta.url,
);

export interface IndexWork extends IndexThreadData {
  /** One `CREATE INDEX` each, made in this order. */
  readonly statements: readonly string[];
}

/**
 * Makes indexes in a thread and resolves when all are there, or after the one under way when `signal` aborts. The write lock is
 * taken for each, some 0.4 µs a row. Throws `ReadModelsOfOtherVersion`, or what SQLite does; what is made by then stays.
 */
export async function makeIndexes({ statements, ...data }: IndexWork, signal?: AbortSignal): Promise<void> {
  const thread = new Worker(threadFile, { workerData: data });
  const ask = async (statement: string | null): Promise<void> => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(statement);
    // An error that the thread throws (it cannot open the file) rejects this too.
    const [reply] = (await once(thread, 'message')) as [IndexReply];
    if ('of' in reply) throw new ReadModelsOfOtherVersion(reply.of);
    if ('error' in reply) throw new Database.SqliteError(reply.error.message, reply.error.code);
  };
  try {
    for (const statement of statements) {
      if (signal?.aborted) return;
      await ask(statement);
    }
    await ask(null);
  } finally {
    await thread.terminate();
  }
}
