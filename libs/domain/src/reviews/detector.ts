import type { TokyoDay } from '../kernel/tokyo.js';
import type { ClosedDays } from './closed-days.js';
import type { DetectorName } from './review.events.js';
import type { Observation } from './observation.js';

/** Something that a security officer should look at. Ids and tokens only; even these are sealed in the event. */
export interface Finding {
  readonly detector: DetectorName;
  readonly operator: string;
  /**
   * What makes it the same finding when it is found again, so that its review opens once. It may hold a resident's
   * inquiry: a stream's name must be derived from it under a key, never carry it.
   */
  readonly cause: string;
  /** Inquiries that show it; not all, where they are many. */
  readonly inquiries: readonly string[];
  /** Subject tokens of the resident, where it is about one. */
  readonly tokens: readonly string[];
  /** How many were counted, and how many are still in order, or make the finding (`detectorTable` says which). */
  readonly count: number;
  readonly threshold: number;
  /** Business time of the first and the last that was counted. */
  readonly from: string;
  readonly until: string;
}

/** What detectors have to know besides the event; it may be another at every event. */
export interface LookoutStanding {
  readonly closed: ClosedDays;
  /** Tokens of protected residents, of every living fiscal year. */
  readonly watched: ReadonlySet<string>;
}

/**
 * One rule: pure, over a small state for each of its keys (an operator, or an operator and a resident). What it
 * remembers is bounded for a key; `Lookout` bounds the keys.
 */
export interface Detector<S> {
  /** Under which keys the observation is remembered; none where it does not matter to the rule. */
  readonly keysOf: (observation: Observation) => readonly string[];
  readonly initial: S;
  /** Whether the state says nothing any more at that time; it may then be forgotten without a loss. */
  readonly isOver?: (state: S, at: string) => boolean;
  readonly observe: (
    state: S,
    observation: Observation,
    key: string,
    standing: LookoutStanding,
  ) => { readonly state: S; readonly finding: Finding | null };
}

/** A count that begins again each Tokyo day; what comes late counts for the day that is running. */
export interface DayTally {
  readonly day: TokyoDay;
  readonly count: number;
  readonly inquiries: readonly string[];
  /** The first and the last time that was counted. */
  readonly from: string;
  readonly until: string;
}
export const noTally: DayTally = { day: '', count: 0, inquiries: [], from: '', until: '' };

/** How many inquiries a finding names. */
export const MOST_NAMED = 50;

/** One more on that day. The first ones are named, as many as a finding may name. */
export function tally(before: DayTally, day: TokyoDay, { inquiry, at }: Observation): DayTally {
  if (day > before.day) return { day, count: 1, inquiries: [inquiry], from: at, until: at };
  const inquiries = before.inquiries.length < MOST_NAMED ? [...before.inquiries, inquiry] : before.inquiries;
  const [from, until] = [at < before.from ? at : before.from, at > before.until ? at : before.until];
  return { ...before, count: before.count + 1, inquiries, from, until };
}
