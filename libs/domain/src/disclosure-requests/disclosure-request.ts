import { accept, assertNever, type Decision, reasons, refuse } from '../kernel/decision.js';
import { isFitForClear, isPlainText, LONGEST_REASON, reasonFaults } from '../kernel/text.js';
import { addDays, daysBetween, isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import type {
  DisclosureAnswer,
  DisclosureRequestEvent,
  RecordedDisclosureRequestEvent,
} from './disclosure-request.events.js';
import { because } from './refusals.js';

/** In code points. */
const LONGEST_REFERENCE = 64;
/** Days for an answer, the day of receipt counted. */
const ANSWERED_WITHIN = 30;
/** Days by which they may be extended, once (Act on the Protection of Personal Information, art. 83(2)). */
const EXTENDED_BY = 30;
/**
 * Days that receipt may lie back, the day of registration counted: under a year, so that a mistyped year is refused, and a
 * request that was found in a drawer is still registered with its true day.
 */
const RECEIVED_WITHIN = 365;

// ---- commands ----

/** A security officer registers what a resident asked for. */
export interface ReceiveDisclosureRequest {
  readonly disclosureRequest: string;
  /** Operator id. */
  readonly by: string;
  /** Number under which the agency keeps the request: 1 to 64 code points, a digit among them, no identifier. */
  readonly reference: string;
  readonly receivedOn: TokyoDay;
  /** Business time, UTC. */
  readonly now: string;
}

/** More days for the answer. */
export interface ExtendDisclosureRequest {
  readonly by: string;
  /** The last day from now on: at most thirty days after the one that stands. */
  readonly dueOn: TokyoDay;
  /** 1 to 1,000 code points; sealed. */
  readonly reason: string;
  readonly now: string;
}

/** The resident was answered, or the request ended otherwise. */
export interface AnswerDisclosureRequest {
  readonly by: string;
  readonly answer: DisclosureAnswer;
  readonly answeredOn: TokyoDay;
  /** At most 1,000 code points, not blank; sealed; null for none, which `registered-in-error` may not have. */
  readonly remark: string | null;
  readonly now: string;
}

// ---- state ----

interface Received {
  readonly disclosureRequest: string;
  /** Who registered it. */
  readonly operator: string;
  readonly receivedOn: TokyoDay;
  /** Last day for the answer, as it stands. */
  readonly dueOn: TokyoDay;
  /** Tokyo day on which the days were extended; null where they were not. */
  readonly extendedOn: TokyoDay | null;
  /** How often the provisions were listed under it. */
  readonly looks: number;
  /** Tokyo day of the first of them; null before it. */
  readonly firstLookOn: TokyoDay | null;
  /** Who has seen what is sealed in it, each once. */
  readonly viewers: readonly string[];
}

export type DisclosureRequestState =
  | { readonly state: 'none' }
  | ({ readonly state: 'open' } & Received)
  /** The end: whoever answered wrongly, or mistyped the day of receipt, receives a new request. */
  | ({
      readonly state: 'answered';
      readonly answer: DisclosureAnswer;
      readonly answeredOn: TokyoDay;
    } & Received);

export const initialDisclosureRequest: DisclosureRequestState = { state: 'none' };

// ---- decide ----

/** The last day for an answer to what was received on `day`: the thirtieth, counting that day. */
export const disclosureDueOn = (day: TokyoDay): TokyoDay => addDays(day, ANSWERED_WITHIN - 1);

/** Days that are left at an instant of business time: 0 on the last day, negative after it. */
export const daysLeft = (dueOn: TokyoDay, now: string): number => daysBetween(tokyoDay(now), dueOn);

/** Not after today, and not so long ago that it can only be a slip of the pen. */
const mayBeReceived = (receivedOn: TokyoDay, today: TokyoDay): boolean =>
  isTokyoDay(receivedOn) && receivedOn <= today && receivedOn >= addDays(today, 1 - RECEIVED_WITHIN);

const isReference = (value: string): boolean =>
  isPlainText(value, LONGEST_REFERENCE) && isFitForClear(value) && /\p{Nd}/u.test(value);

/**
 * Registers a request. The same again by the same person is no second event; `known` is the reference under which this id
 * was registered before, opened, null where there is none.
 */
export function decideReceiveDisclosureRequest(
  state: DisclosureRequestState,
  command: ReceiveDisclosureRequest,
  known: string | null,
): Decision<DisclosureRequestEvent> {
  const { disclosureRequest, by, reference, receivedOn, now } = command;
  if (state.state !== 'none') {
    const same = state.operator === by && state.receivedOn === receivedOn && known === reference;
    return same
      ? accept<DisclosureRequestEvent>()
      : refuse(because('disclosure-request-exists', 'disclosureRequest'));
  }
  const against = reasons(
    !isReference(reference) && because('disclosure-reference-malformed', 'reference'),
    !mayBeReceived(receivedOn, tokyoDay(now)) && because('disclosure-received-malformed', 'receivedOn'),
  );
  if (against.length) return refuse(...against);
  const dueOn = disclosureDueOn(receivedOn);
  return accept<DisclosureRequestEvent>({
    type: 'DisclosureRequestReceived',
    data: { disclosureRequest, operator: by, reference, receivedOn, dueOn },
  });
}

/** What stands against doing anything more under a request; null where it is open. */
export function againstOpen(state: DisclosureRequestState): ReturnType<typeof because> | null {
  if (state.state === 'none') return because('disclosure-request-missing', 'disclosureRequest');
  if (state.state === 'answered') return because('disclosure-request-answered', 'disclosureRequest');
  return null;
}

/** Extends the days for the answer (art. 83(2)): once, by thirty at most, and before they are over. */
export function decideExtendDisclosureRequest(
  state: DisclosureRequestState,
  { by, dueOn, reason, now }: ExtendDisclosureRequest,
): Decision<DisclosureRequestEvent> {
  const closed = againstOpen(state);
  if (closed || state.state !== 'open') return refuse(...reasons(closed));
  if (state.extendedOn !== null) return refuse(because('disclosure-request-extended', 'disclosureRequest'));
  if (daysLeft(state.dueOn, now) < 0)
    return refuse(because('disclosure-request-overdue', 'disclosureRequest'));
  const longer = isTokyoDay(dueOn) && dueOn > state.dueOn && dueOn <= addDays(state.dueOn, EXTENDED_BY);
  const against = reasons(!longer && because('disclosure-due-malformed', 'dueOn'), ...reasonFaults(reason));
  if (against.length) return refuse(...against);
  const { disclosureRequest } = state;
  return accept<DisclosureRequestEvent>({
    type: 'DisclosureRequestExtended',
    data: { disclosureRequest, operator: by, reason, dueOn },
  });
}

/** Somebody is about to see what is sealed: on record once for a person, not for each look (decision 19). */
export function decideViewDisclosureRequest(
  state: DisclosureRequestState,
  { by }: { readonly by: string },
): Decision<DisclosureRequestEvent> {
  if (state.state === 'none') return refuse(because('disclosure-request-missing', 'disclosureRequest'));
  if (state.viewers.includes(by)) return accept<DisclosureRequestEvent>();
  const { disclosureRequest } = state;
  return accept<DisclosureRequestEvent>({
    type: 'DisclosureRequestViewed',
    data: { disclosureRequest, operator: by },
  });
}

/** First day on which it can have ended: nothing was disclosed before it was listed, nor extended once it was answered. */
function answerableFrom(
  { receivedOn, extendedOn, firstLookOn }: Received,
  answer: DisclosureAnswer,
): TokyoDay {
  const since = [receivedOn, extendedOn, answer === 'disclosed' ? firstLookOn : null];
  return since.filter((day) => day !== null).reduce((latest, day) => (day > latest ? day : latest));
}

/** Ends a request. `registered-in-error` is for one that was never made, or not as it was registered, and says what was wrong. */
export function decideAnswerDisclosureRequest(
  state: DisclosureRequestState,
  { by, answer, answeredOn, remark, now }: AnswerDisclosureRequest,
): Decision<DisclosureRequestEvent> {
  const closed = againstOpen(state);
  if (closed || state.state !== 'open') return refuse(...reasons(closed));
  const { disclosureRequest } = state;
  if (answer === 'disclosed' && state.firstLookOn === null)
    return refuse(because('disclosure-not-shown', 'answer'));
  const from = answerableFrom(state, answer);
  const inTime = isTokyoDay(answeredOn) && answeredOn >= from && answeredOn <= tokyoDay(now);
  const against = reasons(
    !inTime && because('disclosure-answered-malformed', 'answeredOn'),
    answer === 'registered-in-error' && remark === null && because('disclosure-remark-missing', 'remark'),
    remark !== null &&
      !isPlainText(remark, LONGEST_REASON) &&
      because('disclosure-remark-malformed', 'remark'),
  );
  if (against.length) return refuse(...against);
  return accept<DisclosureRequestEvent>({
    type: 'DisclosureRequestAnswered',
    data: { disclosureRequest, operator: by, answer, answeredOn, remark },
  });
}

// ---- evolve ----

export function evolveDisclosureRequest(
  state: DisclosureRequestState,
  event: RecordedDisclosureRequestEvent,
): DisclosureRequestState {
  if (event.type === 'DisclosureRequestReceived') {
    const { disclosureRequest, operator, receivedOn, dueOn } = event.data;
    const untouched = { extendedOn: null, looks: 0, firstLookOn: null, viewers: [] };
    return { state: 'open', disclosureRequest, operator, receivedOn, dueOn, ...untouched };
  }
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'DisclosureRequestExtended':
      return { ...state, dueOn: event.data.dueOn, extendedOn: tokyoDay(event.at) };
    case 'DisclosureRequestViewed':
      return { ...state, viewers: [...state.viewers, event.data.operator] };
    case 'ResidentProvisionsShown':
      return {
        ...state,
        looks: state.looks + 1,
        firstLookOn: state.firstLookOn ?? tokyoDay(event.at),
      };
    case 'DisclosureRequestAnswered': {
      const { answer, answeredOn } = event.data;
      return { ...state, state: 'answered', answer, answeredOn };
    }
    default:
      return assertNever(event);
  }
}

export const disclosureRequestFolding = {
  initial: initialDisclosureRequest,
  evolve: evolveDisclosureRequest,
};
