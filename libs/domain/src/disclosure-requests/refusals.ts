import type { Refusal } from '../kernel/decision.js';

/** Every code with which the register of requests refuses, and the list of a resident's provisions under one. */
export const disclosureRequestRefusals = [
  'disclosure-request-missing',
  'disclosure-request-exists',
  'disclosure-request-answered',
  'disclosure-request-extended',
  'disclosure-request-overdue',
  'disclosure-reference-malformed',
  'disclosure-received-malformed',
  'disclosure-due-malformed',
  'disclosure-not-shown',
  'disclosure-answered-malformed',
  'disclosure-remark-malformed',
  'disclosure-remark-missing',
  'reason-malformed',
  // the list of the provisions
  'disclosure-requester-unchecked',
  'check-digit-wrong',
  'former-codes-too-many',
  'disclosure-looks-too-many',
] as const;
export type DisclosureRequestRefusal = (typeof disclosureRequestRefusals)[number];

export const because = (
  code: DisclosureRequestRefusal,
  field: string,
): Refusal<DisclosureRequestRefusal> => ({ code, field });
