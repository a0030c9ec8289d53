import type { AlarmResult } from './alarm/alarm-bench.js';
import type { AppendResult, FullFileResult } from './append/append-bench.js';
import type { Environment } from './environment.js';
import type { InquiryResult } from './inquiry/inquiry-bench.js';
import type { CheckResult } from './log/check-bench.js';
import type { LagResult } from './log/lag-bench.js';
import type { ProofResult } from './log/proof-bench.js';
import type { RebuildResult } from './rebuild/rebuild-bench.js';
import type { Comparison, Pace } from './rounds.js';
import type { QuestionResult, SearchResult } from './search/search-bench.js';

/** `bench/results.json`. */
export interface Results {
  readonly measuredAt: string;
  readonly environment: Environment;
  readonly pace: { readonly append: Pace; readonly inquiry: Pace };
  readonly append?: readonly AppendResult[];
  readonly fullFile?: readonly FullFileResult[];
  readonly inquiry?: readonly InquiryResult[];
  readonly alarm?: AlarmResult;
  readonly lag?: LagResult;
  readonly proof?: ProofResult;
  readonly check?: CheckResult;
  readonly rebuild?: RebuildResult;
  readonly search?: SearchResult;
}

/** The text of `bench/results.json`, in the form that the formatter leaves alone: figures of the rounds on one line. */
export const resultsText = (results: Results): string =>
  `${JSON.stringify(results, null, 2).replace(/\[\s+([\d,\s]+?)\s+\]/g, (_, figures: string) => `[${figures.replace(/\s+/g, ' ')}]`)}\n`;

type Row = readonly string[];

const HEAD: Row = [
  'what',
  'ours/s',
  'floor/s',
  'ratio',
  'aim',
  'p50 ms',
  'p99 ms',
  'floor p50',
  'floor p99',
  'cpu ms',
  'floor cpu',
];

const figures = ({ ours, theirs, ratio }: Comparison, aim: number | null): Row => [
  ours.perSecond.toLocaleString('en'),
  theirs.perSecond.toLocaleString('en'),
  ratio.toFixed(2),
  aim === null ? '' : `${ratio >= aim ? '✓' : '✗'} ${aim}`,
  ...[ours.p50, ours.p99, theirs.p50, theirs.p99].map((ms) => ms?.toFixed(1) ?? ''),
  ...[ours.cpuMs, theirs.cpuMs].map((ms) => ms?.toFixed(2) ?? ''),
];

/** Above this share of the cores, something else was at work before the run had begun. */
const QUIET = 0.25;

/** What the load says about the figures; nothing on a quiet machine. */
export const noteOf = ({ cores, load }: Environment): readonly string[] =>
  load <= QUIET * cores
    ? []
    : [
        `Not a quiet machine: load ${load} on ${cores} cores before the run began (its own build may be part of that). ` +
          'Absolute figures are too low; ratios suffer less, since the sides take turns, but more where one side ' +
          'waits for more threads and processes than the other.',
      ];

/** From a fault on record to the first mail at its server: at most this long for 99 of 100, in milliseconds. */
const ALARM_AIM_MS = 2_000;

const alarmLine = ({ samples, p50, p99, floor }: AlarmResult): string =>
  `fault to first delivery, ${samples} incidents: p50 ${p50} ms, p99 ${p99} ms ` +
  `${p99 <= ALARM_AIM_MS ? '✓' : '✗'} ≤ ${ALARM_AIM_MS} ms (a mail alone: p50 ${floor.p50} ms, p99 ${floor.p99} ms)`;

/** The log is at most so long behind, for 99 of 100 events (decision 8). */
const LAG_AIM_MS = 1_000;
/** Entries checked and events projected in a second, each by one thread. */
const CHECK_AIM = 100_000;
const REBUILD_AIM = 30_000;

const lagLine = ({ clients, inquiriesPerSecond, events, p50, p99, floor }: LagResult): string =>
  `event to checkpoint, ${events.toLocaleString('en')} events of ${clients} clients (${inquiriesPerSecond} inquiries/s): ` +
  `p50 ${p50} ms, p99 ${p99} ms ${p99 <= LAG_AIM_MS ? '✓' : '✗'} ≤ ${LAG_AIM_MS} ms ` +
  `(a file synced and renamed: p50 ${floor.p50} ms, p99 ${floor.p99} ms)`;

const proofLine = ({ entries, samples, p50, p99, floor }: ProofResult): string =>
  `proof from a log of ${entries.toLocaleString('en')}, ${samples} asked by one client: p50 ${p50} ms, p99 ${p99} ms ` +
  `(from the tiles alone: p50 ${floor.p50} ms, p99 ${floor.p99} ms)`;

/** A long job of one thread: how much of it in a second, and the processor time of each unit. */
const jobLine = (what: string, aim: number, { ours, theirs, ratio }: Comparison): string =>
  `${what}: ${ours.perSecond.toLocaleString('en')}/s ${ours.perSecond >= aim ? '✓' : '✗'} ≥ ${aim.toLocaleString('en')}/s, ` +
  `${micros(ours)} µs of processor time each ` +
  `(${theirs.name}: ${theirs.perSecond.toLocaleString('en')}/s, ${micros(theirs)} µs; ratio ${ratio.toFixed(2)})`;

const micros = ({ cpuMs = 0 }: Comparison['ours']): string => (1_000 * cpuMs).toFixed(1);

const checkLine = (result: CheckResult): string =>
  jobLine(
    `full check of ${result.entries.toLocaleString('en')} entries of ${result.entryBytes} B`,
    CHECK_AIM,
    result,
  );

const rebuildLine = (result: RebuildResult): string =>
  jobLine(
    `rebuild of all read models from ${result.events.toLocaleString('en')} events`,
    REBUILD_AIM,
    result,
  );

const searchLine = ({ name, aim, p50, p95, bare }: QuestionResult): string =>
  `  ${name.padEnd(44)} p50 ${p50.toFixed(1).padStart(7)} ms, p95 ${p95.toFixed(1).padStart(7)} ms ` +
  `${p95 <= aim ? '✓' : '✗'} ≤ ${aim} ms (by hand: p50 ${bare.p50.toFixed(1)} ms, p95 ${bare.p95.toFixed(1)} ms)`;

const searchLines = ({ rows, samples, questions }: SearchResult): readonly string[] => [
  `the newest 50 of a trail of ${rows.toLocaleString('en')} rows, ${samples} searches each:`,
  ...questions.map(searchLine),
];

/** The results as a table for people. */
export function table(results: Results): string {
  const { append = [], fullFile = [], inquiry = [] } = results;
  const { cores, processor, memoryGb, system, node, load } = results.environment;
  const rows: Row[] = [
    HEAD,
    ...append.map((result) => [
      `append × ${result.callers}, ${result.workload}, ${result.entryBytes} B`,
      ...figures(result, result.callers === 64 && result.workload.includes(':') ? 0.6 : null),
    ]),
    ...fullFile.map((result) => [
      `append × ${result.callers}, ${result.events.toLocaleString('en')} events : empty`,
      ...figures(result, 0.9),
    ]),
    ...inquiry.map((result) => [
      `inquiry × ${result.clients}${result.worker ? ', worker at work' : ''}`,
      ...figures(result, result.worker ? null : 0.5),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return [
    `${cores} × ${processor}, ${memoryGb} GB, ${system}, node ${node}, load ${load}`,
    ...noteOf(results.environment),
    ...lines,
    ...(results.alarm ? [alarmLine(results.alarm)] : []),
    ...(results.lag ? [lagLine(results.lag)] : []),
    ...(results.proof ? [proofLine(results.proof)] : []),
    ...(results.check ? [checkLine(results.check)] : []),
    ...(results.rebuild ? [rebuildLine(results.rebuild)] : []),
    ...(results.search ? searchLines(results.search) : []),
    '',
  ].join('\n');
}
