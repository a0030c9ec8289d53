/** Builds when a source is newer than the last build; says so, and nothing else. Used by `npm run demo` and `kiroku`. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const stamp = join('dist', '.built');
const sources = [
  'apps',
  'libs',
  'bench',
  'test/harness',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
];

const newest = (path) => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
};

const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (Math.max(...sources.map(newest)) > built) {
  process.stderr.write('ビルドしています… building…\n');
  const began = Date.now();
  rmSync('dist', { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build', 'api'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
  // The sources' own time, not the end of the build: an edit during the build is built again next time.
  writeFileSync(stamp, '');
  const { utimesSync } = await import('node:fs');
  utimesSync(stamp, began / 1000, began / 1000);
}
