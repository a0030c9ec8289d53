import { accessRefusals } from './access/refusals.js';
import { agreementRefusals } from './agreements/refusals.js';
import { caseRefusals } from './cases/refusals.js';
import { disclosureRequestRefusals } from './disclosure-requests/refusals.js';
import { incidentRefusals } from './incidents/refusals.js';
import { inquiryRefusals } from './inquiries/inquiry.refusals.js';
import { searchRefusals } from './inquiries/search.js';
import { erasureRefusals } from './retention/erasure.js';
import { retentionPeriodRefusals } from './retention/retention-period.js';
import { reviewRefusals } from './reviews/refusals.js';
import { exportRefusals } from './trail/export.refusals.js';
import { queryRefusals } from './trail/query.refusals.js';
import { savedSearchRefusals } from './trail/saved-search.refusals.js';
import { tailRefusals } from './trail/tail.refusals.js';

/** Reasons for which the edge denies somebody who has a session; `AccessDenied` has them beside those of the deciders. */
const edgeRefusals = [
  'session-elsewhere',
  'pin-change-required',
  'terminal-certificate-missing',
  'certificate-not-trusted',
  'terminal-not-valid',
  'alert-of-other-party',
] as const;

/**
 * Every code for which an event may say no: those of all deciders, because a denial (`AccessDenied`) has the first reason
 * and what else was wrong beside it, and those of the edge. A code that was recorded once stays, whoever gives it no more.
 */
export const recordedRefusals: ReadonlySet<string> = new Set([
  ...accessRefusals,
  ...agreementRefusals,
  ...caseRefusals,
  ...disclosureRequestRefusals,
  ...incidentRefusals,
  ...inquiryRefusals,
  ...searchRefusals,
  ...erasureRefusals,
  ...retentionPeriodRefusals,
  ...reviewRefusals,
  ...exportRefusals,
  ...queryRefusals,
  ...savedSearchRefusals,
  ...tailRefusals,
  ...edgeRefusals,
]);
