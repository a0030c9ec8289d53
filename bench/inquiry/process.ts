import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A built program running beside the bench. */
export interface Running {
  /** What it printed when it was ready. */
  readonly ready: string;
  /** Processor time it has used, all threads, in seconds. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** Starts `dist/<script>` and waits for its first line. `KIROKU_BENCH_PROFILE=<directory>` writes CPU profiles there. */
function start(script: string, environment: NodeJS.ProcessEnv): Promise<Running> {
  const profiles = process.env['KIROKU_BENCH_PROFILE'];
  const child = spawn(
    process.execPath,
    [
      ...(profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : []),
      fileURLToPath(new URL(`../../${script}`, import.meta.url)),
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  return new Promise((resolve, reject) => {
    void exited.then(() => reject(new Error(`${script} ended before it was ready`)));
    child.stdout.once('data', (chunk: Buffer) => {
      // Its log must not fill the pipe.
      child.stdout.resume();
      resolve({ ready: chunk.toString(), cpuSeconds: () => cpuSecondsOf(child.pid), stop });
    });
  });
}

/** Starts programs. */
export type Launch = (script: string, environment: NodeJS.ProcessEnv) => Promise<Running>;

/** Runs `work`, and stops what it launched or had `stopped` in the end, the last one first, whatever happens. */
export async function withPrograms<T>(
  work: (launch: Launch, stopped: (other: { stop(): Promise<void> }) => void) => Promise<T>,
): Promise<T> {
  const running: { stop(): Promise<void> }[] = [];
  try {
    return await work(
      async (script, environment) => {
        const started = await start(script, environment);
        running.push(started);
        return started;
      },
      (other) => void running.push(other),
    );
  } finally {
    for (const started of running.toReversed()) await started.stop();
  }
}

/** Linux counts in clock ticks, a hundred a second (proc(5), fields 14 and 15); elsewhere it is not known. */
function cpuSecondsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}

/** The address in what a server printed. */
export function urlIn({ ready }: Running): string {
  const match = /https:\/\/[^\s,]+/.exec(ready);
  if (!match) throw new Error('a server did not say where it listens');
  return match[0];
}
