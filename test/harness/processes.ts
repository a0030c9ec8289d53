import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** An app of Kiroku that can run as a process of its own. */
export type App = 'api' | 'retention-worker';

/** How a process ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const READY: Readonly<Record<App, RegExp>> = {
  api: /^api listening on /m,
  'retention-worker': /^retention-worker started$/m,
};
const START_MS = 90_000;
const BUILT = fileURLToPath(new URL('../../dist/apps/', import.meta.url));

/**
 * A real process of the build (`npm test` builds before it runs), with everything it says. Ended with `kill`; a test
 * that fails before that must call it from `afterAll`, where killing an ended process does nothing.
 */
export class Daemon {
  readonly ended: Promise<Ending>;
  private said = '';

  private constructor(
    readonly app: App,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    }
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  /**
   * Starts an app and resolves when it says that it is ready. `launcher` is put before the command line: a shell
   * that sets limits first and then becomes the process, a tracer that runs beside it.
   */
  static async start(
    app: App,
    environment: Readonly<Record<string, string>>,
    launcher: readonly string[] = [],
  ): Promise<Daemon> {
    const main = join(BUILT, app, 'src/main.js');
    if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
    const line: readonly string[] = [...launcher, process.execPath, '--enable-source-maps', main];
    const child = spawn(line[0] ?? process.execPath, line.slice(1), {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const daemon = new Daemon(app, child);
    try {
      await daemon.hasSaid(READY[app]);
      return daemon;
    } catch (error) {
      await daemon.kill('SIGKILL');
      throw error;
    }
  }

  /** Everything said so far, on standard output and standard error. */
  get output(): string {
    return this.said;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Where the api listens. */
  get url(): string {
    return /^api listening on (https:\S+),/m.exec(this.said)?.[1] ?? '';
  }

  get metricsUrl(): string {
    return /metrics on (http:\S+)/.exec(this.said)?.[1] ?? '';
  }

  /** Whether the process is still there. */
  get lives(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when what was said matches. Rejects when the process ends before, or does not say it. */
  hasSaid(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${this.app} ${why}\n${this.said.slice(-2_000)}`));
      const timer = setTimeout(() => fail(`did not say ${pattern}`), START_MS);
      const listen = (): void => {
        if (!pattern.test(this.said)) return;
        clearTimeout(timer);
        this.child.stdout?.off('data', listen);
        resolve();
      };
      this.child.stdout?.on('data', listen);
      listen();
      void this.ended.then(({ code, signal }) => {
        clearTimeout(timer);
        return fail(`ended with ${code ?? signal} before it said ${pattern}`);
      });
    });
  }

  /** Sends a signal and waits for the end. Only this process is meant, and only if it still is. */
  async kill(signal: NodeJS.Signals): Promise<Ending> {
    if (this.lives) this.child.kill(signal);
    return this.ended;
  }

  /** Stops the process where it is, as power failure would; `resume` lets it go on. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}

const PATIENCE_MS = 60_000;
const POLL_MS = 20;

/** Asks until the answer is yes; throws, naming what was waited for, when it never is. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  pollMs = POLL_MS,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${PATIENCE_MS / 1_000} s in vain for ${what}`);
    await new Promise((resolve) => (pollMs ? setTimeout(resolve, pollMs) : setImmediate(resolve)));
  }
}
