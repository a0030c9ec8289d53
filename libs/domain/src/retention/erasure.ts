import { accept, assertNever, type Decision, reasons, refuse } from '../kernel/decision.js';
import { addDays, daysBetween, isTokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import {
  type ErasureEvent,
  type ErasureHoldEvent,
  parseCohortId,
  type RecordedErasureEvent,
  type RecordedErasureHoldEvent,
  type WhyHeld,
} from './retention.events.js';

// ---- the erasure of one cohort: recorded first and done then (decision 12) ----

export type Erasure =
  | { readonly state: 'none' }
  | {
      readonly state: 'started';
      readonly cohort: string;
      readonly inquiries: number;
      readonly erased: number;
      readonly parts: number;
      /** The last inquiry named so far; ids are named in ascending order. */
      readonly last: string | null;
      readonly startedAt: string;
    }
  | {
      readonly state: 'erased';
      readonly cohort: string;
      readonly inquiries: number;
      readonly last: string | null;
      readonly startedAt: string;
      readonly erasedAt: string;
    }
  | {
      readonly state: 'verified';
      readonly cohort: string;
      readonly inquiries: number;
      readonly last: string | null;
      readonly startedAt: string;
      readonly erasedAt: string;
      readonly verifiedAt: string;
    };

export const initialErasure: Erasure = { state: 'none' };

/** At most this many inquiry ids an event (decision 12). */
export const IDS_PER_EVENT = 1_000;

export interface StartErasure {
  readonly cohort: string;
  readonly run: string;
  readonly inquiries: number;
  readonly root: string;
  /** Tokyo day of business time now. */
  readonly today: TokyoDay;
}

/**
 * Begins the erasure of a cohort whose last usable day is over: due at 00:00 of the next (decision 10). Whoever
 * chose the cohort, a day too early is refused here, because nothing after this point can be undone.
 */
export function startErasure(state: Erasure, command: StartErasure): Decision<ErasureEvent> {
  if (state.state !== 'none') return accept();
  const { cohort, run, inquiries, root, today } = command;
  const { usableThrough } = parseCohortId(cohort);
  if (!isTokyoDay(usableThrough) || !isTokyoDay(today) || today <= usableThrough) {
    return refuse({ code: 'cohort-not-due' });
  }
  return accept({ type: 'ErasureStarted', data: { cohort, run, inquiries, root } });
}

/**
 * Names the next inquiries whose data is gone; called after the cohort's key was destroyed and read back. Takes ids
 * in ascending order, any number of them, and splits them into parts. Ids that were named before are passed over, so
 * a run that crashed may begin again from the first. More ids than the run announced are refused, because then
 * something was destroyed that nobody counted; so is an end before the last, which would never be complete.
 */
export function recordErased(
  state: Erasure,
  run: string,
  inquiries: readonly string[],
): Decision<ErasureEvent> {
  if (state.state === 'none') return refuse({ code: 'erasure-not-started' });
  mustAscend(inquiries);
  const { last } = state;
  const fresh = inquiries.filter((inquiry) => last === null || inquiry > last);
  const left = state.state === 'started' ? state.inquiries - state.erased : 0;
  const short = left > 0 && inquiries.length === 0;
  if (fresh.length > left || short) return refuse({ code: 'erasure-count-differs' });
  if (state.state !== 'started' || (fresh.length === 0 && left > 0)) return accept();
  const { cohort, parts } = state;
  return accept(
    ...inParts(fresh).map(
      (part, index): ErasureEvent => ({
        type: 'IdentityDataErased',
        data: { cohort, run, part: parts + index + 1, inquiries: part },
      }),
    ),
  );
}

/** A list out of order would make a repeat pass over ids that were never named: a fault of this program. */
function mustAscend(inquiries: readonly string[]): void {
  const ascending = inquiries.every(
    (inquiry, index) => index === 0 || inquiry > (inquiries[index - 1] ?? ''),
  );
  if (!ascending) throw new RangeError('the inquiries of a cohort are named in ascending order, each once');
}

/** At least one part: a cohort without inquiries is completed by an empty one. */
function inParts(inquiries: readonly string[]): readonly (readonly string[])[] {
  const count = Math.max(1, Math.ceil(inquiries.length / IDS_PER_EVENT));
  return Array.from({ length: count }, (_, index) =>
    inquiries.slice(index * IDS_PER_EVENT, (index + 1) * IDS_PER_EVENT),
  );
}

/** Certifies that the data is unrecoverable: the root of the epoch is destroyed and no process holds a key. */
export function verifyErasure(
  state: Erasure,
  command: { readonly run: string; readonly epoch: number; readonly generation: number },
): Decision<ErasureEvent> {
  if (state.state === 'verified') return accept();
  if (state.state !== 'erased') return refuse({ code: 'erasure-not-complete' });
  return accept({ type: 'ErasureVerified', data: { cohort: state.cohort, ...command } });
}

export function evolveErasure(state: Erasure, event: RecordedErasureEvent): Erasure {
  switch (event.type) {
    case 'ErasureStarted': {
      const { cohort, inquiries } = event.data;
      return { state: 'started', cohort, inquiries, erased: 0, parts: 0, last: null, startedAt: event.at };
    }
    case 'IdentityDataErased': {
      if (state.state !== 'started') return state;
      const { cohort, inquiries, startedAt } = state;
      const erased = state.erased + event.data.inquiries.length;
      const last = event.data.inquiries.at(-1) ?? state.last;
      if (erased < inquiries) return { ...state, erased, last, parts: event.data.part };
      return { state: 'erased', cohort, inquiries, last, startedAt, erasedAt: event.at };
    }
    case 'ErasureVerified':
      return state.state === 'erased' ? { ...state, state: 'verified', verifiedAt: event.at } : state;
    default:
      return assertNever(event);
  }
}

export const erasureFolding = { initial: initialErasure, evolve: evolveErasure };

// ---- a wrong clock destroys nothing (decision 13) ----

/** What the guard looks at before a run destroys anything. */
export interface RunFacts {
  /** Tokyo day of business time now. */
  readonly today: TokyoDay;
  /** Business time now, milliseconds. */
  readonly nowMs: number;
  /** The last usable day of the oldest cohort due, or null when nothing is due. */
  readonly oldestDue: TokyoDay | null;
  /**
   * When the last run was: business time then, and monotonic milliseconds since; null before the first run, `forgotten`
   * where there was one and nobody knows when.
   */
  readonly lastRun: { readonly nowMs: number; readonly elapsedMs: number } | 'forgotten' | null;
}

/** Limits of the guard; configured, with these strict defaults [D]. */
export interface RunLimits {
  readonly backlogDays: number;
  readonly clockAheadMs: number;
}
export const strictLimits: RunLimits = { backlogDays: 3, clockAheadMs: 86_400_000 };

/** Why a run must wait for two people, or null when it may destroy. Throws when the facts hold no time at all. */
export function runObstacle(
  facts: RunFacts,
  limits: RunLimits = strictLimits,
): { why: WhyHeld; days: number } | null {
  // Also when nothing is due: what is held against the next run is the clock of this one.
  if (facts.lastRun === 'forgotten') return { why: 'clock-forgotten', days: 0 };
  if (facts.lastRun) {
    const ahead = facts.nowMs - (facts.lastRun.nowMs + facts.lastRun.elapsedMs);
    mustBeTime(ahead);
    // Also when nothing is due: a run that believed the clock now would let the next one erase by it.
    if (ahead > limits.clockAheadMs) return { why: 'clock-ahead', days: Math.ceil(ahead / 86_400_000) };
  }
  if (facts.oldestDue === null) return null;
  const backlog = daysBetween(addDays(facts.oldestDue, 1), facts.today) + 1;
  mustBeTime(backlog);
  return backlog > limits.backlogDays ? { why: 'backlog', days: backlog } : null;
}

/** NaN is greater than no limit, so a clock that says nothing would pass every comparison, and destroy. */
function mustBeTime(value: number): void {
  if (!Number.isFinite(value)) throw new RangeError('the time of this run or of the last one is not a time');
}

export type ErasureHold =
  | { readonly state: 'none' }
  | {
      readonly state: 'held';
      readonly why: WhyHeld;
      readonly days: number;
      readonly through: TokyoDay;
      readonly approvers: readonly string[];
    }
  | { readonly state: 'released'; readonly through: TokyoDay; readonly approvers: readonly string[] };

export const initialErasureHold: ErasureHold = { state: 'none' };

/** Stops a run; everything usable through a day before `through` waits. */
export function holdRun(
  state: ErasureHold,
  command: {
    readonly run: string;
    readonly why: WhyHeld;
    readonly days: number;
    readonly through: TokyoDay;
  },
): Decision<ErasureHoldEvent> {
  return state.state === 'none' ? accept({ type: 'ErasureHeld', data: command }) : accept();
}

/** One of the two people who must look. */
export function approveRelease(
  state: ErasureHold,
  run: string,
  approver: string,
): Decision<ErasureHoldEvent> {
  if (state.state === 'none') return refuse({ code: 'erasure-hold-not-found' });
  const obstacles = reasons(
    state.state === 'released' && { code: 'erasure-hold-released' },
    state.approvers.includes(approver) && { code: 'approver-not-different' },
  );
  if (obstacles.length) return refuse(...obstacles);
  return accept({ type: 'ErasureReleaseApproved', data: { run, approver } });
}

export function evolveErasureHold(state: ErasureHold, event: RecordedErasureHoldEvent): ErasureHold {
  switch (event.type) {
    case 'ErasureHeld': {
      const { why, days, through } = event.data;
      return { state: 'held', why, days, through, approvers: [] };
    }
    case 'ErasureReleaseApproved': {
      if (state.state !== 'held') return state;
      const approvers = [...state.approvers, event.data.approver];
      return approvers.length < 2
        ? { ...state, approvers }
        : { state: 'released', through: state.through, approvers };
    }
    default:
      return assertNever(event);
  }
}

export const erasureHoldFolding = { initial: initialErasureHold, evolve: evolveErasureHold };

/** Every code with which an erasure is refused. */
export const erasureRefusals = [
  'erasure-not-started',
  'erasure-not-complete',
  'erasure-count-differs',
  'cohort-not-due',
  'erasure-hold-not-found',
  'erasure-hold-released',
  'approver-not-different',
] as const;
