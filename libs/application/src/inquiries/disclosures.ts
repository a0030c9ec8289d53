import {
  disclosureStream,
  type IdentityRecord,
  inquiryFolding,
  type Inquiry,
  inquiryStream,
  type Refusal,
  requestDisclosure,
} from '#domain';
import type { Receipt } from '#event-store';
import type { Opener } from '#vault';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { IdentityDataErased, Refused } from '../refused.js';
import type { Standings } from './standing.js';
import { erasureReference } from '../retention/erasure-reference.js';
import { openRecords } from './stored-answer.js';

export interface DisclosureCommand {
  readonly inquiry: string;
  readonly operator: string;
  readonly terminal: string;
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
    const records = await openRecords(this.opener, loaded);
    const decision = requestDisclosure({ ...command, disclosure, now }, inquiry, {
      data: records === 'erased' ? 'erased' : 'open',
      securityOfficer: command.securityOfficer,
      access: await this.access(command, context, inquiry),
    });
    const fresh = await this.journal.load(disclosureStream(disclosure));
    const receipts = decision.events.length
      ? await this.journal.append(fresh, decision.events, context, now)
      : [];
    if (!decision.accepted) {
      const erased = decision.refusals.some(({ code }) => code === 'identity-data-erased');
      throw erased ? new IdentityDataErased(erasureReference(loaded)) : new Refused(decision.refusals);
    }
    if (inquiry.state !== 'provided' || records === 'erased')
      throw new Refused([{ code: 'inquiry-without-records' }]);
    return { disclosure, inquiry: command.inquiry, records, usableThrough: inquiry.usableThrough, receipts };
  }

  /** What stands against the operator's own access now. */
  private async access(
    command: DisclosureCommand,
    context: CommandContext,
    inquiry: Inquiry,
  ): Promise<readonly Refusal[]> {
    if (!('grant' in inquiry)) return [];
    const { standing } = await this.standings.judge({
      operator: command.operator,
      terminal: command.terminal,
      agreement: context.agreement,
      purpose: inquiry.purpose,
      prefix: false,
      grant: null,
      now: this.journal.clock.now(),
    });
    return 'refusals' in standing.grant ? standing.grant.refusals : [];
  }
}
