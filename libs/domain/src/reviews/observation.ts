import type { Outcome, RecordedInquiryEvent } from '../inquiries/inquiry.events.js';
import { personBehind } from '../kernel/event.js';
import type { NameMatch } from './own-name.js';

/** What the detectors get to see of a recorded event: ids, tokens and answers to questions, never identity data. */
export type Observation = {
  /** Business time, UTC ISO 8601. */
  readonly at: string;
  readonly inquiry: string;
  /** Who asked. */
  readonly operator: string;
} & (
  | {
      readonly kind: 'received';
      /** Subject tokens of the question; none for a name without a complete birth date. */
      readonly tokens: readonly string[];
      readonly nameMatch: NameMatch | null;
      /** Whether the agency has a case of that reference; null where nobody can say. */
      readonly caseMatches: boolean | null;
    }
  /** Refused, for these reasons. */
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  /** One record of an answer. */
  | { readonly kind: 'supplied'; readonly tokens: readonly string[]; readonly nameMatch: NameMatch | null }
);

/** What has to be opened or looked up for an observation. */
export interface OpenedForDetection {
  /** Subject tokens of the event (decision 14); empty once their key is gone. */
  readonly tokens: readonly string[];
  /** `nameMatch` of the operator with the name that was asked for or supplied; null where there is none or it is gone. */
  readonly nameMatch: NameMatch | null;
  readonly caseMatches: boolean | null;
}

/** What an event says to the detectors; null where it says nothing, or where no person was behind it. */
export function observationOf(
  event: RecordedInquiryEvent,
  { tokens, nameMatch, caseMatches }: OpenedForDetection,
): Observation | null {
  const operator = personBehind(event);
  if (operator === null) return null;
  const seen = { at: event.at, inquiry: event.data.inquiry, operator };
  switch (event.type) {
    case 'InquiryReceived':
      return { ...seen, kind: 'received', tokens, nameMatch, caseMatches };
    case 'InquiryRefused':
      return { ...seen, kind: 'refused', reasons: event.data.reasons };
    case 'InformationProvided':
    case 'NothingProvided':
      return { ...seen, kind: 'answered', outcome: event.data.outcome };
    case 'RecordProvided':
      return { ...seen, kind: 'supplied', tokens, nameMatch };
    default:
      return null;
  }
}
