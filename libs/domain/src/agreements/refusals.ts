import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a decider of this capability refuses; docs/problems.md explains each. */
export const agreementRefusals = [
  // the agreement
  'agreement-exists',
  'agreement-missing',
  'agreement-terminated',
  'agreement-id-malformed',
  'party-malformed',
  'purposes-empty',
  'purpose-unlisted',
  'purpose-repeated',
  'case-pattern-missing',
  'case-pattern-malformed',
  'case-pattern-unlisted',
  'deadline-out-of-range',
  'reason-malformed',
  'recipient-only',
  'provider-only',
  'termination-already-proposed',
  'termination-not-proposed',
  // service hours
  'proposal-exists',
  'proposal-missing',
  'approver-is-proposer',
  'effective-from-malformed',
  'effective-from-past',
  'hours-without-provider',
  'hours-empty',
  'hours-malformed',
  'hours-overlapping',
  'hours-too-many',
  'closed-day-malformed',
  'closed-day-repeated',
  'closed-days-too-many',
  // suspensions
  'suspension-exists',
  'suspension-not-open',
  'suspensions-too-many',
] as const;

export type AgreementRefusal = (typeof agreementRefusals)[number];

/** One reason of this capability; `field` names the failing part of the command, never its value. */
export const because = (code: AgreementRefusal, field?: string): Refusal<AgreementRefusal> =>
  field === undefined ? { code } : { code, field };
