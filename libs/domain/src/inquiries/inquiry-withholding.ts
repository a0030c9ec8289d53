import { type Decision, refuseOnRecord, type Refusal } from '../kernel/decision.js';
import type { InquiryEvent } from './inquiry.events.js';

/** The answer is on record but does not leave: the right to it ended while it was under way. */
export const withholdAnswer = (
  { inquiry, operator }: { readonly inquiry: string; readonly operator: string },
  against: readonly Refusal[],
): Decision<InquiryEvent> =>
  refuseOnRecord(against, {
    type: 'AnswerWithheld',
    data: { inquiry, operator, reasons: against.map(({ code }) => code) },
  });
