import { isCaseReference } from '../kernel/case-reference.js';
import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import { addDays, isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import type { CaseEvent, RecordedCaseEvent } from './case.events.js';
import { because } from './refusals.js';

// ---- commands ----

/** A case as the agency's own system has it now. Handed over again it is compared with what the register has. */
export interface HandOverCase {
  readonly affair: string;
  /** Of the agreed pattern of the affair; kept in clear (decision 9). */
  readonly caseReference: string;
  /** First Tokyo day, today at the latest. */
  readonly openedOn: TokyoDay;
  /** Last Tokyo day, from the first one on and today at the latest; null while the case is open. */
  readonly closedOn: TokyoDay | null;
}

/** What the register goes by. */
export interface RegisterTerms {
  /** Patterns of case references by affair, as agreed; other affairs have no cases. */
  readonly casePatterns: Readonly<Record<string, string>>;
  /** How long a case explains inquiries after its last day: examination and response go on. */
  readonly graceDays: number;
}

// ---- state ----

/** Which inquiries a case explains: those of its days, without an end while it is open, and of nobody who handed it over. */
export interface Explanation {
  readonly openedOn: TokyoDay;
  readonly explainsThrough: TokyoDay | null;
  /** Operator ids of all who registered, closed, reopened or corrected it, each once; roles change, and this does not. */
  readonly handedOverBy: readonly string[];
}

export type CaseState =
  | { readonly state: 'none' }
  | ({ readonly state: 'open'; readonly closedOn: null } & Explanation)
  | ({ readonly state: 'closed'; readonly closedOn: TokyoDay } & Explanation);

export const initialCase: CaseState = { state: 'none' };

/**
 * Whether a case of the agency explains the inquiry of an operator on a Tokyo day, by what the register held when the inquiry
 * was received. `found` is the case of that reference under the inquiry's affair, null where there is none. Null, "cannot be
 * said", while no case of that affair was ever handed over. Nobody makes the case that explains their own inquiry: whoever
 * had a hand in it finds none, in whatever role.
 */
export function caseMatches(
  isFed: boolean,
  found: Explanation | null,
  { operator, day }: { readonly operator: string | null; readonly day: TokyoDay },
): boolean | null {
  if (!isFed) return null;
  if (found === null || day < found.openedOn) return false;
  if (operator !== null && found.handedOverBy.includes(operator)) return false;
  return found.explainsThrough === null || day <= found.explainsThrough;
}

// ---- decide ----

/** What is wrong with a case; to be asked before its stream is named. */
export function caseFaults(
  { affair, caseReference, openedOn, closedOn }: HandOverCase,
  { casePatterns }: RegisterTerms,
  now: string,
): Refusal[] {
  const today = tokyoDay(now);
  const isListed = Object.hasOwn(casePatterns, affair);
  const isPastDay = (day: TokyoDay): boolean => isTokyoDay(day) && day <= today;
  return reasons(
    !isListed && because('case-affair-unlisted', 'affair'),
    caseReference === '' && because('case-reference-missing', 'caseReference'),
    isListed &&
      caseReference !== '' &&
      !isCaseReference(caseReference, affair, casePatterns) &&
      because('case-reference-malformed', 'caseReference'),
    !isPastDay(openedOn) && because('case-opened-malformed', 'openedOn'),
    closedOn !== null &&
      !(isPastDay(closedOn) && !(isTokyoDay(openedOn) && closedOn < openedOn)) &&
      because('case-closed-malformed', 'closedOn'),
  );
}

/** Takes a case over as it stands in the agency's own system; what the register has already is no event. */
export function decideHandOverCase(
  state: CaseState,
  command: HandOverCase,
  terms: RegisterTerms,
  now: string,
): Decision<CaseEvent> {
  const faults = caseFaults(command, terms, now);
  if (faults.length) return refuse(...faults);
  const { affair, caseReference, openedOn, closedOn } = command;
  const explainsThrough = closedOn === null ? null : addDays(closedOn, terms.graceDays);
  const which = { affair, caseReference };
  if (state.state === 'none')
    return accept<CaseEvent>({
      type: 'CaseRegistered',
      data: { ...which, openedOn, closedOn, explainsThrough },
    });
  const events: CaseEvent[] = [];
  if (openedOn !== state.openedOn)
    events.push({ type: 'CaseOpeningCorrected', data: { ...which, openedOn } });
  if (closedOn === null) {
    if (state.state === 'closed') events.push({ type: 'CaseReopened', data: which });
  } else if (explainsThrough !== null && closedOn !== state.closedOn) {
    events.push({ type: 'CaseClosed', data: { ...which, closedOn, explainsThrough } });
  }
  return accept(...events);
}

// ---- evolve ----

export function evolveCase(state: CaseState, event: RecordedCaseEvent): CaseState {
  const handedOverBy = andBy(state.state === 'none' ? [] : state.handedOverBy, personBehind(event));
  if (event.type === 'CaseRegistered') {
    const { openedOn, closedOn, explainsThrough } = event.data;
    return closedOn === null
      ? { state: 'open', openedOn, closedOn, explainsThrough: null, handedOverBy }
      : { state: 'closed', openedOn, closedOn, explainsThrough, handedOverBy };
  }
  if (state.state === 'none') return state;
  const { openedOn } = state;
  switch (event.type) {
    case 'CaseClosed': {
      const { closedOn, explainsThrough } = event.data;
      return { state: 'closed', openedOn, closedOn, explainsThrough, handedOverBy };
    }
    case 'CaseReopened':
      return { state: 'open', openedOn, closedOn: null, explainsThrough: null, handedOverBy };
    case 'CaseOpeningCorrected':
      return { ...state, openedOn: event.data.openedOn, handedOverBy };
    default:
      return assertNever(event);
  }
}

/** The people with one more, where it is one. */
const andBy = (people: readonly string[], person: string | null): readonly string[] =>
  person === null || people.includes(person) ? people : [...people, person];

export const caseFolding = { initial: initialCase, evolve: evolveCase };
