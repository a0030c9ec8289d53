import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a decider of this capability refuses; docs/problems.md explains each. */
export const accessRefusals = [
  // who acts
  'person-required',
  'init-only',
  'approver-is-proposer',
  'approver-is-person-concerned',
  'approver-is-requester',
  'approver-is-holder',
  'approver-of-other-side',
  // proposals and days
  'proposal-exists',
  'proposal-missing',
  'effective-from-malformed',
  'effective-from-past',
  'reason-malformed',
  // operators
  'operator-exists',
  'operator-missing',
  'operator-id-malformed',
  'side-unknown',
  'name-malformed',
  'unit-malformed',
  'role-unknown',
  'role-repeated',
  'role-not-of-side',
  'role-not-alone',
  'training-day-malformed',
  'training-in-future',
  'training-validity-malformed',
  'household-malformed',
  'household-of-declarer',
  'household-of-provider',
  // terminals and certificates
  'terminal-exists',
  'terminal-missing',
  'terminal-retired',
  'terminal-id-malformed',
  'label-malformed',
  'certificate-malformed',
  'certificate-already-bound',
  'certificate-unknown',
  'certificate-of-other-terminal',
  'certificate-retired',
  'certificate-expired',
  'certificate-validity-malformed',
  // grants
  'role-missing',
  'grant-exists',
  'grant-missing',
  'grant-already-decided',
  'grant-not-approved',
  'grant-not-yet-valid',
  'grant-expired',
  'grant-revoked',
  'grant-other-operator',
  'grant-other-terminal',
  'grant-purpose-not-covered',
  'grant-prefix-not-allowed',
  'grant-days-malformed',
  'grant-from-past',
  'grant-too-long',
  'operator-role-missing',
  'operator-untrained',
  'secrecy-not-acknowledged',
  'purposes-empty',
  'purpose-unlisted',
  'purpose-repeated',
  // credentials
  'credential-missing',
  'pin-rejected',
  'pin-locked',
  'pin-malformed',
  'pin-repeated-digit',
  'pin-run',
  'pin-unchanged',
  'pin-reissue-by-console',
  // sessions
  'session-exists',
  'session-missing',
  'session-ended',
  'sign-in-refused',
] as const;

export type AccessRefusal = (typeof accessRefusals)[number];

/** One reason of this capability; `field` names the failing part of the command, never its value. */
export const because = (code: AccessRefusal, field?: string): Refusal<AccessRefusal> =>
  field === undefined ? { code } : { code, field };
