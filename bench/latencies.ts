/** What somebody waited for, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** How long the share that waited least had waited at most: 0.5 gives the median. Rounded to so many digits. */
export function quantilesOf(latencies: readonly number[], digits = 2): (share: number) => number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(digits));
}

export function percentiles(latencies: readonly number[], digits = 2): Percentiles {
  const at = quantilesOf(latencies, digits);
  return { p50: at(0.5), p99: at(0.99) };
}
