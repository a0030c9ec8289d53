import {
  type Answer,
  type AskedQuestion,
  type Asker,
  type IdentityRecord,
  inquiryFolding,
  inquiryStream,
  judgeAgain,
  makeInquiry,
  type MakeInquiry,
  type Outcome,
  outcomeOf,
  type Question,
  readQuestion,
  recordAnswer,
  repeatInquiry,
  sameQuestion,
  withholdAnswer,
} from '#domain';
import { type Receipt, RevisionConflict } from '#event-store';
import type { ProviderAnswer, Registry } from '#registry';
import type { Opener } from '#vault';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import { namingErasure } from '../retention/erasure-reference.js';
import { openQuestion, openRecords, receivedIn } from './stored-answer.js';
import {
  type JudgedAccess,
  type JudgedStanding,
  refusalsOf,
  type StandingQuestion,
  type Standings,
} from './standing.js';

/** What the edge hands over: everything else is found out here. */
export interface InquiryCommand {
  /** UUIDv7, the caller's (decision 18). */
  readonly inquiry: string;
  readonly purpose: string;
  readonly caseReference: string;
  readonly question: AskedQuestion;
  readonly operator: string;
  readonly terminal: string;
  /** SHA-256 of the client certificate that the session is bound to. */
  readonly certificate: string;
  readonly grant: string | null;
}

/** What the operator is shown. */
export interface InquiryResult {
  readonly inquiry: string;
  readonly outcome: Outcome;
  readonly records: readonly IdentityRecord[];
  /** How many records match, where there are too many. */
  readonly count: number | null;
  readonly usableThrough: string;
  readonly redelivered: boolean;
  /** Receipts of the events that recorded it; the caller may keep them. */
  readonly receipts: readonly Receipt[];
}

type Making = MakeInquiry & InquiryCommand;

/**
 * The main job: one inquiry from the question to the durable answer (river, steps 1 to 3).
 *
 * What a crash means: before `InquiryReceived` is durable nothing happened. After it, and before the outcome is
 * durable, nothing was shown to anybody, and the worker closes the inquiry as `InquiryOutcomeUnknown` once its
 * deadline has passed and this process is known dead. After the outcome is durable, the same request again (same
 * id, operator, terminal, question) gives the same answer, as `AnswerRedelivered`.
 */
export class Inquiries {
  constructor(
    private readonly journal: Journal,
    private readonly standings: Standings,
    private readonly registry: Registry,
    private readonly opener: Opener,
    /** The name of this process's lease. */
    private readonly lease: string,
  ) {}

  async make(command: InquiryCommand, context: CommandContext): Promise<InquiryResult> {
    const stream = await this.journal.load(inquiryStream(command.inquiry));
    if (stream.revision >= 0) return this.repeat(stream, command, context);
    const now = this.journal.clock.now();
    const full: Making = { ...command, now, realNow: this.journal.clock.realNow(), lease: this.lease };
    const judged = await this.judge(command, context, now);
    const decision = makeInquiry({ state: 'none' }, full, judged.standing);
    let receipts: readonly Receipt[];
    try {
      receipts = await this.journal.append(stream, decision.events, context, now);
    } catch (error) {
      // Somebody sent the same id at the same moment: theirs is the inquiry, this one is the repeat.
      if (!(error instanceof RevisionConflict)) throw error;
      return this.repeat(await this.journal.load(stream.stream), command, context);
    }
    if (!decision.accepted) throw new Refused(decision.refusals);
    const read = readQuestion(command.question);
    if ('refusals' in read) throw new Refused(read.refusals);
    return this.ask(full, read.question, judged, context, receipts);
  }

  private async ask(
    command: Making,
    question: Question,
    judged: JudgedStanding,
    context: CommandContext,
    received: readonly Receipt[],
  ): Promise<InquiryResult> {
    const { inquiry: open, judged: current } = await this.stillAllowed(command, judged, context);
    const state = foldLoaded(open, inquiryFolding);
    if (state.state !== 'open') throw new Refused([{ code: 'inquiry-outcome-unknown' }]);
    const answered = await this.registry.ask({
      inquiry: command.inquiry,
      agreement: context.agreement,
      purpose: state.purpose,
      question,
      deadline: Date.parse(state.deadline),
    });
    const answer = answerOf(answered);
    const recorded = await this.journal.decide(open.stream, inquiryFolding, context, (latest) =>
      recordAnswer(latest, command.inquiry, answer, answered.faults),
    );
    // The answer is durable; it leaves only if nothing it was judged on has moved while it was under way.
    await this.stillAllowed(command, current, context);
    return {
      inquiry: command.inquiry,
      outcome: answer.outcome,
      records: 'records' in answer ? answer.records : [],
      count: 'count' in answer ? answer.count : null,
      usableThrough: state.usableThrough,
      redelivered: false,
      receipts: [...received, ...recorded.receipts],
    };
  }

  /**
   * The inquiry as it is now, and the standing judged last. Judges again when a stream it was judged on has moved;
   * records the refusal and throws it. The heads of all of them are asked for at once.
   */
  private async stillAllowed(
    command: Making,
    judged: JudgedStanding,
    context: CommandContext,
  ): Promise<{ readonly inquiry: LoadedStream; readonly judged: JudgedStanding }> {
    const names = [inquiryStream(command.inquiry), ...judged.streams.map(({ stream }) => stream)];
    const [inquiry, ...now] = (await this.journal.loadAll(names)) as [LoadedStream, ...LoadedStream[]];
    const unmoved = judged.streams.every(({ revision }, index) => now[index]?.revision === revision);
    if (unmoved) return { inquiry, judged };
    // The grant it was accepted under, not any other: the trail names that one.
    const state = foldLoaded(inquiry, inquiryFolding);
    const grant = 'grant' in state ? state.grant : command.grant;
    const again = await this.judge({ ...command, grant }, context, command.now);
    const decision = judgeAgain(state, command, again.standing);
    if (decision.accepted) return { inquiry, judged: again };
    await this.journal.decide(inquiry.stream, inquiryFolding, context, (latest) =>
      judgeAgain(latest, command, again.standing),
    );
    throw new Refused(decision.refusals);
  }

  /** The stored answer again, for who asked and only for them: nothing is opened for anybody else. */
  private async repeat(
    stream: LoadedStream,
    command: InquiryCommand,
    context: CommandContext,
  ): Promise<InquiryResult> {
    const judged = await this.standings.access(this.asked(command, context, this.journal.clock.now()));
    let records: readonly IdentityRecord[] = [];
    const { receipts, state } = await this.journal
      .decide(stream.stream, inquiryFolding, context, async (latest, now, loaded) => {
        const mine = 'by' in latest && sameAsker(latest.by, command);
        const question = mine ? await this.compare(loaded, command) : 'other';
        const opened = mine ? await openRecords(this.opener, loaded) : [];
        records = opened === 'erased' ? [] : opened;
        const erased = opened === 'erased' ? 'erased' : question;
        return repeatInquiry(latest, { ...command, now }, erased, refusalsOf(judged));
      })
      .catch((error: unknown) => {
        throw error instanceof Refused ? namingErasure(error, stream) : error;
      });
    const outcome = outcomeOf(state);
    // The decider lets only a closed inquiry through; the types do not know.
    if (!outcome || !('usableThrough' in state)) throw new Refused([{ code: 'inquiry-open' }]);
    await this.stillAccessible(stream.stream, command, judged, context);
    return {
      inquiry: command.inquiry,
      outcome,
      records,
      count: state.state === 'empty' ? state.count : null,
      usableThrough: state.usableThrough,
      redelivered: true,
      receipts,
    };
  }

  /** For a redelivery only access counts: service hours and suspensions concern new questions. */
  private async stillAccessible(
    stream: string,
    command: InquiryCommand,
    judged: JudgedAccess,
    context: CommandContext,
  ): Promise<void> {
    if (!(await this.journal.haveMoved(judged.streams))) return;
    const now = this.journal.clock.now();
    const refusals = refusalsOf(await this.standings.access(this.asked(command, context, now)));
    if (!refusals.length) return;
    await this.journal.decide(stream, inquiryFolding, context, () => withholdAnswer(command, refusals));
  }

  /** Compares inside the seal: neither question is written anywhere for it. */
  private async compare(stream: LoadedStream, command: InquiryCommand): Promise<'same' | 'other' | 'erased'> {
    const received = receivedIn(stream);
    if (!received) return 'other';
    const stored = await openQuestion(this.opener, stream);
    if (stored === 'erased') return 'erased';
    const read = readQuestion(command.question);
    const sameCase =
      received.data['purpose'] === command.purpose &&
      received.data['caseReference'] === command.caseReference;
    return sameCase && 'question' in read && sameQuestion(stored, read.question) ? 'same' : 'other';
  }

  private judge(command: InquiryCommand, context: CommandContext, now: string): Promise<JudgedStanding> {
    return this.standings.judge(this.asked(command, context, now));
  }

  private asked(command: InquiryCommand, { agreement }: CommandContext, now: string): StandingQuestion {
    const { operator, terminal, certificate, purpose, question, grant } = command;
    const prefix = question.prefix === true;
    return { operator, terminal, certificate, agreement, purpose, prefix, grant, now };
  }
}

const sameAsker = (by: Asker, { operator, terminal }: Asker): boolean =>
  by.operator === operator && by.terminal === terminal;

const answerOf = (answered: ProviderAnswer): Answer =>
  'records' in answered
    ? { outcome: answered.outcome, records: answered.records, message: answered.message }
    : { outcome: answered.outcome, count: answered.count };
