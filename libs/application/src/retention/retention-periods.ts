import {
  decideApproveRetentionPeriod,
  decideProposeRetentionPeriod,
  type Period,
  periodOn,
  type ProposeRetentionPeriod,
  type Purpose,
  retentionPeriodFolding,
  type RetentionPeriodState,
  retentionStream,
  type TokyoDay,
} from '#domain';
import { personOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/** How long the recipient needs the identity data of each purpose (annex 2, 2(9)ウ). */
export class RetentionPeriods {
  constructor(private readonly journal: Journal) {}

  /** Proposes a period from a day on; it holds once a second person has approved. */
  async propose(
    version: Omit<ProposeRetentionPeriod, 'proposal'>,
    context: CommandContext,
  ): Promise<{ readonly proposal: string }> {
    personOf(context);
    const proposal = this.journal.newId();
    await this.journal.decide(
      retentionStream(context.agreement, version.purpose),
      retentionPeriodFolding,
      context,
      (state, now) => decideProposeRetentionPeriod(state, { ...version, proposal }, now),
    );
    return { proposal };
  }

  /** Approves a proposed period; the proposer cannot. */
  async approve(purpose: Purpose, proposal: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(
      retentionStream(context.agreement, purpose),
      retentionPeriodFolding,
      context,
      (state, now) => decideApproveRetentionPeriod(state, { proposal, by }, now),
    );
  }

  /** The period in force for a purpose on a Tokyo day; null when there is none, and every inquiry is refused. */
  async periodFor(agreement: string, purpose: Purpose, day: TokyoDay): Promise<Period | null> {
    return periodOn(await this.find(agreement, purpose), day);
  }

  /** All proposals and versions of a purpose. */
  async find(agreement: string, purpose: Purpose): Promise<RetentionPeriodState> {
    const loaded = await this.journal.load(retentionStream(agreement, purpose));
    return foldLoaded(loaded, retentionPeriodFolding);
  }
}
