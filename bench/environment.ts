import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** Where a run was made; ratios travel, absolute figures do not. */
export interface Environment {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Load average of the last minute. */
  readonly load: number;
}

export const environment = (): Environment => ({
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
  node: process.version,
  load: Number((loadavg()[0] ?? 0).toFixed(2)),
});

/** File systems in memory, where an fsync costs nothing (statfs magic numbers of tmpfs and ramfs). */
const IN_MEMORY: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);

/** Runs `work` with a fresh directory on a real disk, and removes it whatever happens. */
export async function withDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const parent = [tmpdir(), '/var/tmp', process.cwd()].find((path) => {
    const found = statfsSync(path, { bigint: false });
    return !IN_MEMORY.has(found.type);
  });
  if (!parent) throw new Error('no directory on a real disk: set TMPDIR to one');
  const directory = mkdtempSync(join(parent, 'kiroku-bench-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
