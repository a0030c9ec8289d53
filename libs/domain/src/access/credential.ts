import {
  accept,
  assertNever,
  type Decision,
  reasons,
  type Refusal,
  refuse,
  refuseOnRecord,
} from '../kernel/decision.js';
import { tokyoDay } from '../kernel/tokyo.js';
import type { CredentialEvent, RecordedCredentialEvent, Side } from './access.events.js';
import { type OperatorState, rolesInSight } from './operator.js';
import { because } from './refusals.js';

// ---- commands ----

/** The failure that locks the PIN. */
const LOCKING_FAILURE = 5;
const PIN = /^[0-9]{6,12}$/;

/** One attempt to sign in, or to prove oneself for a change of PIN; the verifier has already been asked. */
export interface AttemptPin {
  readonly operator: string;
  readonly pinCorrect: boolean;
}

export interface ChangePin {
  readonly operator: string;
  readonly newPin: string;
  /** Whether the new PIN is the old one; the verifier knows. */
  readonly sameAsOld: boolean;
}

/** Who issues a PIN anew: somebody of one side, through the api; or whoever runs the installation, on its console. */
export type PinIssuer = Side | 'console';

/** What is known about the person whose PIN is issued anew, and about who issues it. */
export interface ReissueFacts {
  readonly person: OperatorState;
  readonly issuer: PinIssuer;
}

// ---- state ----

export type CredentialState =
  | { readonly state: 'none' }
  | {
      readonly state: 'active';
      /** The PIN is an initial one, known to whoever issued it. */
      readonly mustChange: boolean;
      /** Wrong PINs since the last right one. */
      readonly failures: number;
      /** How many PINs there have been: tells whether a PIN that was proven is still the present one. */
      readonly pins: number;
    }
  | {
      readonly state: 'locked';
      /** The PIN that was locked was an initial one. */
      readonly mustChange: boolean;
      readonly pins: number;
    };

export const initialCredential: CredentialState = { state: 'none' };

/** Whether the present PIN is an initial one, which nobody may work under; a lock does not change that. */
export const mustChangePin = (state: CredentialState): boolean => state.state !== 'none' && state.mustChange;

// ---- decide ----

/** Whether each digit follows the one before in the same direction, 9 and 0 being neighbours: 123456, 210987. */
function isRun(pin: string): boolean {
  const digits = Array.from(pin, Number);
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10);
  return steps.every((step) => step === 1) || steps.every((step) => step === 9);
}

/** What is wrong with a PIN that somebody chose: 6 to 12 digits, not all the same, not a run. Empty when fit. */
export function pinFaults(pin: string): Refusal[] {
  if (!PIN.test(pin)) return [because('pin-malformed', 'newPin')];
  return reasons(
    new Set(pin).size === 1 && because('pin-repeated-digit', 'newPin'),
    isRun(pin) && because('pin-run', 'newPin'),
  );
}

/** Why nobody can use this credential now; empty while it is active. */
function closedFaults(state: CredentialState): Refusal[] {
  return reasons(
    state.state === 'none' && because('credential-missing', 'operator'),
    state.state === 'locked' && because('pin-locked'),
  );
}

/** Issues the first PIN, at registration. */
export function decideIssuePin(
  _state: CredentialState,
  { operator }: { readonly operator: string },
): Decision<CredentialEvent> {
  return accept<CredentialEvent>({ type: 'PinIssued', data: { operator } });
}

/**
 * Issues a PIN anew, the only way out of a lock. Whoever issues a PIN learns it, and could be that person until it is
 * changed; so nobody learns through the api the PIN of somebody who approves, oversees or is of the other side: four
 * eyes would be one pair (decision 17). For those the console issues it.
 */
export function decideReissuePin(
  state: CredentialState,
  { operator }: { readonly operator: string },
  { person, issuer }: ReissueFacts,
  now: string,
): Decision<CredentialEvent> {
  if (person.state === 'none') return refuse(because('operator-missing', 'operator'));
  const plain = rolesInSight(person, tokyoDay(now)).every((role) => role === 'operator');
  if (issuer !== 'console' && !(plain && person.side === issuer))
    return refuse(because('pin-reissue-by-console', 'operator'));
  return decideIssuePin(state, { operator });
}

/**
 * Judges an attempt. A wrong PIN is refused on record and the fifth in a row locks; a right one is recorded only
 * if it ends a row of failures (the sign-in itself is on the session's stream).
 */
export function decideAttemptPin(
  state: CredentialState,
  { operator, pinCorrect }: AttemptPin,
): Decision<CredentialEvent> {
  if (state.state !== 'active') return refuse(...closedFaults(state));
  if (pinCorrect)
    return state.failures ? accept<CredentialEvent>({ type: 'PinAccepted', data: { operator } }) : accept();
  const consecutive = state.failures + 1;
  const rejected: CredentialEvent = { type: 'PinRejected', data: { operator, consecutive } };
  if (consecutive < LOCKING_FAILURE)
    return refuseOnRecord<CredentialEvent>([because('pin-rejected')], rejected);
  const locked: CredentialEvent = { type: 'PinLocked', data: { operator } };
  return refuseOnRecord<CredentialEvent>([because('pin-locked')], rejected, locked);
}

/** Replaces the PIN by one of the holder's choosing; the holder has proven the old one just before. */
export function decideChangePin(
  state: CredentialState,
  { operator, newPin, sameAsOld }: ChangePin,
): Decision<CredentialEvent> {
  if (state.state !== 'active') return refuse(...closedFaults(state));
  const faults = [...pinFaults(newPin), ...reasons(sameAsOld && because('pin-unchanged', 'newPin'))];
  return faults.length
    ? refuse(...faults)
    : accept<CredentialEvent>({ type: 'PinChanged', data: { operator } });
}

// ---- evolve ----

const pinsOf = (state: CredentialState): number => (state.state === 'none' ? 0 : state.pins);

export function evolveCredential(state: CredentialState, event: RecordedCredentialEvent): CredentialState {
  const pins = pinsOf(state);
  switch (event.type) {
    case 'PinIssued':
      return { state: 'active', mustChange: true, failures: 0, pins: pins + 1 };
    case 'PinChanged':
      return { state: 'active', mustChange: false, failures: 0, pins: pins + 1 };
    case 'PinRejected':
      return state.state === 'active' ? { ...state, failures: event.data.consecutive } : state;
    case 'PinAccepted':
      return state.state === 'active' ? { ...state, failures: 0 } : state;
    case 'PinLocked':
      return { state: 'locked', mustChange: mustChangePin(state), pins };
    default:
      return assertNever(event);
  }
}

export const credentialFolding = { initial: initialCredential, evolve: evolveCredential };
