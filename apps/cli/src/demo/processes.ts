import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One of Kiroku's processes as the demo runs it. */
export interface RunningProcess {
  readonly name: string;
  /** The line by which it said that it is ready. */
  readonly ready: string;
  stop(): Promise<void>;
  /** Ends it without warning (SIGKILL), as a power cut would. */
  kill(): Promise<void>;
  /** The same app again, in the same environment; resolves when it is ready. */
  startAgain(): Promise<void>;
}

const START_MS = 120_000;
const STOP_MS = 15_000;

/** The built main file of an app, beside this one. */
const mainOf = (app: string): string =>
  fileURLToPath(new URL(`../../../${app}/src/main.js`, import.meta.url));

/** Starts an app of this build as a process of its own and waits for the line that matches `ready`. */
export async function startProcess(
  app: string,
  environment: NodeJS.ProcessEnv,
  ready: RegExp,
  words: readonly string[] = [],
): Promise<RunningProcess> {
  const launch = (): Promise<Launched> => launched(app, environment, ready, words);
  let current = await launch();
  return {
    name: app,
    ready: current.ready,
    stop: () => stopProcess(current.child),
    kill: () => endProcess(current.child),
    startAgain: async () => {
      current = await launch();
    },
  };
}

/** Runs one command of the cli, as a stranger would, in a process of its own. Resolves with its exit code. */
export function runKiroku(words: readonly string[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--enable-source-maps', mainOf('cli'), ...words], {
      stdio: 'ignore',
    });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

interface Launched {
  readonly child: ChildProcess;
  readonly ready: string;
}

function launched(
  app: string,
  environment: NodeJS.ProcessEnv,
  ready: RegExp,
  words: readonly string[],
): Promise<Launched> {
  const child = spawn(process.execPath, ['--enable-source-maps', mainOf(app), ...words], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let complained = '';
  child.stderr.on('data', (chunk: Buffer) => (complained = `${complained}${chunk.toString()}`.slice(-2_000)));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${app} did not start in ${START_MS} ms\n${complained}`)),
      START_MS,
    );
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`${app} ended with ${code ?? 'a signal'} before it was ready\n${complained}`));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (said === 'ready') return;
      const text = chunk.toString();
      const line = text.split('\n').find((candidate) => ready.test(candidate));
      if (!line) return;
      said = 'ready';
      clearTimeout(timer);
      resolve({ child, ready: line });
    });
  });
}

/** SIGTERM, and SIGKILL for a process that does not end by itself. Only processes started here are ended. */
function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

function endProcess(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
