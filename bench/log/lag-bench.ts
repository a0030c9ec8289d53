import { readFileSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { parseCheckpoint, parseNote } from '#ledger';
import { readConfiguration } from '#wiring';
import { until } from '../../apps/cli/src/demo/until.js';
import { clients } from '../inquiry/clients.js';
import { grantKnown } from '../inquiry/inquiry-bench.js';
import { install, openForBusiness } from '../inquiry/installation.js';
import { urlIn, withPrograms } from '../inquiry/process.js';
import { type Percentiles, percentiles } from '../latencies.js';

export interface LagResult extends Percentiles {
  readonly clients: number;
  readonly events: number;
  readonly checkpoints: number;
  readonly inquiriesPerSecond: number;
  /** A small file written, synced and renamed on the same disk meanwhile: no checkpoint is published with less. */
  readonly floor: Percentiles;
}

const CLIENTS = 32;
const LOOK_MS = 10;
const BARE_MS = 50;

/**
 * How long it takes from an event to the published checkpoint that covers it, while clients inquire as fast as they are
 * answered. From the time in the event's id, which is taken just before it is committed, to the time at which the file
 * system renamed the checkpoint into its place.
 */
export async function benchLag(directory: string, ms: number): Promise<LagResult> {
  return withPrograms(async (launch) => {
    const installation = await install(directory);
    const { pki } = installation;
    const { paths } = readConfiguration(installation.environment, 'cli');
    const simulator = await launch('apps/registry-simulator/src/main.js', {
      KIROKU_SIMULATOR_PKI: pki.directory,
    });
    const environment = { ...installation.environment, KIROKU_REGISTRY_URL: urlIn(simulator) };
    const api = await launch('apps/api/src/main.js', environment);
    await launch('apps/retention-worker/src/main.js', environment);
    const token = await openForBusiness(urlIn(api), installation);
    await grantKnown(urlIn(api), installation, token);
    const side = clients('inquiries', { server: api, pki, token }, CLIENTS);
    try {
      await side.work(ms / 4);
      return await underLoad(() => side.work(ms), paths, directory);
    } finally {
      side.close();
    }
  });
}

type Paths = Pick<ReturnType<typeof readConfiguration>['paths'], 'events' | 'log'>;

async function underLoad(
  load: () => Promise<{ readonly operations: number; readonly seconds: number }>,
  { events, log }: Paths,
  directory: string,
): Promise<LagResult> {
  const watch = new CheckpointWatch(join(log, 'checkpoint'));
  const bare = new BareFile(directory);
  const store = new Database(events, { readonly: true });
  try {
    const last = store.prepare<[], number>('SELECT max(position) FROM events').pluck();
    const first = last.get() ?? 0;
    const { operations, seconds } = await load();
    const end = last.get() ?? 0;
    await bare.stop();
    await until('the log to have everything', () => Promise.resolve(watch.size >= end));
    watch.stop();
    const made = store
      .prepare<[number, number], { position: number; id: string }>(
        'SELECT position, id FROM events WHERE position > ? AND position <= ? ORDER BY position',
      )
      .all(first, end);
    const lags = watch.lagsOf(made);
    return {
      clients: CLIENTS,
      events: made.length,
      checkpoints: watch.checkpoints,
      inquiriesPerSecond: Math.round(operations / seconds),
      ...percentiles(lags, 0),
      floor: percentiles(bare.latencies),
    };
  } finally {
    await bare.stop();
    watch.stop();
    store.close();
  }
}

/** Sees each checkpoint that is published; one that was replaced before it was seen counts as the next, later one. */
class CheckpointWatch {
  private readonly seen: { readonly size: number; readonly at: number }[] = [];
  private changed = 0;
  private readonly timer = setInterval(() => this.look(), LOOK_MS);

  constructor(private readonly file: string) {
    this.look();
  }

  get size(): number {
    return this.seen.at(-1)?.size ?? 0;
  }

  get checkpoints(): number {
    return this.seen.length;
  }

  /** Milliseconds from each event (ascending) to the first checkpoint that covers it. */
  lagsOf(events: readonly { readonly position: number; readonly id: string }[]): number[] {
    let next = 0;
    return events.map(({ position, id }) => {
      while ((this.seen[next]?.size ?? Infinity) < position) next += 1;
      return (this.seen[next]?.at ?? Infinity) - Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    // Its inode changes at the rename, the text in it before: read after the time, it is never older than that.
    const { ctimeMs } = statSync(this.file);
    if (ctimeMs === this.changed) return;
    this.changed = ctimeMs;
    const { size } = parseCheckpoint(parseNote(readFileSync(this.file, 'utf8')).text);
    if (size !== this.size) this.seen.push({ size, at: ctimeMs });
  }
}

/** Writes, syncs and renames a file of a checkpoint's length now and then. */
class BareFile {
  readonly latencies: number[] = [];
  private stopped = false;
  private readonly writing: Promise<void>;

  constructor(private readonly directory: string) {
    this.writing = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.writing;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const began = performance.now();
      await this.replace();
      this.latencies.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, BARE_MS));
    }
  }

  private async replace(): Promise<void> {
    const made = join(this.directory, 'bare.new');
    const file = await open(made, 'w');
    await file.write('x'.repeat(256));
    await file.sync();
    await file.close();
    await rename(made, join(this.directory, 'bare'));
    const parent = await open(this.directory, 'r');
    await parent.sync();
    await parent.close();
  }
}
