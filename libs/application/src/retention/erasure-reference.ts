import { v5 as uuidv5 } from 'uuid';
import { cohortId } from '#domain';
import type { LoadedStream } from '../journal.js';
import { IdentityDataErased, Refused } from '../refused.js';
import { receivedIn } from '../inquiries/stored-answer.js';

/** Namespace of erasure runs; a constant of this program, drawn once. */
const ERASURES = 'b1f6c7de-6c0f-4a57-9a43-5f0c8f0f7f0e';

/** The run that erases a cohort: named by the cohort, so that a repeated run finds its own stream (decision 12). */
export const erasureRunOf = (cohort: string): string => uuidv5(cohort, ERASURES);

/** The erasure that took an inquiry's identity data, or null for an inquiry that never had any. */
function erasureReference(inquiry: LoadedStream): string | null {
  const received = receivedIn(inquiry);
  if (!received) return null;
  const { purpose, usableThrough } = received.data as { purpose: string; usableThrough: string };
  return erasureRunOf(cohortId({ agreement: received.agreement, purpose, usableThrough }));
}

/** The refusal as the asker is told it: one because of erasure names the erasure that took the data. */
export const namingErasure = (refused: Refused, inquiry: LoadedStream): Refused =>
  refused.refusals.some(({ code }) => code === 'identity-data-erased')
    ? new IdentityDataErased(erasureReference(inquiry))
    : refused;
