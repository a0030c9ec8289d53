import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { ReadModelsAbsent } from '../queries.js';
import type { ReaderReply, ReaderRequest } from './reader-thread.js';

/** A query failed in a reader thread, or the thread itself did. `code` is SQLite's, or `READER_THREAD`. */
export class ReadFailed extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ReadFailed';
  }
}

/** Beside this file, in the language this file is run in: TypeScript under Jest, JavaScript from `dist`. */
const threadFile = new URL(
  import.meta.url.endsWith('.ts') ? './reader-thread.ts' : './reader-thread.js',
  import.meta.url,
);

interface Waiting {
  resolve(rows: readonly unknown[]): void;
  reject(error: Error): void;
}

/** One reader thread as a Kysely connection. A thread that dies fails what it was asked; the next question starts another. */
class ReaderConnection implements DatabaseConnection {
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #lastId = 0;

  constructor(file: string) {
    this.#file = file;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    return { rows: (await this.#ask(sql, parameters)) as R[] };
  }

  // oxlint-disable-next-line require-yield -- part of the interface; pages are small, nothing here streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new ReadFailed('READER_THREAD', 'the reader thread does not stream');
  }

  get isAlive(): boolean {
    return this.#worker !== null;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#failAll(new ReadFailed('READER_THREAD', 'the reader was closed'));
    await worker?.terminate();
  }

  #ask(sql: string, parameters: readonly unknown[]): Promise<readonly unknown[]> {
    const worker = (this.#worker ??= this.#start());
    const id = ++this.#lastId;
    // A process must not end while somebody waits for rows, and need not stay alive for an idle thread.
    worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage({ id, sql, parameters } satisfies ReaderRequest);
    });
  }

  #start(): Worker {
    const worker = new Worker(threadFile, { workerData: { file: this.#file } });
    worker.on('message', (reply: ReaderReply) => this.#settle(reply));
    const died = (reason: string): void => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#failAll(new ReadFailed('READER_THREAD', `the reader thread ended: ${reason}`));
    };
    worker.on('error', (error) => died((error as Error).message));
    worker.on('exit', (code) => died(`exit ${code}`));
    return worker;
  }

  #settle(reply: ReaderReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ('rows' in reply) waiting?.resolve(reply.rows);
    else if ('absent' in reply) waiting?.reject(new ReadModelsAbsent());
    else waiting?.reject(new ReadFailed(reply.error.code, reply.error.message));
  }

  #failAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** Hands out reader threads, starting another only while all are busy and there are fewer than `threads`. */
class ReaderDriver implements Driver {
  readonly #all: ReaderConnection[] = [];
  readonly #idle: ReaderConnection[] = [];
  readonly #queue: ((connection: ReaderConnection) => void)[] = [];

  constructor(
    readonly file: string,
    readonly threads: number,
  ) {}

  async init(): Promise<void> {
    // Threads start with the first questions.
  }

  async acquireConnection(): Promise<ReaderConnection> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.length < this.threads) {
      const connection = new ReaderConnection(this.file);
      this.#all.push(connection);
      return connection;
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  async releaseConnection(connection: ReaderConnection): Promise<void> {
    const next = this.#queue.shift();
    if (next) next(connection);
    else this.#idle.push(connection);
  }

  async beginTransaction(connection: ReaderConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: ReaderConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: ReaderConnection): Promise<void> {
    // With the thread its transaction died; rolling back in a new one would only hide why.
    if (connection.isAlive) await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#all.map((connection) => connection.close()));
  }
}

/** A Kysely dialect whose connections are threads that read one SQLite file. */
export const readerDialect = (file: string, threads: number): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new ReaderDriver(file, threads),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});
