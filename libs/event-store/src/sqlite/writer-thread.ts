import { Worker } from 'node:worker_threads';
import {
  DuplicateEventId,
  ForgedEvent,
  RevisionConflict,
  StoreFailed,
  type NewEvent,
  type Receipt,
} from '../port.js';
import type {
  AppendReply,
  AppendRequest,
  DurabilitySettings,
  FromWriter,
  ToWriter,
  WriterStart,
} from './protocol.js';

/** An append under way. `expected` is -1 for no stream. */
interface Outstanding {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly NewEvent[];
  readonly resolve: (receipts: readonly Receipt[]) => void;
  readonly reject: (error: Error) => void;
}

/** What the thread tells its owner. */
export interface WriterListener {
  /** A batch is on disk, and its callers are answered. */
  committed(): void;
  /** The store accepts nothing more; everything outstanding has been rejected with the same error. */
  failed(error: StoreFailed): void;
}

/** The writer runs from the same tree as this file: `writer.js` beside dist's, `writer.ts` beside the source. */
const writerUrl = new URL(import.meta.url.endsWith('.ts') ? './writer.ts' : './writer.js', import.meta.url);

/** Durable means WAL with an fsync at every commit; anything else must not start (decision 5). */
export function assertDurable({ journalMode, synchronous }: DurabilitySettings): void {
  if (journalMode !== 'wal' || synchronous !== 2) {
    throw new StoreFailed(
      `commits would not be durable: journal_mode ${String(journalMode)}, synchronous ${String(synchronous)}`,
    );
  }
}

/** How many appends make a message that is not kept back for more. */
const FULL_MESSAGE = 16;

/** The calling thread's side of the writer thread: numbers the appends, matches the replies, and reports its death. */
export class WriterThread {
  private readonly outstanding = new Map<number, Outstanding>();
  private readonly exited: Promise<void>;
  private sequence = 0;
  private unsent: AppendRequest[] = [];
  private failure: StoreFailed | null = null;
  private drained: (() => void) | null = null;

  private constructor(
    private readonly worker: Worker,
    private readonly listener: WriterListener,
  ) {
    worker.on('message', (message: FromWriter) => this.receive(message));
    worker.on('error', (error) => this.fail(new StoreFailed('the writer thread broke', { cause: error })));
    this.exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.fail(new StoreFailed('the writer thread ended'));
        resolve();
      });
    });
  }

  /** Starts the thread on a file whose schema is current; resolves when it takes appends. */
  static async start(start: WriterStart, listener: WriterListener): Promise<WriterThread> {
    const worker = new Worker(writerUrl, { workerData: start });
    try {
      assertDurable(await readiness(worker));
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    return new WriterThread(worker, listener);
  }

  append(stream: string, expected: number, events: readonly NewEvent[]): Promise<readonly Receipt[]> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.sequence += 1;
      this.outstanding.set(this.sequence, { stream, expected, events, resolve, reject });
      const request: [number, string, number, ...string[]] = [this.sequence, stream, expected];
      for (const { id, type, entry } of events) request.push(id, type, entry);
      this.send(request);
    });
  }

  /**
   * Appends of one turn of the event loop travel together, a message costing more than an event in it; a full
   * message leaves at once, so that the writer commits while the caller still seals the next ones.
   */
  private send(request: AppendRequest): void {
    this.unsent.push(request);
    if (this.unsent.length >= FULL_MESSAGE) this.flush();
    else if (this.unsent.length === 1) setImmediate(() => this.flush());
  }

  private flush(): void {
    if (this.unsent.length === 0) return;
    this.tell(this.unsent);
    this.unsent = [];
  }

  /** Waits for appends under way, then for the thread to have closed the file. */
  async close(): Promise<void> {
    if (this.outstanding.size > 0) {
      await new Promise<void>((resolve) => {
        this.drained = resolve;
      });
    }
    this.failure ??= new StoreFailed('the event store is closed');
    this.tell('close');
    await this.exited;
  }

  private tell(message: ToWriter): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.worker.postMessage(message);
  }

  private receive(message: FromWriter): void {
    if (message.kind === 'failed') {
      const cause = Object.assign(new Error(message.message), { code: message.code });
      this.fail(new StoreFailed(`the event store cannot commit: ${message.code}`, { cause }));
    } else if (message.kind === 'committed') {
      for (const reply of message.replies) this.settle(reply);
      this.listener.committed();
      this.reportDrained();
    }
  }

  private settle(reply: AppendReply): void {
    const append = this.outstanding.get(reply[0]);
    if (!append) return;
    this.outstanding.delete(reply[0]);
    const { stream, expected } = append;
    switch (reply[1]) {
      case 'appended':
        append.resolve(receiptsOf(append, reply));
        break;
      case 'resent':
        append.resolve(firstReceiptsOf(append, reply));
        break;
      case 'revision-conflict':
        append.reject(new RevisionConflict(stream, expected === -1 ? 'no-stream' : expected, reply[2]));
        break;
      case 'duplicate-event-id':
        append.reject(new DuplicateEventId(reply[2]));
        break;
      case 'forged-event':
        append.reject(new ForgedEvent(stream, reply[2], String(reply[3])));
        break;
    }
  }

  /** The first failure counts; a thread that ends because it was told to is not one. */
  private fail(error: StoreFailed): void {
    if (this.failure) return;
    this.failure = error;
    for (const append of this.outstanding.values()) append.reject(error);
    this.outstanding.clear();
    this.reportDrained();
    this.listener.failed(error);
  }

  private reportDrained(): void {
    if (this.outstanding.size === 0) this.drained?.();
  }
}

function readiness(worker: Worker): Promise<DurabilitySettings> {
  return new Promise((resolve, reject) => {
    const broken = (cause: unknown): void => reject(new StoreFailed('the writer did not start', { cause }));
    worker.once('error', broken);
    worker.once('message', (message: FromWriter) => {
      worker.off('error', broken);
      if (message.kind === 'ready') resolve(message.settings);
      else broken(message);
    });
  });
}

function receiptsOf(
  { stream, expected, events }: Outstanding,
  [, , first, ...seals]: Extract<AppendReply, { 1: 'appended' }>,
): readonly Receipt[] {
  return events.map(({ id }, index) => ({
    id,
    position: String(first + index),
    stream,
    revision: expected + 1 + index,
    leafHash: seals[2 * index] as string,
    mac: seals[2 * index + 1] as string,
  }));
}

/** The receipts of the first time, each with the position that its event was given then. */
function firstReceiptsOf(
  { stream, expected, events }: Outstanding,
  [, , ...found]: Extract<AppendReply, { 1: 'resent' }>,
): readonly Receipt[] {
  return events.map(({ id }, index) => ({
    id,
    position: found[3 * index] as string,
    stream,
    revision: expected + 1 + index,
    leafHash: found[3 * index + 1] as string,
    mac: found[3 * index + 2] as string,
  }));
}
