import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  agreementFolding,
  agreementStream,
  caseFaults,
  caseFolding,
  type CaseRefusal,
  caseStream,
  decideHandOverCase,
  type HandOverCase,
  isWellFormedText,
  personBehind,
  type Refusal,
  type RegisterTerms,
} from '#domain';
import type { CaseQueries, CaseRegisterRow } from '#read-models';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';

/** The most cases that are handed over at once. */
export const MOST_CASES = 1_000;

/** So many share a commit. With more of them an inquiry of the same moment would wait for all at each of its steps. */
const AT_ONCE = 50;

/** Longer than any reference that may be registered. */
const LONGEST_REFERENCE = 64;

/** What became of one case that was handed over. */
export interface HandedOverCase {
  readonly result: 'registered' | 'changed' | 'unchanged' | 'refused';
  /** Empty unless it was refused. */
  readonly refusals: readonly Refusal[];
}

/** A case as the register has it. */
export interface CaseReport {
  readonly affair: string;
  readonly caseReference: string;
  readonly state: 'open' | 'closed';
  readonly openedOn: string;
  readonly closedOn: string | null;
  /** Last Tokyo day on which it explains an inquiry; null while it is open. */
  readonly explainsThrough: string | null;
  /** When it was first handed over, business time, UTC: inquiries before it had no case. */
  readonly registeredAt: string;
  /** Operator id. */
  readonly registeredBy: string | null;
  /** Operator ids of all who registered or changed it: it explains no inquiry of theirs. */
  readonly handedOverBy: readonly string[];
  readonly changedAt: string;
}

const because = (code: CaseRefusal, field: string): Refusal => ({ code, field });

/**
 * The register of cases (案件台帳): what the agency's own system has opened and closed, so that an inquiry which no case
 * explains can be told from the others (art. 1). No inquiry is refused for want of a case in it.
 *
 * People hand over, in a role that nobody has who may inquire (`role-not-alone`), and a case explains no inquiry of whoever
 * had a hand in it: an operator does not make the case that explains an inquiry. A case system signs in like a person, with an account of its own.
 */
export class CaseRegister {
  constructor(
    private readonly journal: Journal,
    private readonly queries: Pick<CaseQueries, 'caseRegisters'>,
    private readonly graceDays: number,
  ) {}

  /**
   * Takes over up to 1,000 cases as they stand now (RangeError above) and returns what became of each, in their order.
   * Each is judged and recorded alone: what is refused holds up no other, and after a failure in between the same cases
   * are handed over again, since one that the register has already is no event.
   */
  async handOver(
    cases: readonly HandOverCase[],
    context: CommandContext,
  ): Promise<readonly HandedOverCase[]> {
    if (cases.length > MOST_CASES)
      throw new RangeError(`at most ${MOST_CASES} cases are handed over at once`);
    personOf(context);
    const terms = await this.termsOf(context.agreement);
    const seen = new Set<string>();
    const results: HandedOverCase[] = [];
    for (let start = 0; start < cases.length; start += AT_ONCE) {
      const some = cases.slice(start, start + AT_ONCE);
      // Whoever asks for something else has a turn, also where nothing is new and nothing is waited for.
      await nextTurn();
      results.push(...(await Promise.all(some.map((each) => this.handOverOne(each, seen, terms, context)))));
    }
    return results;
  }

  /** `case-not-registered` for one that was never handed over. */
  async find(affair: string, caseReference: string, { agreement }: CommandContext): Promise<CaseReport> {
    const missing = new Refused([because('case-not-registered', 'caseReference')]);
    if (!isWellFormedText(caseReference) || caseReference.length > LONGEST_REFERENCE) throw missing;
    const loaded = await this.journal.load(caseStream(agreement, affair, caseReference));
    const state = foldLoaded(loaded, caseFolding);
    const [first] = loaded.recorded;
    const last = loaded.recorded.at(-1);
    if (state.state === 'none' || !first || !last) throw missing;
    return {
      affair,
      caseReference,
      ...state,
      registeredAt: first.at,
      registeredBy: personBehind(first),
      changedAt: last.at,
    };
  }

  /** How many cases there are of each affair, and when they last changed. */
  registers(agreement: string): Promise<readonly CaseRegisterRow[]> {
    return this.queries.caseRegisters(agreement);
  }

  /** `seen`: the streams of the cases before it, which are told before anything is waited for. */
  private async handOverOne(
    command: HandOverCase,
    seen: Set<string>,
    terms: RegisterTerms,
    context: CommandContext,
  ): Promise<HandedOverCase> {
    const { affair, caseReference } = command;
    const faults = caseFaults(command, terms, this.journal.clock.now());
    // Only a reference that is fit for clear may become part of a stream's name.
    if (faults.length) return refused(faults);
    const stream = caseStream(context.agreement, affair, caseReference);
    if (seen.has(stream)) return refused([because('case-repeated', 'caseReference')]);
    seen.add(stream);
    try {
      const { receipts, state } = await this.journal.decide(stream, caseFolding, context, (before, now) =>
        decideHandOverCase(before, command, terms, now),
      );
      if (receipts.length === 0) return { result: 'unchanged', refusals: [] };
      return { result: state.state === 'none' ? 'registered' : 'changed', refusals: [] };
    } catch (error) {
      if (error instanceof Refused) return refused(error.refusals);
      throw error;
    }
  }

  /** Patterns outlive the agreement's end: cases are closed after it. */
  private async termsOf(agreement: string): Promise<RegisterTerms> {
    const state = foldLoaded(await this.journal.load(agreementStream(agreement)), agreementFolding);
    if (state.state === 'none') throw new Refused([{ code: 'agreement-missing', field: 'agreement' }]);
    return { casePatterns: state.casePatterns, graceDays: this.graceDays };
  }
}

const refused = (refusals: readonly Refusal[]): HandedOverCase => ({ result: 'refused', refusals });
