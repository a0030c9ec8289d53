import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { isPlainText, LONGEST_REASON } from '../kernel/text.js';
import type { Finding } from './detector.js';
import { detectorTable } from './detectors.js';
import { because } from './refusals.js';
import {
  type Evidence,
  type RecordedReviewEvent,
  type ReviewConclusion,
  type ReviewConcern,
  reviewConclusions,
  type ReviewEvent,
} from './review.events.js';

// ---- commands ----

/** A finding becomes a review. `review` is derived from its cause under a key, so that the same cause has one id. */
export interface OpenReview {
  readonly review: string;
  readonly concern: ReviewConcern;
  readonly operator: string | null;
  readonly savedSearch: string | null;
  readonly evidence: Evidence;
}

export interface NoteReview {
  /** Not blank, at most 1,000 code points; sealed. */
  readonly note: string;
  /** Operator id of the security officer. */
  readonly by: string;
  /** Whether the saved search that opened the review found events of this officer's own. */
  readonly found: boolean;
}

export interface CloseReview {
  readonly conclusion: string;
  /** In words: not blank, at most 1,000 code points; sealed. */
  readonly finding: string;
  /** The incident that was declared for it; without one, improper use cannot be concluded. */
  readonly incident: string | null;
  readonly by: string;
  /** As for a note. */
  readonly found: boolean;
}

/** The review that a detector's finding opens. */
export function reviewOf(review: string, { operator, cause: _cause, ...evidence }: Finding): OpenReview {
  const { concern } = detectorTable[evidence.detector];
  return { review, concern, operator, savedSearch: null, evidence };
}

// ---- state ----

export type ReviewState =
  | { readonly state: 'none' }
  | {
      readonly state: 'open';
      readonly review: string;
      readonly concern: ReviewConcern;
      readonly operator: string | null;
      /** Business time. */
      readonly openedAt: string;
    }
  | {
      readonly state: 'closed';
      readonly review: string;
      readonly concern: ReviewConcern;
      readonly operator: string | null;
      readonly openedAt: string;
      readonly closedAt: string;
      readonly conclusion: ReviewConclusion;
      readonly incident: string | null;
    };

export const initialReview: ReviewState = { state: 'none' };

// ---- decide ----

/** Opens a review, once: a policy that finds the same cause again adds nothing (policies are at-least-once). */
export function decideOpenReview(state: ReviewState, command: OpenReview): Decision<ReviewEvent> {
  if (state.state !== 'none') return accept();
  const { review, concern, operator, savedSearch, evidence } = command;
  return accept<ReviewEvent>({
    type: 'ReviewOpened',
    data: { review, concern, operator, savedSearch, evidence },
  });
}

type OpenState = Extract<ReviewState, { state: 'open' }>;

/**
 * The open review, or why there is none for this person: nobody looks into their own conduct (decision 17), neither where
 * a detector named it nor where a saved search found it among that of others.
 */
function openFor(state: ReviewState, { by, found }: Pick<NoteReview, 'by' | 'found'>): OpenState | Refusal {
  if (state.state === 'none') return because('review-missing', 'review');
  if (state.state === 'closed') return because('review-closed', 'review');
  return found || state.operator === by ? because('reviewer-is-person-concerned') : state;
}

export function decideNoteReview(
  state: ReviewState,
  { note, ...officer }: NoteReview,
): Decision<ReviewEvent> {
  const open = openFor(state, officer);
  if ('code' in open) return refuse(open);
  if (!isPlainText(note, LONGEST_REASON)) return refuse(because('review-note-malformed', 'note'));
  return accept<ReviewEvent>({ type: 'ReviewNoted', data: { review: open.review, note } });
}

/**
 * Closes a review with a finding. Improper use is a feared leak until shown otherwise, and a leak is brought to both
 * parties at once (annex 2, 4(4)): it can be concluded only with its incident.
 */
export function decideCloseReview(state: ReviewState, command: CloseReview): Decision<ReviewEvent> {
  const open = openFor(state, command);
  if ('code' in open) return refuse(open);
  const { finding, incident } = command;
  const conclusion = reviewConclusions.find((listed) => listed === command.conclusion);
  const faults = reasons(
    !conclusion && because('review-conclusion-unlisted', 'conclusion'),
    !isPlainText(finding, LONGEST_REASON) && because('review-finding-malformed', 'finding'),
    conclusion === 'improper' && incident === null && because('review-incident-missing', 'incident'),
  );
  if (faults.length || !conclusion) return refuse(...faults);
  return accept<ReviewEvent>({
    type: 'ReviewClosed',
    data: { review: open.review, conclusion, incident, finding },
  });
}

// ---- evolve ----

export function evolveReview(state: ReviewState, event: RecordedReviewEvent): ReviewState {
  if (event.type === 'ReviewOpened') {
    const { review, concern, operator } = event.data;
    return { state: 'open', review, concern, operator, openedAt: event.at };
  }
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'ReviewNoted':
      return state;
    case 'ReviewClosed': {
      const { conclusion, incident } = event.data;
      return { ...state, state: 'closed', closedAt: event.at, conclusion, incident };
    }
    default:
      return assertNever(event);
  }
}

export const reviewFolding = { initial: initialReview, evolve: evolveReview };
