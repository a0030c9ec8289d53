import type { Side } from '../access/access.events.js';
import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { personBehind } from '../kernel/event.js';
import { affairOf, type Purpose } from '../kernel/purpose.js';
import { isFitForClear, isPlainText, reasonFaults } from '../kernel/text.js';
import type { AgreementEvent, RecordedAgreementEvent } from './agreement.events.js';
import { because } from './refusals.js';
import { purposeFaults } from './rules.js';

// ---- commands ----

const AGREEMENT_ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const LONGEST_PARTY = 200;
const LONGEST_PATTERN = 200;
/** Longest deadline an agreement may set for one inquiry: an hour. */
const LONGEST_DEADLINE_MS = 3_600_000;

export interface ConcludeAgreement {
  /** Lower-case letters, digits and hyphens, at most 40: part of stream names and cohort ids. */
  readonly agreement: string;
  /** 甲, the agency that asks; 1 to 200 code points. */
  readonly recipient: string;
  /** 乙, the provider that keeps the register; 1 to 200 code points. */
  readonly provider: string;
  /** Purposes of schedule 1, each once. */
  readonly purposes: readonly Purpose[];
  /** One regular expression for each affair of the purposes; matched against the whole case reference. */
  readonly casePatterns: Readonly<Record<string, string>>;
  /** Longest time an inquiry may take, 1 to 3,600,000 milliseconds of real time. */
  readonly deadlineMs: number;
}

export interface ProposeTermination {
  readonly side: Side;
  readonly reason: string;
}

export interface DecideTermination {
  /** Operator id of the decider. */
  readonly by: string;
  readonly side: Side;
}

// ---- state ----

export type AgreementState =
  | { readonly state: 'none' }
  | ({ readonly state: 'in-force' } & AgreementTerms)
  | ({
      readonly state: 'terminating';
      /** Operator id of the proposer, or null for the system. */
      readonly proposedBy: string | null;
    } & AgreementTerms)
  | ({ readonly state: 'terminated' } & AgreementTerms);

/** What the parties agreed on; it outlives the end, for fees, erasure and secrecy (art. 10). */
export type AgreementTerms = ConcludeAgreement;

export const initialAgreement: AgreementState = { state: 'none' };

/** Whether inquiries may be made under it: a proposed end changes nothing until it is decided (art. 10). */
export const isInForce = (state: AgreementState): boolean =>
  state.state === 'in-force' || state.state === 'terminating';

/** The purposes for which the register may be asked now; none unless the agreement is in force. */
export const listedPurposes = (state: AgreementState): readonly Purpose[] =>
  state.state === 'in-force' || state.state === 'terminating' ? state.purposes : [];

// ---- decide ----

/** A resident code and an individual number: case references are kept in clear, so no pattern may admit either. */
const IDENTIFIERS = ['24727059608', '123456789018'];

const isPattern = (pattern: unknown): boolean => {
  if (!isPlainText(pattern, LONGEST_PATTERN)) return false;
  try {
    // Compiled alone first: `a)|(b` is broken by itself and only looks whole between the anchors.
    if (!(new RegExp(pattern, 'u') instanceof RegExp)) return false;
    const anchored = new RegExp(`^(?:${pattern})$`, 'u');
    return !IDENTIFIERS.some((identifier) => anchored.test(identifier));
  } catch {
    return false;
  }
};

const isParty = (name: string): boolean => isPlainText(name, LONGEST_PARTY) && isFitForClear(name);

function casePatternFaults({ purposes, casePatterns }: ConcludeAgreement): Refusal[] {
  const affairs = new Set(purposes.map(affairOf));
  return reasons(
    [...affairs].some((affair) => casePatterns[affair] === undefined) &&
      because('case-pattern-missing', 'casePatterns'),
    Object.keys(casePatterns).some((affair) => !affairs.has(affair)) &&
      because('case-pattern-unlisted', 'casePatterns'),
    !Object.values(casePatterns).every(isPattern) && because('case-pattern-malformed', 'casePatterns'),
  );
}

/** Puts the agreement and its terms on record (art. 1, schedule 1). */
export function decideConcludeAgreement(
  state: AgreementState,
  command: ConcludeAgreement,
): Decision<AgreementEvent> {
  if (state.state !== 'none') return refuse(because('agreement-exists', 'agreement'));
  const { agreement, recipient, provider, purposes, casePatterns, deadlineMs } = command;
  const faults = reasons(
    !(AGREEMENT_ID.test(agreement) && isFitForClear(agreement)) &&
      because('agreement-id-malformed', 'agreement'),
    !isParty(recipient) && because('party-malformed', 'recipient'),
    !isParty(provider) && because('party-malformed', 'provider'),
    ...purposeFaults(purposes, 'purposes'),
    ...casePatternFaults(command),
    !(Number.isInteger(deadlineMs) && deadlineMs >= 1 && deadlineMs <= LONGEST_DEADLINE_MS) &&
      because('deadline-out-of-range', 'deadlineMs'),
  );
  if (faults.length) return refuse(...faults);
  return accept<AgreementEvent>({
    type: 'AgreementConcluded',
    data: { agreement, recipient, provider, purposes, casePatterns, deadlineMs },
  });
}

/** The recipient proposes to end the agreement (art. 10). */
export function decideProposeTermination(
  state: AgreementState,
  { side, reason }: ProposeTermination,
): Decision<AgreementEvent> {
  if (state.state === 'none') return refuse(because('agreement-missing', 'agreement'));
  if (state.state === 'terminated') return refuse(because('agreement-terminated', 'agreement'));
  if (state.state === 'terminating') return refuse(because('termination-already-proposed'));
  const faults = [...reasons(side !== 'recipient' && because('recipient-only')), ...reasonFaults(reason)];
  if (faults.length) return refuse(...faults);
  const { agreement } = state;
  return accept<AgreementEvent>({ type: 'TerminationProposed', data: { agreement, reason } });
}

/** The provider agrees to the end that the recipient proposed; from here on every inquiry is refused (art. 10). */
export function decideTermination(
  state: AgreementState,
  { by, side }: DecideTermination,
): Decision<AgreementEvent> {
  if (state.state === 'none') return refuse(because('agreement-missing', 'agreement'));
  if (state.state === 'terminated') return refuse(because('agreement-terminated', 'agreement'));
  if (state.state !== 'terminating') return refuse(because('termination-not-proposed'));
  const faults = reasons(
    side !== 'provider' && because('provider-only'),
    by === state.proposedBy && because('approver-is-proposer'),
  );
  if (faults.length) return refuse(...faults);
  return accept<AgreementEvent>({
    type: 'TerminationDecided',
    data: { agreement: state.agreement },
  });
}

// ---- evolve ----

export function evolveAgreement(state: AgreementState, event: RecordedAgreementEvent): AgreementState {
  if (event.type === 'AgreementConcluded') return { ...event.data, state: 'in-force' };
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'TerminationProposed':
      return { ...state, state: 'terminating', proposedBy: personBehind(event) };
    case 'TerminationDecided': {
      const { agreement, recipient, provider, purposes, casePatterns, deadlineMs } = state;
      return { state: 'terminated', agreement, recipient, provider, purposes, casePatterns, deadlineMs };
    }
    default:
      return assertNever(event);
  }
}

export const agreementFolding = { initial: initialAgreement, evolve: evolveAgreement };
