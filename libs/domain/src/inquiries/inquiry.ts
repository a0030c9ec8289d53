import type { Side } from '../access/access.events.js';
import {
  assertNever,
  type Decision,
  accept,
  reasons,
  refuse,
  refuseOnRecord,
  type Refusal,
} from '../kernel/decision.js';
import { type IdentityRecord, subjectsOfQuestion, subjectsOfRecord } from '../kernel/identity.js';
import { isPurpose, type Purpose } from '../kernel/purpose.js';
import { addPeriod, type Period, tokyoDay } from '../kernel/tokyo.js';
import { caseReferenceRefusal, matchesCasePattern } from './case-reference.js';
import type {
  AnswerFault,
  EmptyOutcome,
  InquiryEvent,
  Outcome,
  QuestionForm,
  RecordedInquiryEvent,
} from './inquiry.events.js';
import { withholdAnswer } from './inquiry-withholding.js';
import { type AskedQuestion, readQuestion } from './question.js';

// ---- commands ----

/** An operator at a terminal asks the register (照会). */
export interface MakeInquiry {
  readonly inquiry: string;
  readonly purpose: string;
  readonly caseReference: string;
  readonly question: AskedQuestion;
  readonly operator: string;
  readonly terminal: string;
  /** Business time. */
  readonly now: string;
  /** Real time, milliseconds. */
  readonly realNow: number;
  /** The process that will ask the provider. */
  readonly lease: string;
}

/** The provider has answered, or could not. */
export type Answer =
  | {
      readonly outcome: 'found' | 'several';
      readonly records: readonly IdentityRecord[];
      readonly message: string;
    }
  | { readonly outcome: EmptyOutcome; readonly count: number | null };

/**
 * What other streams say at this moment (decision 17): read from streams, never from read models, and folded by
 * their own capabilities. The decider gets the findings and says what they mean for the inquiry.
 */
export interface Standing {
  readonly agreement: 'none' | 'in-force' | 'terminated';
  /** The sides that nobody could call if this inquiry went wrong: with one of them nothing is provided (annex 2, 4(1)). */
  readonly contactsMissing: readonly Side[];
  readonly purposes: readonly Purpose[];
  /** Patterns of case references by affair. */
  readonly casePatterns: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly suspended: boolean;
  readonly withinHours: boolean;
  /** The retention period in force for the purpose today; null refuses every inquiry (no default). */
  readonly period: Period | null;
  /** The grant that allows it, or why none does. */
  readonly grant: { readonly id: string } | { readonly refusals: readonly Refusal[] };
  /** Whether the log can prove what is recorded now (decision 8). */
  readonly provable: boolean;
}

// ---- state ----

export type Inquiry =
  | { readonly state: 'none' }
  | { readonly state: 'refused'; readonly by: Asker; readonly reasons: readonly string[] }
  | ({ readonly state: 'open'; readonly deadline: string; readonly lease: string } & Accepted)
  | ({
      readonly state: 'provided';
      readonly outcome: 'found' | 'several';
      readonly records: number;
    } & Answered)
  | ({ readonly state: 'empty'; readonly outcome: EmptyOutcome; readonly count: number | null } & Answered)
  | ({ readonly state: 'unknown' } & Accepted);

/** Who asked, and from where. */
export interface Asker {
  readonly operator: string;
  readonly terminal: string;
}

interface Accepted {
  readonly by: Asker;
  readonly purpose: Purpose;
  readonly form: QuestionForm;
  readonly grant: string;
  readonly usableThrough: string;
}

interface Answered extends Accepted {
  /** How often the answer was given again. */
  readonly redeliveries: number;
}

export const initialInquiry: Inquiry = { state: 'none' };

// ---- decide ----

/** The most records an answer may carry; above that the outcome is *too many* (decision 23). */
export const MAX_RECORDS = 20;

/** Everything that stands against the inquiry, in the order in which a person would want to mend it. */
export function judge(command: MakeInquiry, standing: Standing): readonly Refusal[] {
  const read = readQuestion(command.question);
  return [
    ...reasons(
      standing.agreement === 'none' && { code: 'agreement-not-in-force' },
      standing.agreement === 'terminated' && { code: 'agreement-terminated' },
    ),
    ...standing.contactsMissing.map((side) => ({ code: 'contact-missing', field: side })),
    ...reasons(
      !(isPurpose(command.purpose) && standing.purposes.includes(command.purpose)) && {
        code: 'purpose-unlisted',
        field: 'purpose',
      },
      caseReferenceRefusal(command, standing),
    ),
    ...('refusals' in read ? read.refusals : []),
    ...('refusals' in standing.grant ? standing.grant.refusals : []),
    ...reasons(
      standing.period === null && { code: 'retention-period-missing', field: 'purpose' },
      standing.suspended && { code: 'provision-suspended' },
      !standing.withinHours && { code: 'out-of-hours' },
      !standing.provable && { code: 'log-not-provable' },
    ),
  ];
}

/** Accepts or refuses a new inquiry; both are events (river, step 1). */
export function makeInquiry(
  state: Inquiry,
  command: MakeInquiry,
  standing: Standing,
): Decision<InquiryEvent> {
  if (state.state !== 'none') return refuse({ code: 'inquiry-id-taken', field: 'Idempotency-Key' });
  const against = judge(command, standing);
  const read = readQuestion(command.question);
  if (against.length || 'refusals' in read || 'refusals' in standing.grant || standing.period === null) {
    return refuseOnRecord(against, refusal(command, standing, against));
  }
  return accept({
    type: 'InquiryReceived',
    data: {
      inquiry: command.inquiry,
      purpose: command.purpose,
      caseReference: command.caseReference,
      form: 'residentCode' in read.question ? 'by-code' : 'by-name',
      question: read.question,
      subjects: subjectsOfQuestion(read.question),
      operator: command.operator,
      terminal: command.terminal,
      grant: standing.grant.id,
      usableThrough: addPeriod(tokyoDay(command.now), standing.period),
      deadline: new Date(command.realNow + standing.deadlineMs).toISOString(),
      lease: command.lease,
    },
  });
}

/**
 * Judged again after it was received, because a stream it was judged on has moved: a revocation refuses it.
 * An inquiry that is no longer there to be answered (refused, or closed as unknown) goes no further, however it
 * would be judged now, and nothing more is recorded: the provider must not be asked for it.
 */
export function judgeAgain(state: Inquiry, command: MakeInquiry, standing: Standing): Decision<InquiryEvent> {
  switch (state.state) {
    case 'none':
      return refuse({ code: 'inquiry-not-found' });
    case 'refused':
      return refuse(...state.reasons.map((code) => ({ code })));
    case 'unknown':
      return refuse({ code: 'inquiry-outcome-unknown' });
    case 'open': {
      const against = judge(command, standing);
      return against.length ? refuseOnRecord(against, refusal(command, standing, against)) : accept();
    }
    case 'provided':
    case 'empty': {
      // The answer came in time; a suspension from now on does not undo that. A lost right to see it does.
      const against = 'refusals' in standing.grant ? standing.grant.refusals : [];
      return against.length ? withholdAnswer(command, against) : accept();
    }
    default:
      return assertNever(state);
  }
}

/**
 * Records the provider's answer; one that comes after the inquiry was closed is discarded, and counts for fees.
 * Faults are recorded either way: an individual number in a late answer opens an incident like any other.
 */
export function recordAnswer(
  state: Inquiry,
  inquiry: string,
  answer: Answer,
  faults: readonly AnswerFault[],
): Decision<InquiryEvent> {
  const faulty: InquiryEvent[] = faults.map((fault) => ({ type: 'AnswerFaulty', data: { inquiry, fault } }));
  if (state.state !== 'open') {
    if (state.state !== 'unknown') return refuse({ code: 'inquiry-closed' });
    const records = 'records' in answer ? answer.records.length : 0;
    return refuseOnRecord<InquiryEvent>(
      [{ code: 'inquiry-outcome-unknown' }],
      { type: 'LateAnswerDiscarded', data: { inquiry, records } },
      ...faulty,
    );
  }
  if (!('records' in answer)) {
    const { outcome } = answer;
    const count = outcome === 'too-many' ? answer.count : null;
    return accept<InquiryEvent>(
      { type: 'NothingProvided', data: { inquiry, purpose: state.purpose, outcome, count } },
      ...faulty,
    );
  }
  mustBeBounded(answer);
  return accept<InquiryEvent>(
    {
      type: 'InformationProvided',
      data: {
        inquiry,
        purpose: state.purpose,
        outcome: answer.outcome,
        records: answer.records.length,
        message: answer.message,
      },
    },
    ...answer.records.map(
      (record, index): InquiryEvent => ({
        type: 'RecordProvided',
        data: { inquiry, number: index + 1, record, subjects: subjectsOfRecord(record) },
      }),
    ),
    ...faulty,
  );
}

/**
 * The registry client keeps this promise (decision 23). An answer that breaks it is a fault of this program: nothing
 * is recorded and nothing leaves, and the worker closes the inquiry as unknown once its deadline has passed.
 */
function mustBeBounded({ outcome, records }: Extract<Answer, { readonly records: unknown }>): void {
  const most = outcome === 'found' ? 1 : MAX_RECORDS;
  const least = outcome === 'found' ? 1 : 2;
  if (records.length >= least && records.length <= most) return;
  throw new RangeError(`an answer of ${records.length} records is not "${outcome}"`);
}

// ---- evolve ----

export function evolveInquiry(state: Inquiry, event: RecordedInquiryEvent): Inquiry {
  switch (event.type) {
    case 'InquiryReceived': {
      const { operator, terminal, purpose, form, grant, usableThrough, deadline, lease } = event.data;
      return {
        state: 'open',
        by: { operator, terminal },
        purpose,
        form,
        grant,
        usableThrough,
        deadline,
        lease,
      };
    }
    case 'InquiryRefused': {
      const { operator, terminal, reasons: codes } = event.data;
      return { state: 'refused', by: { operator, terminal }, reasons: codes };
    }
    case 'InformationProvided':
      return 'grant' in state
        ? { ...answered(state), state: 'provided', outcome: event.data.outcome, records: event.data.records }
        : state;
    case 'NothingProvided':
      return 'grant' in state
        ? { ...answered(state), state: 'empty', outcome: event.data.outcome, count: event.data.count }
        : state;
    case 'InquiryOutcomeUnknown':
      return 'grant' in state ? { ...accepted(state), state: 'unknown' } : state;
    case 'AnswerRedelivered':
      return 'redeliveries' in state ? { ...state, redeliveries: state.redeliveries + 1 } : state;
    case 'RecordProvided':
    case 'AnswerFaulty':
    case 'LateAnswerDiscarded':
    case 'AnswerWithheld':
      return state;
    default:
      return assertNever(event);
  }
}

export const inquiryFolding = { initial: initialInquiry, evolve: evolveInquiry };

/** The outcome of a closed inquiry, or null. */
export const outcomeOf = (state: Inquiry): Outcome | null =>
  state.state === 'provided' || state.state === 'empty' ? state.outcome : null;

const accepted = ({ by, purpose, form, grant, usableThrough }: Accepted): Accepted => ({
  by,
  purpose,
  form,
  grant,
  usableThrough,
});

const answered = (state: Accepted): Answered => ({ ...accepted(state), redeliveries: 0 });

/** Keeps reasons and the subject token, never the question (decision 9); what was typed freely is not kept either. */
function refusal(command: MakeInquiry, standing: Standing, against: readonly Refusal[]): InquiryEvent {
  const read = readQuestion(command.question);
  return {
    type: 'InquiryRefused',
    data: {
      inquiry: command.inquiry,
      purpose: isPurpose(command.purpose) ? command.purpose : null,
      caseReference: matchesCasePattern(command, standing) ? command.caseReference : null,
      operator: command.operator,
      terminal: command.terminal,
      reasons: [...new Set(against.map(({ code }) => code))],
      subjects: 'question' in read ? subjectsOfQuestion(read.question) : [],
    },
  };
}

// Decisions about an inquiry that is already on record, each in a file of its own.
export * from './inquiry-abandonment.js';
export * from './inquiry-repeat.js';
export * from './inquiry-withholding.js';
export { inquiryRefusals } from './inquiry.refusals.js';
