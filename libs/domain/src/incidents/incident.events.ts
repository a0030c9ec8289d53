import type { Side } from '../access/access.events.js';
import { defineEvent, type FactsOf, type RecordsOf } from '../kernel/event.js';
import type { ChannelKind } from './contact.events.js';

/** One incident (障害・漏えい等の事案), from its declaration to its end (annex 2, 4(4)). */
export const incidentStream = (incident: string): string => `incident-${incident}`;

/** What was declared: 障害, 漏えい, 漏えいのおそれ, or a drill of the emergency plan (訓練). */
export const incidentKinds = ['failure', 'leak', 'leak-feared', 'drill'] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/**
 * What can go wrong by itself, and is noticed without a person. Every kind has a row in `faultTable` (fault.ts).
 * `unrecorded` is an answer that could not be made durable (decision 2).
 */
export const faultKinds = [
  'erasure-overdue',
  'erasure-failed',
  'clock-wrong',
  'provider-unreachable',
  'provider-answers-wrongly',
  'individual-number-received',
  'unrecorded',
  'forged-event',
  'events-missing',
  'follower-diverged',
  'log-late',
  'log-not-verifying',
  'log-uncosigned',
  'log-forked',
  'counter-closed',
  'key-trouble',
  'store-failed',
  'duty-failing',
  'worker-silent',
  'api-silent',
  'review-unsigned',
  'disclosure-due',
  'feed-stalled',
  'mark-forged',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The cause of faults that belong together: there is one open incident for each. */
export const faultOf = (agreement: string, kind: FaultKind): string => `${agreement}-${kind}`;
export const faultStream = (fault: string): string => `fault-${fault}`;

/** An alert is one incident brought to one contact. */
export const alertOf = (incident: string, contact: string): string => `${incident}-${contact}`;
export const alertStream = (alert: string): string => `alert-${alert}`;

// ---- the incident ----

export const IncidentDeclared = defineEvent<{
  incident: string;
  kind: IncidentKind;
  /** What was noticed, where no person declared it. */
  cause: FaultKind | null;
  /** The fault's id where there is one: `fault-<fault>` counts it. */
  fault: string | null;
  /** In the words of whoever declared it; not there where nobody did, so that no key is needed (decision 21). */
  description?: string;
}>()(
  'IncidentDeclared',
  1,
  {
    en: 'A failure or a feared leak was declared; both parties are contacted at once (annex 2, 4(4)).',
    ja: '障害又は漏えい等（おそれを含む。）が宣言され、直ちに双方へ連絡する（別紙2の4(4)）。',
  },
  { incident: 'clear', kind: 'clear', cause: 'clear', fault: 'clear', description: 'trail' },
);

export const IncidentNoted = defineEvent<{ incident: string; note: string }>()(
  'IncidentNoted',
  1,
  { en: 'Somebody added a note to an incident.', ja: '事案に経過が書き加えられた。' },
  { incident: 'clear', note: 'trail' },
);

export const IncidentClosed = defineEvent<{ incident: string; finding: string }>()(
  'IncidentClosed',
  1,
  {
    en: 'An incident was closed with a finding; somebody of each party had been reached.',
    ja: '各当事者の連絡先に到達した上で、所見を付して事案が終結した。',
  },
  { incident: 'clear', finding: 'trail' },
);

// ---- the fault behind it ----

export const FaultOpened = defineEvent<{
  fault: string;
  kind: FaultKind;
  incident: string;
  /** How often it was seen, in this incident, up to and with this time. */
  times: number;
  /** Id of the last event that was counted, where events show the fault; null where it was observed. */
  through: string | null;
}>()(
  'FaultOpened',
  1,
  {
    en: 'Something went wrong by itself, and an incident is opened for it.',
    ja: '異常が検知され、事案となった。',
  },
  { fault: 'clear', kind: 'clear', incident: 'clear', times: 'clear', through: 'clear' },
);

export const FaultRepeated = defineEvent<{
  fault: string;
  incident: string;
  times: number;
  through: string | null;
}>()(
  'FaultRepeated',
  1,
  {
    en: 'The same fault was seen again; `times` counts all of the incident so far.',
    ja: '同じ異常が繰り返された（times は事案開始からの総数）。',
  },
  { fault: 'clear', incident: 'clear', times: 'clear', through: 'clear' },
);

export const FaultCleared = defineEvent<{ fault: string; incident: string; times: number }>()(
  'FaultCleared',
  1,
  { en: 'The fault is over.', ja: '異常が解消した。' },
  { fault: 'clear', incident: 'clear', times: 'clear' },
);

// ---- bringing it to the contacts: the outbox is these streams ----

export const AlertRaised = defineEvent<{
  alert: string;
  incident: string;
  contact: string;
  party: Side;
}>()(
  'AlertRaised',
  1,
  { en: 'A contact is to be told of an incident.', ja: '事案を連絡先に通報することとなった。' },
  { alert: 'clear', incident: 'clear', contact: 'clear', party: 'clear' },
);

/** Why a channel did not take a message; never the other side's words, which could quote an address. */
export const deliveryFaults = [
  'connection',
  'timeout',
  'tls',
  'refused',
  'rejected',
  'gone',
  'redirect',
  'server-error',
  'target-forbidden',
  'not-configured',
  'sealed',
] as const;
export type DeliveryFault = (typeof deliveryFaults)[number];

interface Attempt {
  alert: string;
  incident: string;
  contact: string;
  /** Index into the contact's channels at that moment, and its kind. */
  channel: number;
  kind: ChannelKind;
  /** How often a channel had taken this alert before: part of the message's id. */
  round: number;
  /** Message-ID or webhook-id: the same for every attempt of a round. */
  message: string;
}
const attempt = {
  alert: 'clear',
  incident: 'clear',
  contact: 'clear',
  channel: 'clear',
  kind: 'clear',
  round: 'clear',
  message: 'clear',
} as const;

export const AlertSent = defineEvent<
  Attempt & {
    /** Sent from the lifeboat while nothing could be recorded, at this real time; null in the ordinary way. */
    lifeboat: string | null;
  }
>()(
  'AlertSent',
  1,
  { en: 'A channel took the alert over (annex 2, 4(4)).', ja: '通報が送達された（別紙2の4(4)）。' },
  { ...attempt, lifeboat: 'clear' },
);

export const AlertDeliveryFailed = defineEvent<
  Attempt & {
    why: DeliveryFault;
    /** Trying this channel again for this alert is pointless. */
    permanent: boolean;
  }
>()(
  'AlertDeliveryFailed',
  1,
  { en: 'A channel did not take the alert.', ja: '通報の送達に失敗した。' },
  { ...attempt, why: 'clear', permanent: 'clear' },
);

export const AlertAcknowledged = defineEvent<{
  alert: string;
  incident: string;
  contact: string;
  /** The link of the message, or a person signed in at Kiroku. */
  by: 'link' | 'person';
}>()(
  'AlertAcknowledged',
  1,
  { en: 'The contact acknowledged the alert.', ja: '連絡先が通報を確認した。' },
  { alert: 'clear', incident: 'clear', contact: 'clear', by: 'clear' },
);

export const incidentEvents = { IncidentDeclared, IncidentNoted, IncidentClosed } as const;
export const faultEvents = { FaultOpened, FaultRepeated, FaultCleared } as const;
export const alertEvents = { AlertRaised, AlertSent, AlertDeliveryFailed, AlertAcknowledged } as const;

export type IncidentEvent = FactsOf<typeof incidentEvents>;
export type RecordedIncidentEvent = RecordsOf<typeof incidentEvents>;
export type FaultEvent = FactsOf<typeof faultEvents>;
export type RecordedFaultEvent = RecordsOf<typeof faultEvents>;
export type AlertEvent = FactsOf<typeof alertEvents>;
export type RecordedAlertEvent = RecordsOf<typeof alertEvents>;
