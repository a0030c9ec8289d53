import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a decider of this capability refuses; docs/problems.md explains each. */
export const reviewRefusals = [
  // reviews
  'review-missing',
  'review-closed',
  'reviewer-is-person-concerned',
  'review-note-malformed',
  'review-conclusion-unlisted',
  'review-finding-malformed',
  'review-incident-missing',
  // the daily review
  'review-day-malformed',
  'review-day-not-over',
  'review-day-before-agreement',
  'review-day-signed',
  'review-remark-malformed',
  // the watch list
  'watch-exists',
  'watch-missing',
  'watch-until-malformed',
  'check-digit-wrong',
  'reason-malformed',
] as const;

export type ReviewRefusal = (typeof reviewRefusals)[number];

/** One reason of this capability; `field` names the failing part of the command, never its value. */
export const because = (code: ReviewRefusal, field?: string): Refusal<ReviewRefusal> =>
  field === undefined ? { code } : { code, field };
