import { type Actor, personBehind } from '../kernel/event.js';
import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { daysBetween, isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import { hasRepeats, isFitForClear, isPlainText } from '../kernel/text.js';
import { firstDayFaults, inForceOn } from '../kernel/versions.js';
import type { OperatorEvent, RecordedOperatorEvent, Side } from './access.events.js';
import { because } from './refusals.js';
import { isRole, type Role, rolesOfSide } from './roles.js';

// ---- commands ----

/** Ids of account holders are random and say nothing about the person (decision 9). */
const OPERATOR_ID = /^[a-z0-9][a-z0-9-]{1,39}$/;
/** A unit is a code, because it is kept in clear for ever and must not become a place for names. */
const UNIT = /^[a-z0-9][a-z0-9-]{0,39}$/;
const LONGEST_NAME = 200;
/** Two years, one of them a leap year: whoever was trained once is not trained for ever. */
const LONGEST_VALIDITY_DAYS = 731;

export const isOperatorId = (value: unknown): value is string =>
  typeof value === 'string' && OPERATOR_ID.test(value);

export interface RegisterOperator {
  readonly operator: string;
  readonly side: Side;
  /** 1 to 200 code points of the register's own character set. */
  readonly name: string;
  /** Code of the organisational unit: lower-case letters, digits and hyphens, at most 40. */
  readonly unit: string;
}

export interface ProposeRoles {
  readonly proposal: string;
  /** All roles from `effectiveFrom` on; an empty list takes every role away (a transfer). */
  readonly roles: readonly Role[];
  /** First Tokyo day; today at the earliest. */
  readonly effectiveFrom: TokyoDay;
}

export interface ApproveRoles {
  readonly proposal: string;
  /** Operator id of the approver. */
  readonly by: string;
  /** The approver's side. */
  readonly side: Side;
}

export interface RecordTraining {
  /** Tokyo day of the training; today at the latest. */
  readonly heldOn: TokyoDay;
  /** Last Tokyo day on which it counts; after `heldOn`, by at most 731 days. */
  readonly validUntil: TokyoDay;
}

/** The first accounts of an installation, which nobody is there to approve yet. */
export interface BootstrapOperator extends RegisterOperator {
  readonly by: Actor;
  readonly proposal: string;
  readonly roles: readonly Role[];
  readonly trainingValidUntil: TokyoDay;
}

// ---- state ----

interface RoleVersion {
  readonly proposal: string;
  readonly roles: readonly Role[];
  readonly effectiveFrom: TokyoDay;
}

interface RoleProposal extends RoleVersion {
  /** Operator id of the proposer, or null for the system. */
  readonly proposedBy: string | null;
}

export type RegisteredOperator = {
  readonly state: 'registered';
  readonly operator: string;
  readonly side: Side;
  readonly unit: string;
  /** Proposals that wait for a second person. */
  readonly proposals: readonly RoleProposal[];
  /** Everything that was approved, in the order of approval. */
  readonly roles: readonly RoleVersion[];
  readonly trainings: readonly RecordTraining[];
  readonly secrecyAcknowledged: boolean;
};

export type OperatorState = { readonly state: 'none' } | RegisteredOperator;

export const initialOperator: OperatorState = { state: 'none' };

/** The roles somebody holds on a Tokyo day; none before the first approved version begins. */
export const rolesOn = (state: OperatorState, day: TokyoDay): readonly Role[] =>
  state.state === 'none' ? [] : (inForceOn(state.roles, day)?.roles ?? []);

/** The roles somebody holds on a day or may come to hold: approved for a later day, or proposed and still to be approved. */
export function rolesInSight(state: OperatorState, day: TokyoDay): readonly Role[] {
  if (state.state === 'none') return [];
  const later = state.roles.filter(({ effectiveFrom }) => effectiveFrom > day);
  const proposed = state.proposals.filter(({ effectiveFrom }) => effectiveFrom >= day);
  return [...rolesOn(state, day), ...[...later, ...proposed].flatMap(({ roles }) => roles)];
}

/** Whether some training attended covers the day (art. 5). */
export const isTrained = (state: OperatorState, day: TokyoDay): boolean =>
  state.state === 'registered' &&
  state.trainings.some(({ heldOn, validUntil }) => heldOn <= day && day <= validUntil);

// ---- decide ----

const operatorMissing = (): Decision<never> => refuse(because('operator-missing', 'operator'));

function registrationFaults(command: RegisterOperator): Refusal[] {
  return reasons(
    !isOperatorId(command.operator) && because('operator-id-malformed', 'operator'),
    !(command.side in rolesOfSide) && because('side-unknown', 'side'),
    !isPlainText(command.name, LONGEST_NAME) && because('name-malformed', 'name'),
    !(UNIT.test(command.unit) && isFitForClear(command.unit)) && because('unit-malformed', 'unit'),
  );
}

function roleFaults(side: Side, roles: readonly Role[]): Refusal[] {
  return reasons(
    !roles.every(isRole) && because('role-unknown', 'roles'),
    hasRepeats(roles) && because('role-repeated', 'roles'),
    roles.some((role) => isRole(role) && !rolesOfSide[side].includes(role)) &&
      because('role-not-of-side', 'roles'),
    // Who asks the register does nothing else here: nobody approves, searches or erases what they asked themselves.
    new Set(roles).size > 1 && roles.includes('operator') && because('role-not-alone', 'roles'),
  );
}

const isValidity = (heldOn: TokyoDay, validUntil: TokyoDay): boolean =>
  isTokyoDay(validUntil) && validUntil > heldOn && daysBetween(heldOn, validUntil) <= LONGEST_VALIDITY_DAYS;

function trainingFaults({ heldOn, validUntil }: RecordTraining, now: string): Refusal[] {
  if (!isTokyoDay(heldOn)) return [because('training-day-malformed', 'heldOn')];
  return reasons(
    heldOn > tokyoDay(now) && because('training-in-future', 'heldOn'),
    !isValidity(heldOn, validUntil) && because('training-validity-malformed', 'validUntil'),
  );
}

const registered = ({ operator, side, name, unit }: RegisterOperator): OperatorEvent => ({
  type: 'OperatorRegistered',
  data: { operator, side, name, unit },
});

/** Registers somebody without any role (annex 2, 2(4), 2(9)ア). */
export function decideRegisterOperator(
  state: OperatorState,
  command: RegisterOperator,
): Decision<OperatorEvent> {
  if (state.state !== 'none') return refuse(because('operator-exists', 'operator'));
  const faults = registrationFaults(command);
  return faults.length ? refuse(...faults) : accept(registered(command));
}

/** Proposes roles; a second person must approve them before they hold. */
export function decideProposeRoles(
  state: OperatorState,
  { proposal, roles, effectiveFrom }: ProposeRoles,
  now: string,
): Decision<OperatorEvent> {
  if (state.state === 'none') return operatorMissing();
  const known = [...state.proposals, ...state.roles].some((version) => version.proposal === proposal);
  const faults = [
    ...reasons(known && because('proposal-exists', 'proposal')),
    ...roleFaults(state.side, roles),
    ...firstDayFaults(effectiveFrom, now),
  ];
  if (faults.length) return refuse(...faults);
  const { operator } = state;
  return accept<OperatorEvent>({ type: 'RolesProposed', data: { operator, proposal, roles, effectiveFrom } });
}

/**
 * Approves proposed roles: by neither the proposer nor the person concerned (decision 17), by somebody of the person's
 * own side, so that neither side makes accounts of the other alone, and before their first day is over, because no
 * right is given in retrospect.
 */
export function decideApproveRoles(
  state: OperatorState,
  { proposal, by, side }: ApproveRoles,
  now: string,
): Decision<OperatorEvent> {
  if (state.state === 'none') return operatorMissing();
  const proposed = state.proposals.find((open) => open.proposal === proposal);
  if (!proposed) return refuse(because('proposal-missing', 'proposal'));
  const { operator } = state;
  const { roles, effectiveFrom, proposedBy } = proposed;
  const faults = [
    ...reasons(
      by === proposedBy && because('approver-is-proposer'),
      by === operator && because('approver-is-person-concerned'),
      side !== state.side && because('approver-of-other-side'),
    ),
    ...firstDayFaults(effectiveFrom, now),
  ];
  if (faults.length) return refuse(...faults);
  return accept<OperatorEvent>({ type: 'RolesSet', data: { operator, proposal, roles, effectiveFrom } });
}

/** Puts an attended training on record (art. 5, annex 1-9). */
export function decideRecordTraining(
  state: OperatorState,
  { heldOn, validUntil }: RecordTraining,
  now: string,
): Decision<OperatorEvent> {
  if (state.state === 'none') return operatorMissing();
  const faults = trainingFaults({ heldOn, validUntil }, now);
  if (faults.length) return refuse(...faults);
  return accept<OperatorEvent>({
    type: 'TrainingAttended',
    data: { operator: state.operator, heldOn, validUntil },
  });
}

/** Puts on record that the duty of secrecy was announced; it may be announced again (annex 2, 2(9)オ). */
export function decideAcknowledgeSecrecy(state: OperatorState): Decision<OperatorEvent> {
  if (state.state === 'none') return operatorMissing();
  return accept<OperatorEvent>({ type: 'SecrecyAcknowledged', data: { operator: state.operator } });
}

/**
 * Registers one of the first accounts with roles, training and secrecy at once. Only `init` may: there is
 * nobody yet who could propose and nobody who could approve, and the record says that the system did it.
 */
export function decideBootstrapOperator(
  state: OperatorState,
  command: BootstrapOperator,
  now: string,
): Decision<OperatorEvent> {
  const { by, operator, side, proposal, roles, trainingValidUntil: validUntil } = command;
  if (!('system' in by) || by.system !== 'init') return refuse(because('init-only'));
  if (state.state !== 'none') return refuse(because('operator-exists', 'operator'));
  const today = tokyoDay(now);
  const registration = registrationFaults(command);
  const faults = registration.length
    ? registration
    : [...roleFaults(side, roles), ...trainingFaults({ heldOn: today, validUntil }, now)];
  if (faults.length) return refuse(...faults);
  const version = { operator, proposal, roles, effectiveFrom: today };
  return accept<OperatorEvent>(
    registered(command),
    { type: 'RolesProposed', data: version },
    { type: 'RolesSet', data: version },
    { type: 'TrainingAttended', data: { operator, heldOn: today, validUntil } },
    { type: 'SecrecyAcknowledged', data: { operator } },
  );
}

// ---- evolve ----

export function evolveOperator(state: OperatorState, event: RecordedOperatorEvent): OperatorState {
  if (event.type === 'OperatorRegistered') {
    const { operator, side, unit } = event.data;
    const nothing = { proposals: [], roles: [], trainings: [], secrecyAcknowledged: false };
    return { state: 'registered', operator, side, unit, ...nothing };
  }
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'RolesProposed': {
      const { proposal, roles, effectiveFrom } = event.data;
      const proposed = { proposal, roles, effectiveFrom, proposedBy: personBehind(event) };
      return { ...state, proposals: [...state.proposals, proposed] };
    }
    case 'RolesSet': {
      const { proposal, roles, effectiveFrom } = event.data;
      const proposals = state.proposals.filter((open) => open.proposal !== proposal);
      return { ...state, proposals, roles: [...state.roles, { proposal, roles, effectiveFrom }] };
    }
    case 'TrainingAttended': {
      const { heldOn, validUntil } = event.data;
      return { ...state, trainings: [...state.trainings, { heldOn, validUntil }] };
    }
    case 'SecrecyAcknowledged':
      return { ...state, secrecyAcknowledged: true };
    case 'HouseholdDeclared':
      return state;
    default:
      return assertNever(event);
  }
}

export const operatorFolding = { initial: initialOperator, evolve: evolveOperator };
