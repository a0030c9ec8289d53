import { accept, assertNever, type Decision, refuse, type Refusal } from '../kernel/decision.js';
import { tokyoDay } from '../kernel/tokyo.js';
import type { Asker, Inquiry } from './inquiry.js';
import type { InquiryEvent } from './inquiry.events.js';

/** Whether the period of the identity data is over, erased or not: it may not be used any more (annex 2, 2(9)ウ). */
export const isExpired = (inquiry: { readonly usableThrough: string }, now: string): boolean =>
  tokyoDay(now) > inquiry.usableThrough;

/**
 * A repeat is there for an answer that got lost on its way. Who wants to look again gives a reason (a disclosure), and
 * the stream stays small (decision 4).
 */
const MOST_REDELIVERIES = 10;

/** A repeat of the same inquiry by the same operator at the same terminal (decision 18). `now` is business time. */
export function repeatInquiry(
  state: Inquiry,
  command: Asker & { readonly inquiry: string; readonly now: string },
  question: 'same' | 'other' | 'erased',
  access: readonly Refusal[],
): Decision<InquiryEvent> {
  if (state.state === 'none') return refuse({ code: 'inquiry-not-found' });
  if (state.by.operator !== command.operator || state.by.terminal !== command.terminal) {
    return refuse({ code: 'inquiry-id-taken', field: 'Idempotency-Key' });
  }
  switch (state.state) {
    case 'refused':
      return refuse(...state.reasons.map((code) => ({ code })));
    case 'open':
      return question === 'other'
        ? refuse({ code: 'inquiry-question-differs' })
        : refuse({ code: 'inquiry-open' });
    case 'unknown':
      return question === 'other'
        ? refuse({ code: 'inquiry-question-differs' })
        : refuse({ code: 'inquiry-outcome-unknown' });
    case 'empty':
    case 'provided':
      if (question === 'erased') return refuse({ code: 'identity-data-erased' });
      if (question === 'other') return refuse({ code: 'inquiry-question-differs' });
      if (isExpired(state, command.now)) return refuse({ code: 'identity-data-expired' });
      if (access.length) return refuse(...access);
      if (state.redeliveries >= MOST_REDELIVERIES) return refuse({ code: 'inquiry-redelivered-too-often' });
      return accept({
        type: 'AnswerRedelivered',
        data: { inquiry: command.inquiry, operator: command.operator, terminal: command.terminal },
      });
    default:
      return assertNever(state);
  }
}
