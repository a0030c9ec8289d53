/** What one side did in one round. */
export interface Work {
  readonly operations: number;
  readonly seconds: number;
  /** Milliseconds of each operation, where somebody waits for it. */
  readonly latencies?: readonly number[];
  /** Processor time of the process that is measured, in seconds. */
  readonly cpuSeconds?: number;
}

/** One of two things that are compared. Works for about `ms`, whatever that comes to. */
export interface Side {
  readonly name: string;
  work(ms: number): Promise<Work>;
}

export interface Pace {
  readonly rounds: number;
  /** Length of a side's turn. */
  readonly ms: number;
}

export interface SideResult {
  readonly name: string;
  /** Operations a second: the median of the rounds, and every round. */
  readonly perSecond: number;
  readonly rounds: readonly number[];
  /** Milliseconds, over all rounds. */
  readonly p50?: number;
  readonly p99?: number;
  /** Processor time of the measured process for each operation, in milliseconds. */
  readonly cpuMs?: number;
}

export interface Comparison {
  readonly ours: SideResult;
  readonly theirs: SideResult;
  /** Ours by theirs: the median of the rounds' ratios, since the two turns of a round see the same machine. */
  readonly ratio: number;
}

/** Turn and turn about (ABAB…), so that a machine that grows slower or faster does so for both; a first pair warms up. */
export async function compare(ours: Side, theirs: Side, { rounds, ms }: Pace): Promise<Comparison> {
  const done: [Work, Work][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair: [Work, Work] = [await ours.work(ms), await theirs.work(ms)];
    if (round > 0) done.push(pair);
  }
  return {
    ours: resultOf(
      ours.name,
      done.map(([mine]) => mine),
    ),
    theirs: resultOf(
      theirs.name,
      done.map(([, other]) => other),
    ),
    ratio: rounded(median(done.map(([mine, other]) => rateOf(mine) / rateOf(other))), 3),
  };
}

function resultOf(name: string, works: readonly Work[]): SideResult {
  const rates = works.map(rateOf);
  const cpu = works.reduce((sum, work) => sum + (work.cpuSeconds ?? 0), 0);
  const operations = works.reduce((sum, work) => sum + work.operations, 0);
  const latencies = works.flatMap((work) => work.latencies ?? []).sort((a, b) => a - b);
  const at = (share: number): number => rounded(latencies[Math.floor(latencies.length * share)] ?? 0, 2);
  return {
    name,
    perSecond: Math.round(median(rates)),
    rounds: rates.map(Math.round),
    ...(latencies.length ? { p50: at(0.5), p99: at(0.99) } : {}),
    ...(cpu ? { cpuMs: rounded((1_000 * cpu) / operations, 4) } : {}),
  };
}

const rateOf = ({ operations, seconds }: Work): number => operations / seconds;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0];
  return sorted.length % 2 ? high : (low + high) / 2;
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
