/** What somebody waited for, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export function percentiles(latencies: readonly number[], digits = 2): Percentiles {
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(digits));
  return { p50: at(0.5), p99: at(0.99) };
}
