/**
 * `npm run bench`: how fast Kiroku records, against the fastest thing that could be there in its place, durable on
 * both sides; how soon the log has it, and how fast it proves, checks, finds again and builds anew what it finds in. Writes
 * bench/results.json and prints a table. Takes some twenty-five minutes and 12 GB of disk, most of it for the trail of ten
 * million rows; nothing else should run.
 *
 * `-- --quick` takes about three: short rounds, smaller files, a million rows. `-- --only append,inquiry` chooses among
 * append, full-file, inquiry, alarm, lag, proof, check, rebuild and search. `-- --out FILE` writes elsewhere.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchAlarm } from './alarm/alarm-bench.js';
import { benchAppend, benchFullFile } from './append/append-bench.js';
import { environment, withDirectory } from './environment.js';
import { benchInquiry } from './inquiry/inquiry-bench.js';
import { benchCheck } from './log/check-bench.js';
import { benchLag } from './log/lag-bench.js';
import { benchProof } from './log/proof-bench.js';
import { benchRebuild } from './rebuild/rebuild-bench.js';
import { type Results, resultsText, table } from './report.js';
import { benchSearch } from './search/search-bench.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'append,full-file,inquiry,alarm,lag,proof,check,rebuild,search' },
    out: { type: 'string', default: 'bench/results.json' },
  },
});
const parts = new Set(values.only.split(','));
const pace = values.quick
  ? {
      append: { rounds: 3, ms: 500 },
      inquiry: { rounds: 3, ms: 1_500 },
      events: 100_000,
      alarms: 20,
      lagMs: 4_000,
      proofs: { entries: 50_000, samples: 200 },
      check: { entries: 100_000, rounds: 3 },
      rebuild: { events: 30_000, rounds: 3 },
      trail: 1_000_000,
      searches: 50,
    }
  : {
      append: { rounds: 7, ms: 1_000 },
      inquiry: { rounds: 7, ms: 3_000 },
      events: 1_000_000,
      alarms: 200,
      lagMs: 20_000,
      proofs: { entries: 1_000_000, samples: 1_000 },
      check: { entries: 500_000, rounds: 5 },
      rebuild: { events: 300_000, rounds: 3 },
      trail: 10_000_000,
      searches: 200,
    };

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Each part in a directory of its own, removed before the next begins. */
async function part<T>(name: string, work: (directory: string) => Promise<T>): Promise<T | undefined> {
  if (!parts.has(name)) return undefined;
  say(`${name}…`);
  return withDirectory(work);
}

const where = environment();
const append = await part('append', (directory) => benchAppend(directory, pace.append));
const fullFile = await part('full-file', (directory) => benchFullFile(directory, pace.append, pace.events));
const inquiry = await part('inquiry', (directory) => benchInquiry(directory, pace.inquiry));
const alarm = await part('alarm', (directory) => benchAlarm(directory, pace.alarms));
const lag = await part('lag', (directory) => benchLag(directory, pace.lagMs));
const proof = await part('proof', (directory) => benchProof(directory, pace.proofs));
const check = await part('check', (directory) => benchCheck(directory, pace.check));
const rebuild = await part('rebuild', (directory) => benchRebuild(directory, pace.rebuild));
const search = await part('search', (directory) => benchSearch(directory, pace.trail, pace.searches));
const results: Results = {
  measuredAt: new Date().toISOString(),
  environment: where,
  pace: { append: pace.append, inquiry: pace.inquiry },
  ...(append ? { append } : {}),
  ...(fullFile ? { fullFile } : {}),
  ...(inquiry ? { inquiry } : {}),
  ...(alarm ? { alarm } : {}),
  ...(lag ? { lag } : {}),
  ...(proof ? { proof } : {}),
  ...(check ? { check } : {}),
  ...(rebuild ? { rebuild } : {}),
  ...(search ? { search } : {}),
};
writeFileSync(values.out, resultsText(results));
process.stdout.write(table(results));
