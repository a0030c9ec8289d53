import { accept, type Decision, refuse } from '../kernel/decision.js';
import type { InquiryEvent } from './inquiry.events.js';
import type { Inquiry } from './inquiry.js';

/** Real milliseconds after the deadline in which a slow process may still record its answer. */
export const ANSWER_GRACE_MS = 10_000;

/**
 * Real milliseconds after the deadline when even a living process can no longer be asking: the client of the provider
 * gave up at the deadline, so what is missing is only the record (the vault or the store failed it).
 */
export const HOPELESS_MS = 15 * 60_000;

/** The worker looks at an open inquiry. */
export interface AbandonInquiry {
  readonly inquiry: string;
  /** Real time, milliseconds. */
  readonly realNow: number;
  /** Whether the lease of the process that was asking is over. */
  readonly leaseDead: boolean;
}

/**
 * Closes an inquiry that was abandoned: deadline and grace have passed and its process is dead (decision 18), or it is
 * hopelessly late although its process lives (ADR 0007). Only the worker does.
 */
export function abandonInquiry(state: Inquiry, command: AbandonInquiry): Decision<InquiryEvent> {
  if (state.state !== 'open') return refuse({ code: 'inquiry-closed' });
  const late = command.realNow - Date.parse(state.deadline);
  const { inquiry } = command;
  if (command.leaseDead && late > ANSWER_GRACE_MS) {
    return accept({ type: 'InquiryOutcomeUnknown', data: { inquiry, cause: 'abandoned' } });
  }
  if (late > HOPELESS_MS)
    return accept({ type: 'InquiryOutcomeUnknown', data: { inquiry, cause: 'not-recorded' } });
  return refuse({ code: 'inquiry-open' });
}
