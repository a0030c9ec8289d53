import type { Side } from '../access/access.events.js';
import { accept, assertNever, type Decision, refuse } from '../kernel/decision.js';
import { timeOfUuid7 } from '../kernel/uuid7.js';
import type { ChannelKind } from './contact.events.js';
import type { AlertEvent, DeliveryFault, RecordedAlertEvent } from './incident.events.js';
import { because } from './refusals.js';

// ---- commands ----

/** One incident is to be brought to one contact. */
export interface RaiseAlert {
  readonly alert: string;
  readonly incident: string;
  readonly contact: string;
  readonly party: Side;
}

/** One attempt to bring it, as `nextDelivery` asked for it. */
export interface DeliveryAttempt {
  /** Index into the contact's channels. */
  readonly channel: number;
  readonly kind: ChannelKind;
  readonly round: number;
  /** Message-ID or webhook-id. */
  readonly message: string;
}

export interface SentAttempt extends DeliveryAttempt {
  /** ISO 8601, real time, where it was sent from the lifeboat; null in the ordinary way. */
  readonly lifeboat: string | null;
}

export interface FailedAttempt extends DeliveryAttempt {
  readonly why: DeliveryFault;
  readonly permanent: boolean;
}

/** By whoever holds the link, or by a person signed in, who must be of the contact's party. */
export type Acknowledge = { readonly by: 'link' } | { readonly by: 'person'; readonly side: Side };

/** The same for every attempt of a round, so that a receiver who gets it twice can tell (at least once). */
export const messageIdOf = (alert: string, channel: number, round: number): string =>
  `${alert}.${channel}.${round}`;

// ---- state ----

/** An attempt that was recorded; `at` is real time, milliseconds. */
export interface AlertAttempt extends DeliveryAttempt {
  readonly at: number;
  /** Null when the channel took the message. */
  readonly failure: { readonly why: DeliveryFault; readonly permanent: boolean } | null;
}

interface Raised extends RaiseAlert {
  /** Real time, milliseconds. */
  readonly raisedAt: number;
  /** In the order of the record. */
  readonly attempts: readonly AlertAttempt[];
}

export type AlertState =
  | { readonly state: 'none' }
  | ({ readonly state: 'pending' } & Raised)
  | ({
      readonly state: 'acknowledged';
      readonly by: 'link' | 'person';
      /** Real time, milliseconds. */
      readonly acknowledgedAt: number;
    } & Raised);

export const initialAlert: AlertState = { state: 'none' };

const attemptsOf = (state: AlertState): readonly AlertAttempt[] =>
  state.state === 'none' ? [] : state.attempts;

/**
 * The attempt with which a channel took the alert last, by its time: what the lifeboat sent may be on record after what
 * was sent later. Of two at the same time, the one recorded last.
 */
export const lastSent = (attempts: readonly AlertAttempt[]): AlertAttempt | null =>
  attempts.reduce<AlertAttempt | null>(
    (last, attempt) => (attempt.failure === null && attempt.at >= (last?.at ?? 0) ? attempt : last),
    null,
  );

/** When a channel took the alert last: real time, milliseconds; null while none has. */
export const lastSentAt = (state: AlertState): number | null => lastSent(attemptsOf(state))?.at ?? null;

/** Whether the contact counts as reached: a channel took the alert, or somebody acknowledged it. */
export const isReached = (state: AlertState): boolean =>
  state.state === 'acknowledged' || lastSentAt(state) !== null;

// ---- decide ----

const alertMissing = (): Decision<never> => refuse(because('alert-missing', 'alert'));

/** Raises the alert; again is nothing. */
export function decideRaiseAlert(
  state: AlertState,
  { alert, incident, contact, party }: RaiseAlert,
): Decision<AlertEvent> {
  if (state.state !== 'none') return accept();
  return accept<AlertEvent>({ type: 'AlertRaised', data: { alert, incident, contact, party } });
}

const took = (state: AlertState, message: string): boolean =>
  attemptsOf(state).some((attempt) => attempt.failure === null && attempt.message === message);

/**
 * A channel took a message over. Also after the alert was acknowledged: it happened. The same message again is
 * nothing: two processes sent it, or the lifeboat's deed is put on record a second time.
 */
export function recordSent(
  state: AlertState,
  { channel, kind, round, message, lifeboat }: SentAttempt,
): Decision<AlertEvent> {
  if (state.state === 'none') return alertMissing();
  if (took(state, message)) return accept();
  const { alert, incident, contact } = state;
  return accept<AlertEvent>({
    type: 'AlertSent',
    data: { alert, incident, contact, channel, kind, round, message, lifeboat },
  });
}

/** A channel did not take a message; nothing when it took the same message from somebody else. */
export function recordFailed(
  state: AlertState,
  { channel, kind, round, message, why, permanent }: FailedAttempt,
): Decision<AlertEvent> {
  if (state.state === 'none') return alertMissing();
  if (took(state, message)) return accept();
  const { alert, incident, contact } = state;
  return accept<AlertEvent>({
    type: 'AlertDeliveryFailed',
    data: { alert, incident, contact, channel, kind, round, message, why, permanent },
  });
}

/** Somebody at the contact has taken note; nothing more is sent. Again is nothing. */
export function decideAcknowledge(state: AlertState, command: Acknowledge): Decision<AlertEvent> {
  if (state.state === 'none') return alertMissing();
  const { alert, incident, contact, party } = state;
  if (command.by === 'person' && command.side !== party)
    return refuse(because('alert-of-other-party', 'alert'));
  if (state.state === 'acknowledged') return accept();
  return accept<AlertEvent>({
    type: 'AlertAcknowledged',
    data: { alert, incident, contact, by: command.by },
  });
}

// ---- evolve ----

export function evolveAlert(state: AlertState, event: RecordedAlertEvent): AlertState {
  if (event.type === 'AlertRaised') {
    const { alert, incident, contact, party } = event.data;
    const raisedAt = timeOfUuid7(event.id);
    return { state: 'pending', alert, incident, contact, party, raisedAt, attempts: [] };
  }
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'AlertSent': {
      const { lifeboat, channel, kind, round, message } = event.data;
      const at = lifeboat === null ? timeOfUuid7(event.id) : Date.parse(lifeboat);
      return tried(state, { channel, kind, round, message, at, failure: null });
    }
    case 'AlertDeliveryFailed': {
      const { why, permanent, channel, kind, round, message } = event.data;
      const at = timeOfUuid7(event.id);
      return tried(state, { channel, kind, round, message, at, failure: { why, permanent } });
    }
    case 'AlertAcknowledged':
      if (state.state === 'acknowledged') return state;
      return {
        ...state,
        state: 'acknowledged',
        by: event.data.by,
        acknowledgedAt: timeOfUuid7(event.id),
      };
    default:
      return assertNever(event);
  }
}

const tried = <S extends Raised>(state: S, attempt: AlertAttempt): S => ({
  ...state,
  attempts: [...state.attempts, attempt],
});

export const alertFolding = { initial: initialAlert, evolve: evolveAlert };
