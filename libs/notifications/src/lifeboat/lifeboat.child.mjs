/**
 * Another process for the specs, run from source:
 *   node --experimental-transform-types --conditions=source lifeboat.child.mjs <load|full> <directory> <process> <key, hex>
 *
 * `load` notes the alarms of four incidents in turn, the `n`th time with `n` modulo 50 deliveries, and writes `n` to
 * stdout once it is noted, until it is killed.
 * `full` finds out that the disk (its file-size limit) takes nothing more beside the lifeboat, notes ten alarms, and
 * exits with 0.
 */
import { writeFileSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';

// The source says './x.js' as TypeScript wants it; without a build the file is './x.ts'.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier.startsWith('.') && context.parentURL?.endsWith('.ts')
        ? specifier.replace(/\.js$/, '.ts')
        : specifier,
      context,
    ),
});

const { openLifeboat } = await import('./lifeboat.ts');
const { alarmOf } = await import('./specimens.contract.ts');
const [mode, directory, process_, key] = process.argv.slice(2);
const lifeboat = openLifeboat({ directory, process: process_, key: Buffer.from(key, 'hex') });

if (mode === 'full') {
  try {
    writeFileSync(join(directory, 'data'), Buffer.alloc(128 * 1024));
    process.exitCode = 2;
  } catch (error) {
    process.exitCode = error.code === 'EFBIG' ? 0 : 3;
  }
  for (let number = 1; number <= 10; number += 1) lifeboat.note(alarmOf(number, 40));
} else {
  for (let number = 1; ; number += 1) {
    lifeboat.note(alarmOf(number % 4, number % 50));
    writeSync(1, `${number}\n`);
  }
}
