import type { Outcome } from '../inquiries/inquiry.events.js';
import { tokyoDay, tokyoMinute } from '../kernel/tokyo.js';
import { isClosedDay } from './closed-days.js';
import { type DayTally, type Detector, type Finding, noTally, tally } from './detector.js';
import type { Observation } from './observation.js';
import type { DetectorName } from './review.events.js';

/** A finding when a day's count reaches the threshold: once a day, for `once` where a day may have several. */
function reached(
  detector: DetectorName,
  counted: DayTally,
  { operator }: Observation,
  threshold: number,
  once: string = counted.day,
): Finding | null {
  if (counted.count !== threshold) return null;
  const { inquiries, count, from, until } = counted;
  const cause = `${detector}/${operator}/${once}`;
  return { detector, operator, cause, inquiries, tokens: [], count, threshold, from, until };
}

export interface OutOfHoursSettings {
  /** Inquiries out of hours on one day. */
  readonly count: number;
  /** The office's hours on an open day, in Tokyo minutes since midnight; `from` inside, `until` outside. */
  readonly from: number;
  readonly until: number;
}

/** At night, on a closed weekday or on a holiday: nobody is at the counter whom it could be for. */
export const outOfHours = ({ count, from, until }: OutOfHoursSettings): Detector<DayTally> => ({
  keysOf: (seen) => (seen.kind === 'received' ? [seen.operator] : []),
  initial: noTally,
  observe(state, seen, _key, { closed }) {
    const [day, minute] = [tokyoDay(seen.at), tokyoMinute(seen.at)];
    if (from <= minute && minute < until && !isClosedDay(day, closed)) return { state, finding: null };
    const counted = tally(state, day, seen);
    return { state: counted, finding: reached('out-of-hours', counted, seen, count) };
  },
});

export interface WithoutCaseSettings {
  /** Inquiries on one day whose case the agency does not have. */
  readonly received: number;
  /** Inquiries on one day that were refused because they named no case, or none of the agreed form. */
  readonly refused: number;
}

const caseRefusals: readonly string[] = ['case-reference-missing', 'case-reference-malformed'];

/** An inquiry that no case explains (art. 1). Refused ones gave nothing away; many of them are attempts. */
export const withoutCase = ({
  received,
  refused,
}: WithoutCaseSettings): Detector<Record<'received' | 'refused', DayTally>> => ({
  keysOf(seen) {
    if (seen.kind === 'received') return seen.caseMatches === false ? [seen.operator] : [];
    const refusedForIt = seen.kind === 'refused' && seen.reasons.some((code) => caseRefusals.includes(code));
    return refusedForIt ? [seen.operator] : [];
  },
  initial: { received: noTally, refused: noTally },
  observe(state, seen) {
    const kind = seen.kind === 'received' ? 'received' : 'refused';
    const counted = tally(state[kind], tokyoDay(seen.at), seen);
    const threshold = kind === 'received' ? received : refused;
    const finding = reached('without-case', counted, seen, threshold, `${kind}/${counted.day}`);
    return { state: { ...state, [kind]: counted }, finding };
  },
});

export interface NotFoundSettings {
  /** Answers `not-found` without one that found somebody in between, on one day. */
  readonly count: number;
}

const found: readonly Outcome[] = ['found', 'several'];

/** Many not-found in a row: somebody guesses. What neither found nor failed to (an outage) does not count. */
export const notFoundInARow = ({ count }: NotFoundSettings): Detector<DayTally> => ({
  keysOf: (seen) => (seen.kind === 'answered' ? [seen.operator] : []),
  initial: noTally,
  observe(state, seen) {
    const outcome = seen.kind === 'answered' ? seen.outcome : null;
    if (outcome !== null && found.includes(outcome)) return { state: noTally, finding: null };
    if (outcome !== 'not-found') return { state, finding: null };
    const counted = tally(state, tokyoDay(seen.at), seen);
    const first = counted.inquiries[0] ?? '';
    return { state: counted, finding: reached('not-found-in-a-row', counted, seen, count, first) };
  },
});
