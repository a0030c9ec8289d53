import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '#wiring';
import { freePort } from './ports.js';
import { type RunningProcess, startProcess } from './processes.js';

const NAME = 'provider.example/witness';

/** `kiroku witness` as the provider runs it: a process with a key and a memory of its own, kept from start to start. */
export class ProviderWitness {
  private constructor(
    private readonly running: RunningProcess,
    /** Its verifier key. */
    readonly key: string,
    /** What `KIROKU_WITNESSES` names: its key and its URL. */
    readonly file: string,
  ) {}

  static async start({ data }: Pick<Configuration, 'data'>, logKey: string): Promise<ProviderWitness> {
    const directory = join(data, 'demo', 'provider');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const port = String(await freePort());
    const words = ['witness', '--state', join(directory, 'witness'), '--log-key', logKey, '--port', port];
    const running = await startProcess('cli', process.env, /verifier key: /, [...words, '--name', NAME]);
    const key = /verifier key: (\S+)/.exec(running.ready)?.[1] ?? '';
    const file = join(directory, 'witnesses');
    writeFileSync(file, `${key} http://127.0.0.1:${port}\n`, { mode: 0o600 });
    return new ProviderWitness(running, key, file);
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}
