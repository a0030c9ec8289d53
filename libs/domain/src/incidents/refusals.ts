import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a decider of this capability refuses; docs/problems.md explains each. */
export const incidentRefusals = [
  // contacts
  'contact-exists',
  'contact-unknown',
  'contact-last',
  'contacts-too-many',
  'contact-changes-too-many',
  'contact-of-other-party',
  'contact-of-own-party',
  'contact-version-outdated',
  'name-malformed',
  'channels-empty',
  'channels-too-many',
  'channel-malformed',
  'channel-repeated',
  // incidents
  'incident-exists',
  'incidents-too-many',
  'incident-missing',
  'incident-closed',
  'incident-kind-unknown',
  'incident-party-unreached',
  'incident-fault-stands',
  'description-malformed',
  'note-malformed',
  'finding-malformed',
  // alerts
  'alert-missing',
  'alert-of-other-party',
] as const;

export type IncidentRefusal = (typeof incidentRefusals)[number];

/** One reason of this capability; `field` names the failing part of the command, never its value. */
export const because = (code: IncidentRefusal, field?: string): Refusal<IncidentRefusal> =>
  field === undefined ? { code } : { code, field };
