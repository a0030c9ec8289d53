import type { Side } from '../access/access.events.js';
import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';
import { reasonFaults } from '../kernel/text.js';
import { tokyoDay, tokyoMinute, type TokyoDay, weekday } from '../kernel/tokyo.js';
import { firstDayFaults, inForceOn } from '../kernel/versions.js';
import { type AgreementState, isInForce } from './agreement.js';
import type {
  OpeningHours,
  ProvisionEvent,
  RecordedProvisionEvent,
  SuspensionScope,
} from './agreement.events.js';
import { because } from './refusals.js';
import { purposeFaults } from './rules.js';
import { serviceHoursFaults } from './service-hours.js';

// ---- commands ----

/** Open at once: far more than one for each purpose, and the stream stays small (decision 4). */
const MOST_SUSPENSIONS = 50;

export interface ProposeHours {
  readonly proposal: string;
  readonly hours: readonly OpeningHours[];
  /** Tokyo days on which the provider does not answer at all. */
  readonly closedDays: readonly TokyoDay[];
  /** First Tokyo day; today at the earliest. */
  readonly effectiveFrom: TokyoDay;
}

export interface ApproveHours {
  readonly proposal: string;
  /** Operator id of the approver. */
  readonly by: string;
  /** The approver's side. */
  readonly side: Side;
}

export interface SuspendProvision {
  readonly suspension: string;
  readonly side: Side;
  readonly scope: SuspensionScope;
  readonly reason: string;
}

export interface ResumeProvision {
  readonly suspension: string;
  readonly side: Side;
}

/** What the agreement's own stream says. */
export interface ProvisionFacts {
  readonly agreement: AgreementState;
}

export interface ApproveHoursFacts extends ProvisionFacts {
  /** The proposer's side; null where the system proposed. */
  readonly proposerSide: Side | null;
}

// ---- state ----

export type ServiceHours = ProposeHours;

export interface ProvisionState {
  /** Proposals that wait for a second person. `proposedBy` is an operator id, or null for the system. */
  readonly proposals: readonly (ServiceHours & { readonly proposedBy: string | null })[];
  /** Everything that was approved, in the order of approval. */
  readonly versions: readonly ServiceHours[];
  /** Suspensions that are open. */
  readonly suspensions: readonly { readonly suspension: string; readonly scope: SuspensionScope }[];
  /** Ids of suspensions that were lifted; an id is used once. */
  readonly lifted: readonly string[];
}

export const initialProvision: ProvisionState = { proposals: [], versions: [], suspensions: [], lifted: [] };

/**
 * The service hours in force on a day: the latest version that has begun; of two with the same first day the
 * later approved. Null before the first one begins, which means closed.
 */
export const hoursOn = (state: ProvisionState, day: TokyoDay): ServiceHours | null =>
  inForceOn(state.versions, day);

/** Whether the provider answers at this instant (schedule 2(4)); closed unless hours say otherwise. */
export function isWithinHours(state: ProvisionState, now: string): boolean {
  const day = tokyoDay(now);
  const inForce = hoursOn(state, day);
  if (!inForce || inForce.closedDays.includes(day)) return false;
  const minute = tokyoMinute(now);
  return inForce.hours.some(
    (opening) => opening.weekday === weekday(day) && opening.from <= minute && minute < opening.until,
  );
}

/** Whether an open suspension covers the purpose (art. 6). */
export const isSuspended = (state: ProvisionState, purpose: Purpose): boolean =>
  state.suspensions.some(({ scope }) => scope === 'all' || scope.includes(purpose));

// ---- decide ----

function standingFaults({ agreement }: ProvisionFacts): Refusal[] {
  return reasons(
    agreement.state === 'none' && because('agreement-missing', 'agreement'),
    agreement.state !== 'none' && !isInForce(agreement) && because('agreement-terminated', 'agreement'),
  );
}

/** Proposes service hours; a second person must approve them before they hold (schedule 2(4)). */
export function decideProposeHours(
  state: ProvisionState,
  command: ProposeHours,
  facts: ProvisionFacts,
  now: string,
): Decision<ProvisionEvent> {
  const { proposal, hours, closedDays, effectiveFrom } = command;
  const known = [...state.proposals, ...state.versions].some((version) => version.proposal === proposal);
  const faults = [
    ...standingFaults(facts),
    ...reasons(known && because('proposal-exists', 'proposal')),
    ...serviceHoursFaults(hours, closedDays),
    ...firstDayFaults(effectiveFrom, now),
  ];
  if (faults.length) return refuse(...faults);
  return accept<ProvisionEvent>({
    type: 'ServiceHoursProposed',
    data: { proposal, hours, closedDays, effectiveFrom },
  });
}

/**
 * Approves proposed hours: not by the proposer, with somebody of the provider's side among the two, whose hours they are
 * (schedule 2(4)), and before their first day is over; the past is not rewritten.
 */
export function decideApproveHours(
  state: ProvisionState,
  { proposal, by, side }: ApproveHours,
  facts: ApproveHoursFacts,
  now: string,
): Decision<ProvisionEvent> {
  const proposed = state.proposals.find((open) => open.proposal === proposal);
  if (!proposed) return refuse(because('proposal-missing', 'proposal'));
  const { hours, closedDays, effectiveFrom, proposedBy } = proposed;
  const withProvider = side === 'provider' || facts.proposerSide === 'provider';
  const faults = [
    ...standingFaults(facts),
    ...reasons(
      by === proposedBy && because('approver-is-proposer'),
      !withProvider && because('hours-without-provider'),
    ),
    ...firstDayFaults(effectiveFrom, now),
  ];
  if (faults.length) return refuse(...faults);
  return accept<ProvisionEvent>({
    type: 'ServiceHoursSet',
    data: { proposal, hours, closedDays, effectiveFrom },
  });
}

/** The provider suspends all or part at once (art. 6). One person suffices: stopping must never wait. */
export function decideSuspendProvision(
  state: ProvisionState,
  { suspension, side, scope, reason }: SuspendProvision,
  { agreement }: ProvisionFacts,
): Decision<ProvisionEvent> {
  const known = state.suspensions.some((open) => open.suspension === suspension);
  const faults = reasons(
    agreement.state === 'none' && because('agreement-missing', 'agreement'),
    side !== 'provider' && because('provider-only'),
    state.suspensions.length >= MOST_SUSPENSIONS && because('suspensions-too-many'),
    (known || state.lifted.includes(suspension)) && because('suspension-exists', 'suspension'),
    ...(scope === 'all' ? [] : purposeFaults(scope, 'scope')),
    ...reasonFaults(reason),
  );
  if (faults.length) return refuse(...faults);
  return accept<ProvisionEvent>({ type: 'ProvisionSuspended', data: { suspension, scope, reason } });
}

/** The provider lifts one of its suspensions; the recipient never can (art. 6). */
export function decideResumeProvision(
  state: ProvisionState,
  { suspension, side }: ResumeProvision,
): Decision<ProvisionEvent> {
  const open = state.suspensions.some((candidate) => candidate.suspension === suspension);
  const faults = reasons(
    side !== 'provider' && because('provider-only'),
    !open && because('suspension-not-open', 'suspension'),
  );
  if (faults.length) return refuse(...faults);
  return accept<ProvisionEvent>({ type: 'ProvisionResumed', data: { suspension } });
}

// ---- evolve ----

export function evolveProvision(state: ProvisionState, event: RecordedProvisionEvent): ProvisionState {
  switch (event.type) {
    case 'ServiceHoursProposed': {
      const proposed = { ...event.data, proposedBy: personBehind(event) };
      return { ...state, proposals: [...state.proposals, proposed] };
    }
    case 'ServiceHoursSet': {
      const proposals = state.proposals.filter((open) => open.proposal !== event.data.proposal);
      return { ...state, proposals, versions: [...state.versions, event.data] };
    }
    case 'ProvisionSuspended': {
      const { suspension, scope } = event.data;
      return { ...state, suspensions: [...state.suspensions, { suspension, scope }] };
    }
    case 'ProvisionResumed': {
      const { suspension } = event.data;
      const suspensions = state.suspensions.filter((open) => open.suspension !== suspension);
      return { ...state, suspensions, lifted: [...state.lifted, suspension] };
    }
    default:
      return assertNever(event);
  }
}

export const provisionFolding = { initial: initialProvision, evolve: evolveProvision };
