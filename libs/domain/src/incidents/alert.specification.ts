import { record } from '../kernel/specification.js';
import { type AlertState, evolveAlert, initialAlert, messageIdOf } from './alert.js';
import {
  type AlertEvent,
  alertEvents,
  type DeliveryFault,
  type RecordedAlertEvent,
} from './incident.events.js';

/** Real time at which the alert of the specifications is raised; the times below are milliseconds after it. */
export const RAISED_AT = Date.UTC(2026, 3, 1);

const ids = { alert: 'i-1-c-1', incident: 'i-1', contact: 'c-1' } as const;

/** A fact and when it was recorded. */
export type Timed = readonly [after: number, event: AlertEvent];

export const raised: Timed = [0, { type: 'AlertRaised', data: { ...ids, party: 'recipient' } }];

const attempt = (channel: number, round: number) => ({
  ...ids,
  channel,
  kind: channel === 0 ? ('smtp' as const) : ('webhook' as const),
  round,
  message: messageIdOf(ids.alert, channel, round),
});

export const sent = (after: number, channel = 0, round = 0, lifeboat: string | null = null): Timed => [
  after,
  { type: 'AlertSent', data: { ...attempt(channel, round), lifeboat } },
];

export const failed = (
  after: number,
  channel = 0,
  {
    round = 0,
    why = 'connection',
    permanent = false,
  }: { readonly round?: number; readonly why?: DeliveryFault; readonly permanent?: boolean } = {},
): Timed => [after, { type: 'AlertDeliveryFailed', data: { ...attempt(channel, round), why, permanent } }];

/** Refused for good: no mailbox there, or a webhook that is gone. */
export const gone = (after: number, channel = 0): Timed =>
  failed(after, channel, { why: 'gone', permanent: true });

export const acknowledged = (after: number): Timed => [
  after,
  { type: 'AlertAcknowledged', data: { ...ids, by: 'link' } },
];

/** An event's id made at a real time (RFC 9562, 5.7). */
function idAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** The state after these facts; business time stays where it is, because nothing here may depend on it. */
export const alertAfter = (...facts: readonly Timed[]): AlertState =>
  facts.reduce((state, [after, event]) => {
    const header = { id: idAt(RAISED_AT + after) };
    return evolveAlert(
      state,
      record(alertEvents[event.type], event, header) as unknown as RecordedAlertEvent,
    );
  }, initialAlert);
