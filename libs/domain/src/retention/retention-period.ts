import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import { isPurpose, type Purpose } from '../kernel/purpose.js';
import { isPeriod, type Period, type TokyoDay } from '../kernel/tokyo.js';
import { firstDayFaults, inForceOn } from '../kernel/versions.js';
import type { RecordedRetentionEvent, RetentionEvent } from './retention.events.js';

/** Every reason for which a decider of retention periods refuses; docs/problems.md explains each. */
export const retentionPeriodRefusals = [
  'purpose-unlisted',
  'period-malformed',
  'effective-from-malformed',
  'effective-from-past',
  'proposal-exists',
  'proposal-missing',
  'approver-is-proposer',
] as const;
export type RetentionPeriodRefusal = (typeof retentionPeriodRefusals)[number];

const because = (code: RetentionPeriodRefusal, field?: string): Refusal<RetentionPeriodRefusal> =>
  field === undefined ? { code } : { code, field };

// ---- commands ----

export interface ProposeRetentionPeriod {
  readonly purpose: Purpose;
  readonly proposal: string;
  /** `P90D`, `P6M`, `P1Y`: how long identity data may be used, counted from the day of the inquiry. */
  readonly period: Period;
  /** First Tokyo day on which inquiries get this period; today at the earliest. */
  readonly effectiveFrom: TokyoDay;
}

export interface ApproveRetentionPeriod {
  readonly proposal: string;
  /** Operator id of the approver. */
  readonly by: string;
}

// ---- state: of one purpose under one agreement ----

export interface RetentionPeriodState {
  /** Proposals that wait for a second person. `proposedBy` is an operator id, or null for the system. */
  readonly proposals: readonly (ProposeRetentionPeriod & { readonly proposedBy: string | null })[];
  /** Everything that was approved, in the order of approval. */
  readonly versions: readonly ProposeRetentionPeriod[];
}

export const initialRetentionPeriod: RetentionPeriodState = { proposals: [], versions: [] };

/**
 * The period in force on a day: the latest version that has begun; of two with the same first day the later
 * approved. Null when there is none: no default exists, and every inquiry for the purpose is refused [D].
 */
export function periodOn({ versions }: RetentionPeriodState, day: TokyoDay): Period | null {
  return inForceOn(versions, day)?.period ?? null;
}

// ---- decide ----

/** Proposes a period for a purpose (annex 2, 2(9)ウ); a second person must approve it before it holds. */
export function decideProposeRetentionPeriod(
  state: RetentionPeriodState,
  { purpose, proposal, period, effectiveFrom }: ProposeRetentionPeriod,
  now: string,
): Decision<RetentionEvent> {
  const known = [...state.proposals, ...state.versions].some((version) => version.proposal === proposal);
  const faults = reasons(
    !isPurpose(purpose) && because('purpose-unlisted', 'purpose'),
    known && because('proposal-exists', 'proposal'),
    !isPeriod(period) && because('period-malformed', 'period'),
    ...firstDayFaults(effectiveFrom, now),
  );
  if (faults.length) return refuse(...faults);
  return accept<RetentionEvent>({
    type: 'RetentionPeriodProposed',
    data: { purpose, proposal, period, effectiveFrom },
  });
}

/**
 * Approves a proposed period: not by the proposer, and before its first day is over, because the last day of use
 * is written into each inquiry when it is received and never computed again (decision 10).
 */
export function decideApproveRetentionPeriod(
  state: RetentionPeriodState,
  { proposal, by }: ApproveRetentionPeriod,
  now: string,
): Decision<RetentionEvent> {
  const proposed = state.proposals.find((open) => open.proposal === proposal);
  if (!proposed) return refuse(because('proposal-missing', 'proposal'));
  const { purpose, period, effectiveFrom, proposedBy } = proposed;
  const faults = reasons(
    by === proposedBy && because('approver-is-proposer'),
    ...firstDayFaults(effectiveFrom, now),
  );
  if (faults.length) return refuse(...faults);
  return accept<RetentionEvent>({
    type: 'RetentionPeriodApproved',
    data: { purpose, proposal, period, effectiveFrom },
  });
}

// ---- evolve ----

export function evolveRetentionPeriod(
  state: RetentionPeriodState,
  event: RecordedRetentionEvent,
): RetentionPeriodState {
  switch (event.type) {
    case 'RetentionPeriodProposed': {
      const proposed = { ...event.data, proposedBy: personBehind(event) };
      return { ...state, proposals: [...state.proposals, proposed] };
    }
    case 'RetentionPeriodApproved': {
      const proposals = state.proposals.filter((open) => open.proposal !== event.data.proposal);
      return { proposals, versions: [...state.versions, event.data] };
    }
    default:
      return assertNever(event);
  }
}

export const retentionPeriodFolding = { initial: initialRetentionPeriod, evolve: evolveRetentionPeriod };
