import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import type { Purpose } from '../kernel/purpose.js';
import { hasRepeats, reasonFaults } from '../kernel/text.js';
import { daysBetween, isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import type { GrantEvent, RecordedGrantEvent } from './access.events.js';
import { isTrained, type OperatorState, rolesOn } from './operator.js';
import { because } from './refusals.js';
import { terminalFaults, type TerminalState } from './terminal.js';

// ---- commands ----

/** Longest distance between the first and the last day of a grant. */
const LONGEST_GRANT_DAYS = 366;

/** What is granted: to whom, where, what for, and when. */
export interface GrantTerms {
  readonly grant: string;
  /** The holder. */
  readonly operator: string;
  readonly terminal: string;
  readonly purposes: readonly Purpose[];
  /** First Tokyo day of validity. */
  readonly from: TokyoDay;
  /** Last Tokyo day of validity; at most 366 days after the first. */
  readonly until: TokyoDay;
  /** Whether the holder may search by the beginning of a name. */
  readonly prefixSearch: boolean;
}

export interface RequestGrant extends GrantTerms {
  /** Not empty, at most 1,000 code points. */
  readonly reason: string;
}

/** Approves; `by` is the operator id of a terminal manager. */
export interface ApproveGrant {
  readonly by: string;
}

export interface RefuseGrant {
  readonly by: string;
  readonly reason: string;
}

export interface RevokeGrant {
  readonly reason: string;
}

/** What other streams say about the people and things that a grant names. */
export interface GrantFacts {
  /** The holder. */
  readonly operator: OperatorState;
  readonly terminal: TerminalState;
}

export interface RequestFacts extends GrantFacts {
  /** Who asks. */
  readonly requester: {
    readonly operator: string;
    /** Whether the requester is a terminal manager today. */
    readonly managesTerminals: boolean;
  };
  /** The purposes that the agreement lists; none when it is not in force. */
  readonly purposes: readonly Purpose[];
}

// ---- state ----

export type GrantState =
  | { readonly state: 'none' }
  | {
      readonly state: 'requested';
      readonly terms: GrantTerms;
      /** Operator id of the requester, or null for the system. */
      readonly requestedBy: string | null;
    }
  | { readonly state: 'approved' | 'refused' | 'revoked'; readonly terms: GrantTerms };

export const initialGrant: GrantState = { state: 'none' };

/** One use of a grant, to be judged on its Tokyo day. */
export interface GrantUse {
  readonly operator: string;
  readonly terminal: string;
  readonly purpose: Purpose;
  readonly day: TokyoDay;
  /** Whether it searches by the beginning of a name. */
  readonly prefix: boolean;
}

/** Why the grant does not allow this use (annex 2, 2(4)); empty when it does. All reasons that hold are given. */
export function grantAllows(state: GrantState, use: GrantUse): Refusal[] {
  if (state.state === 'none') return [because('grant-missing', 'grant')];
  const { terms } = state;
  return reasons(
    (state.state === 'requested' || state.state === 'refused') && because('grant-not-approved', 'grant'),
    state.state === 'revoked' && because('grant-revoked', 'grant'),
    use.day < terms.from && because('grant-not-yet-valid', 'grant'),
    use.day > terms.until && because('grant-expired', 'grant'),
    use.operator !== terms.operator && because('grant-other-operator', 'grant'),
    use.terminal !== terms.terminal && because('grant-other-terminal', 'grant'),
    !terms.purposes.includes(use.purpose) && because('grant-purpose-not-covered', 'purpose'),
    use.prefix && !terms.prefixSearch && because('grant-prefix-not-allowed', 'question'),
  );
}

// ---- decide ----

/** What stands between this person, this terminal and a grant that begins on `firstDay`. */
function eligibilityFaults({ operator, terminal }: GrantFacts, firstDay: TokyoDay, now: string): Refusal[] {
  if (operator.state === 'none')
    return [because('operator-missing', 'operator'), ...terminalFaults(terminal)];
  const trained = isTrained(operator, firstDay) && isTrained(operator, tokyoDay(now));
  return reasons(
    !rolesOn(operator, firstDay).includes('operator') && because('operator-role-missing', 'operator'),
    !trained && because('operator-untrained', 'operator'),
    !operator.secrecyAcknowledged && because('secrecy-not-acknowledged', 'operator'),
    ...terminalFaults(terminal),
  );
}

function dayFaults({ from, until }: GrantTerms, now: string): Refusal[] {
  if (!isTokyoDay(from) || !isTokyoDay(until) || from > until)
    return [because('grant-days-malformed', 'until')];
  return reasons(
    from < tokyoDay(now) && because('grant-from-past', 'from'),
    daysBetween(from, until) > LONGEST_GRANT_DAYS && because('grant-too-long', 'until'),
  );
}

function purposeFaults(asked: readonly Purpose[], listed: readonly Purpose[]): Refusal[] {
  return reasons(
    asked.length === 0 && because('purposes-empty', 'purposes'),
    !asked.every((purpose) => listed.includes(purpose)) && because('purpose-unlisted', 'purposes'),
    hasRepeats(asked) && because('purpose-repeated', 'purposes'),
  );
}

/** Asks for a grant: an operator for nobody else, a terminal manager for anybody. */
export function decideRequestGrant(
  state: GrantState,
  command: RequestGrant,
  facts: RequestFacts,
  now: string,
): Decision<GrantEvent> {
  if (state.state !== 'none') return refuse(because('grant-exists', 'grant'));
  const { grant, operator, terminal, purposes, from, until, prefixSearch, reason } = command;
  const { requester } = facts;
  if (operator !== requester.operator && !requester.managesTerminals)
    return refuse(because('role-missing', 'operator'));
  const days = dayFaults(command, now);
  const faults = [
    ...days,
    ...(isTokyoDay(from) ? eligibilityFaults(facts, from, now) : []),
    ...purposeFaults(purposes, facts.purposes),
    ...reasonFaults(reason),
  ];
  if (faults.length) return refuse(...faults);
  return accept<GrantEvent>({
    type: 'GrantRequested',
    data: { grant, operator, terminal, purposes, from, until, prefixSearch, reason },
  });
}

type Requested = Extract<GrantState, { state: 'requested' }>;

/** The open request, or why there is none. */
function openRequest(state: GrantState): Requested | Refusal {
  if (state.state === 'none') return because('grant-missing', 'grant');
  return state.state === 'requested' ? state : because('grant-already-decided', 'grant');
}

/** Four eyes: neither who asked for it nor who would hold it decides (decision 17). */
function fourEyesFaults({ terms, requestedBy }: Requested, by: string): Refusal[] {
  return reasons(
    by === requestedBy && because('approver-is-requester'),
    by === terms.operator && because('approver-is-holder'),
  );
}

/**
 * Allows it. The holder and the terminal are judged again as they are now: training may have lapsed and the
 * terminal may have been retired since the request.
 */
export function decideApproveGrant(
  state: GrantState,
  { by }: ApproveGrant,
  facts: GrantFacts,
  now: string,
): Decision<GrantEvent> {
  const request = openRequest(state);
  if ('code' in request) return refuse(request);
  const { grant, operator, terminal, from, until } = request.terms;
  const today = tokyoDay(now);
  const firstDay = from > today ? from : today;
  const faults = [
    ...fourEyesFaults(request, by),
    ...reasons(until < today && because('grant-expired', 'grant')),
    ...eligibilityFaults(facts, firstDay, now),
  ];
  if (faults.length) return refuse(...faults);
  return accept<GrantEvent>({ type: 'GrantApproved', data: { grant, operator, terminal } });
}

/** Says no, with a reason; the same people may as may approve. */
export function decideRefuseGrant(state: GrantState, { by, reason }: RefuseGrant): Decision<GrantEvent> {
  const request = openRequest(state);
  if ('code' in request) return refuse(request);
  const faults = [...fourEyesFaults(request, by), ...reasonFaults(reason)];
  if (faults.length) return refuse(...faults);
  const { grant, operator, terminal } = request.terms;
  return accept<GrantEvent>({ type: 'GrantRefused', data: { grant, operator, terminal, reason } });
}

/** Withdraws an approved grant at once. One person suffices: taking a right away must never wait. */
export function decideRevokeGrant(state: GrantState, { reason }: RevokeGrant): Decision<GrantEvent> {
  if (state.state === 'none') return refuse(because('grant-missing', 'grant'));
  if (state.state === 'revoked') return refuse(because('grant-revoked', 'grant'));
  if (state.state !== 'approved') return refuse(because('grant-not-approved', 'grant'));
  const faults = reasonFaults(reason);
  if (faults.length) return refuse(...faults);
  const { grant, operator, terminal } = state.terms;
  return accept<GrantEvent>({ type: 'GrantRevoked', data: { grant, operator, terminal, reason } });
}

// ---- evolve ----

export function evolveGrant(state: GrantState, event: RecordedGrantEvent): GrantState {
  if (event.type === 'GrantRequested')
    return { state: 'requested', terms: event.data, requestedBy: personBehind(event) };
  if (state.state === 'none') return state;
  const { terms } = state;
  switch (event.type) {
    case 'GrantApproved':
      return { state: 'approved', terms };
    case 'GrantRefused':
      return { state: 'refused', terms };
    case 'GrantRevoked':
      return { state: 'revoked', terms };
    default:
      return assertNever(event);
  }
}

export const grantFolding = { initial: initialGrant, evolve: evolveGrant };
