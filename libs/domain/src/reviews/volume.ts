import { tokyoDay } from '../kernel/tokyo.js';
import { type DayTally, type Detector, noTally, tally } from './detector.js';

export interface VolumeSettings {
  /** How many times the median of the operator's own days a day may have. */
  readonly factor: number;
  /** A day with no more than this is in order, whatever the median. */
  readonly floor: number;
  /** How many of the operator's last days with inquiries are remembered. */
  readonly days: number;
  /** With fewer remembered days than this there is no baseline yet. */
  readonly least: number;
  /** What a day may have while there is no baseline. */
  readonly newcomer: number;
}

interface Baseline {
  readonly today: DayTally;
  /** Inquiries of the operator's earlier days with inquiries, the oldest first. */
  readonly past: readonly number[];
}

/** The lower of the two in the middle, where their number is even: the stricter baseline. */
const median = (counts: readonly number[]): number =>
  counts.toSorted((one, other) => one - other)[Math.floor((counts.length - 1) / 2)] ?? 0;

/** How many inquiries are in order on a day after these. */
export const allowedAfter = (
  past: readonly number[],
  { factor, floor, least, newcomer }: VolumeSettings,
): number => (past.length < least ? newcomer : Math.max(floor, Math.ceil(factor * median(past))));

/**
 * Far more than the operator's own days have. The median, so that one busy day moves nothing; and a day above the
 * limit is remembered as the limit, so that it does not raise the next one. Who asks a little more every day is not
 * noticed here.
 */
export function volume(settings: VolumeSettings): Detector<Baseline> {
  return {
    keysOf: (seen) => (seen.kind === 'received' ? [seen.operator] : []),
    initial: { today: noTally, past: [] },
    observe({ today, past }, seen) {
      const { operator, inquiry, at } = seen;
      const counted = tally(today, tokyoDay(at), seen);
      const over = counted.day !== today.day && today.count > 0;
      const before = over
        ? [...past, Math.min(today.count, allowedAfter(past, settings))].slice(-settings.days)
        : past;
      const threshold = allowedAfter(before, settings);
      // Of a busy day the names are of no use, and would be remembered for every operator.
      const state = { today: { ...counted, inquiries: [] }, past: before };
      if (counted.count !== threshold + 1) return { state, finding: null };
      const cause = `volume/${operator}/${counted.day}`;
      const { count, from, until } = counted;
      const excess = { inquiries: [inquiry], tokens: [], count, threshold, from, until };
      return { state, finding: { detector: 'volume', operator, cause, ...excess } };
    },
  };
}
