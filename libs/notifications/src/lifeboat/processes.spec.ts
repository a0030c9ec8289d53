import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLifeboat } from './lifeboat.js';
import { alarmOf, key, provisionsOf } from './specimens.contract.js';

const script = fileURLToPath(new URL('./lifeboat.child.mjs', import.meta.url));

describe('several processes with one lifeboat', () => {
  let directory: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'kiroku-lifeboat-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const run = (mode: 'load' | 'full', process_: string, limit: readonly string[] = []): ChildProcess => {
    const flags = [
      '--experimental-transform-types',
      '--conditions=source',
      '--disable-warning=ExperimentalWarning',
    ];
    const node = [process.execPath, ...flags, script, mode, directory, process_, key.toString('hex')];
    const [command = '', ...given] = [...limit, ...node];
    const child = spawn(command, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  };

  /** Kills it once it has acknowledged so many notes; the last number that it acknowledged. */
  async function killedAfter(child: ChildProcess, notes: number): Promise<number> {
    const exit = once(child, 'exit');
    let said = '';
    for await (const text of child.stdout ?? []) {
      said += String(text);
      if (said.split('\n').length > notes) child.kill('SIGKILL');
    }
    await exit;
    return Number(said.split('\n').at(-2));
  }

  it('killed in the middle of their notes, leave every acknowledged one to the others', async () => {
    const processes = ['api', 'worker'];
    for (let round = 0; round < 2; round += 1) {
      const last = await Promise.all(processes.map((name) => killedAfter(run('load', name), 150)));
      for (const [index, name] of processes.entries()) {
        const number = last[index] ?? 0;
        expect(number).toBeGreaterThanOrEqual(150);
        const left = openLifeboat({ directory, process: name, key }).alarms();
        // The one after the last may be there too; it is in the place of the fourth before it.
        for (const n of [number, number - 1, number - 2]) expect(left).toContainEqual(alarmOf(n % 4, n % 50));
      }
    }
    const watching = openLifeboat({ directory, process: 'cli', key });
    expect(watching.alarms()).toHaveLength(8);
  });

  it('note what they must where no file can grow any more', async () => {
    const stocked = openLifeboat({ directory, process: 'worker', key });
    stocked.stock(provisionsOf());
    // In units of 1,024 bytes: what the lifeboat has taken beforehand, and not a byte more.
    const child = run('full', 'worker', ['bash', '-c', 'ulimit -f 64; exec "$@"', 'bash']);
    expect(await once(child, 'exit')).toEqual([0, null]);
    const left = openLifeboat({ directory, process: 'worker', key });
    expect(left.alarms()).toEqual(Array.from({ length: 10 }, (_, index) => alarmOf(index + 1, 40)));
    expect(left.provisions()).toEqual(provisionsOf());
  });
});
