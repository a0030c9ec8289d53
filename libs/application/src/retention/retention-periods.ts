import {
  decideApproveRetentionPeriod,
  decideProposeRetentionPeriod,
  type ProposeRetentionPeriod,
  type Purpose,
  retentionPeriodFolding,
  type RetentionPeriodState,
  retentionStream,
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

  /** All proposals and versions of a purpose. */
  async find(agreement: string, purpose: Purpose): Promise<RetentionPeriodState> {
    const loaded = await this.journal.load(retentionStream(agreement, purpose));
    return foldLoaded(loaded, retentionPeriodFolding);
  }
}
