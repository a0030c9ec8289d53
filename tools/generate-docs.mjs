/**
 * Writes docs/problems.md, docs/events.md and docs/configuration.md from the built code: `npm run build` first.
 * With `--check` nothing is written, and the exit code is 1 when a file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const built = (path) => import(new URL(`dist/${path}`, root).href);

/** Everything that the pages are made from, read from the build. */
async function sources() {
  const { catalogueByCapability } = await built('libs/domain/src/index.js');
  const { problemRowsBySubject } = await built('apps/api/src/problems/catalogue.js');
  const { settings } = await built('libs/wiring/src/settings.js');
  const { readConfiguration } = await built('libs/wiring/src/configuration.js');
  const { SAMPLE_DATA } = await built('apps/cli/src/documents/documents.js');
  // As the cli: it needs no file to exist, so only the paths that follow from the data directory come out.
  const derived = readConfiguration({ KIROKU_DATA: SAMPLE_DATA }, 'cli');
  return {
    problems: problemRowsBySubject,
    events: catalogueByCapability,
    configuration: { settings, derived },
  };
}

/** The committed text of a document; null when there is none yet. */
function committed(path) {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

const { documentsOf } = await built('apps/cli/src/documents/documents.js');
const stale = Object.entries(documentsOf(await sources())).filter(([path, text]) => committed(path) !== text);
for (const [path, text] of stale) {
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} differs from the code: npm run build, then node tools/generate-docs.mjs\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(new URL(path, root), text);
    process.stdout.write(`${path} written\n`);
  }
}
