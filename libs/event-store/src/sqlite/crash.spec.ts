import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEverything } from '../contract/specimens.contract.js';
import type { EventStore, StoredEvent } from '../port.js';
import { openSqliteEventStore } from './sqlite-event-store.js';

const macKey = Buffer.alloc(32, 0x4b);
const script = fileURLToPath(new URL('./event-store.child.mjs', import.meta.url));

describe('several processes on one SQLite file', () => {
  let directory: string;
  let file: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-crash-'));
    file = join(directory, 'data', 'events.db');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const run = (mode: 'open' | 'load'): ChildProcess => {
    const flags = [
      '--experimental-transform-types',
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
    ];
    const child = spawn(process.execPath, [...flags, script, mode, file, macKey.toString('hex')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };
  const open = (): Promise<EventStore> =>
    openSqliteEventStore({
      file,
      macKey,
      onFatal: (error) => {
        throw error;
      },
    });

  it('may open and migrate a new file all at once', async () => {
    const exits = [run('open'), run('open'), run('open')].map((child) => once(child, 'exit'));
    for (const exit of exits) expect(await exit).toEqual([0, null]);
    const store = await open();
    expect(await store.readAll(null, 1)).toEqual([]);
    await store.close();
  });

  it('killed in the middle of their commits, leave every acknowledged append, and every append whole', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 2; round += 1) {
      const killed = await Promise.all([killAfter(run('load'), 300), killAfter(run('load'), 300)]);
      acknowledged.push(...killed.flat());
    }
    const store = await open();
    const streams = streamsOf(await readEverything(store, 1000));
    expect(acknowledged.length).toBeGreaterThanOrEqual(1200);
    expect(acknowledged.filter((stream) => !streams.has(stream))).toEqual([]);
    for (const events of streams.values()) expect(events.map((event) => event.revision)).toEqual([0, 1, 2]);
    await store.append('afterwards', 'no-stream', [{ id: 'afterwards', type: 'Noted', entry: '{}' }]);
    await store.close();
  });
});

/** Kills the process without warning once it has reported `count` appends; returns all that it reported. */
async function killAfter(child: ChildProcess, count: number): Promise<readonly string[]> {
  let text = '';
  let lines = 0;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    lines += chunk.split('\n').length - 1;
    if (lines >= count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // What follows the last line break was cut off by the kill.
  return text.split('\n').slice(0, -1);
}

function streamsOf(events: readonly StoredEvent[]): ReadonlyMap<string, readonly StoredEvent[]> {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const stream = streams.get(event.stream) ?? [];
    stream.push(event);
    streams.set(event.stream, stream);
  }
  return streams;
}
