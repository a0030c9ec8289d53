/**
 * A second process for the specs, run from source:
 *   node --experimental-transform-types --conditions=source event-store.child.mjs <open|load> <file> <key, hex>
 *
 * `open` opens the store and closes it. `load` appends, with 16 callers, three events to a stream of its own at a
 * time, and writes the name of the stream to stdout once the append is acknowledged, until it is killed.
 */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

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

const { openSqliteEventStore } = await import('./sqlite-event-store.ts');
const [mode, file, key] = process.argv.slice(2);
const store = await openSqliteEventStore({
  file,
  macKey: Buffer.from(key, 'hex'),
  onFatal: (error) => {
    throw error;
  },
});

if (mode === 'open') await store.close();
else await Promise.all(Array.from({ length: 16 }, appendUntilKilled));

async function appendUntilKilled() {
  for (;;) {
    const stream = `load-${randomUUID()}`;
    const events = [0, 1, 2].map((n) => ({
      id: randomUUID(),
      type: 'Loaded',
      entry: `{"n":${n},"pad":"${'x'.repeat(500)}"}`,
    }));
    await store.append(stream, 'no-stream', events);
    writeSync(1, `${stream}\n`);
  }
}
