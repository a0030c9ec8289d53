import type { AlarmResult } from './alarm/alarm-bench.js';
import type { AppendResult, FullFileResult } from './append/append-bench.js';
import type { Environment } from './environment.js';
import type { InquiryResult } from './inquiry/inquiry-bench.js';
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
    ...(results.search ? searchLines(results.search) : []),
    '',
  ].join('\n');
}
