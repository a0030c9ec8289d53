import {
  disclosureStream,
  type IdentityRecord,
  inquiryFolding,
  type Inquiry,
  inquiryStream,
  requestDisclosure,
} from '#domain';
import type { Receipt } from '#event-store';
import type { Opener } from '#vault';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { type JudgedAccess, refusalsOf, type Standings } from './standing.js';
import { namingErasure } from '../retention/erasure-reference.js';
import { openRecords } from './stored-answer.js';

export interface DisclosureCommand {
  readonly inquiry: string;
  readonly operator: string;
  readonly terminal: string;
  /** SHA-256 of the client certificate that the session is bound to. */
  readonly certificate: string;
  readonly reason: string;
  readonly note: string | null;
  readonly securityOfficer: boolean;
}

export interface DisclosureResult {
  readonly disclosure: string;
  readonly inquiry: string;
  readonly records: readonly IdentityRecord[];
  readonly usableThrough: string;
  readonly receipts: readonly Receipt[];
}

/** Shows a stored answer again. The records are opened in memory first and leave only after the event is durable. */
export class Disclosures {
  constructor(
    private readonly journal: Journal,
    private readonly standings: Standings,
    private readonly opener: Opener,
  ) {}

  async request(command: DisclosureCommand, context: CommandContext): Promise<DisclosureResult> {
    const disclosure = this.journal.newId();
    const now = this.journal.clock.now();
    const loaded = await this.journal.load(inquiryStream(command.inquiry));
    const inquiry = foldLoaded(loaded, inquiryFolding);
    // Opened for nobody but who asked, or an officer: the decider refuses everybody else whatever is in there.
    const asker = 'by' in inquiry && (inquiry.by.operator === command.operator || command.securityOfficer);
    const records = asker ? await openRecords(this.opener, loaded) : [];
    const judged = await this.judge(command, context, inquiry);
    const decision = requestDisclosure({ ...command, disclosure, now }, inquiry, {
      data: records === 'erased' ? 'erased' : 'open',
      securityOfficer: command.securityOfficer,
      access: judged ? refusalsOf(judged) : [],
    });
    const stream = disclosureStream(disclosure);
    const receipts = decision.events.length
      ? await this.journal.append(await this.journal.load(stream), decision.events, context, now)
      : [];
    if (!decision.accepted) throw namingErasure(new Refused(decision.refusals), loaded);
    if (inquiry.state !== 'provided' || records === 'erased') {
      throw new Refused([{ code: 'inquiry-without-records' }]);
    }
    await this.stillAllowed(command, context, inquiry, judged, disclosure);
    return { disclosure, inquiry: command.inquiry, records, usableThrough: inquiry.usableThrough, receipts };
  }

  /** Judged again before the records leave, if a stream they were judged on has moved (decision 17). */
  private async stillAllowed(
    command: DisclosureCommand,
    context: CommandContext,
    inquiry: Inquiry,
    judged: JudgedAccess | null,
    disclosure: string,
  ): Promise<void> {
    if (!judged || command.securityOfficer || !(await this.journal.haveMoved(judged.streams))) return;
    const again = await this.judge(command, context, inquiry);
    const refusals = again ? refusalsOf(again) : [];
    if (!refusals.length) return;
    const reasons = refusals.map(({ code }) => code);
    const { inquiry: id, operator } = command;
    await this.journal.append(
      await this.journal.load(disclosureStream(disclosure)),
      [{ type: 'DisclosureDenied', data: { disclosure, inquiry: id, operator, reasons } }],
      context,
    );
    throw new Refused(refusals);
  }

  /** The operator's own access now; null for an inquiry that was never accepted. */
  private async judge(
    command: DisclosureCommand,
    context: CommandContext,
    inquiry: Inquiry,
  ): Promise<JudgedAccess | null> {
    if (!('grant' in inquiry)) return null;
    return this.standings.access({
      operator: command.operator,
      terminal: command.terminal,
      certificate: command.certificate,
      agreement: context.agreement,
      purpose: inquiry.purpose,
      prefix: false,
      grant: null,
      now: this.journal.clock.now(),
    });
  }
}
