import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a decider of this capability refuses; docs/problems.md explains each. */
export const caseRefusals = [
  'case-affair-unlisted',
  'case-reference-missing',
  'case-reference-malformed',
  'case-opened-malformed',
  'case-closed-malformed',
  'case-repeated',
  'case-not-registered',
] as const;

export type CaseRefusal = (typeof caseRefusals)[number];

/** One reason of this capability; `field` names the failing part of the command, never its value. */
export const because = (code: CaseRefusal, field?: string): Refusal<CaseRefusal> =>
  field === undefined ? { code } : { code, field };
