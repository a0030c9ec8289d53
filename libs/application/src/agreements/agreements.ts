import {
  agreementFolding,
  type AgreementState,
  agreementStream,
  type ApproveHoursFacts,
  type ConcludeAgreement,
  decideApproveHours,
  decideConcludeAgreement,
  decideProposeHours,
  decideProposeTermination,
  decideResumeProvision,
  decideSuspendProvision,
  decideTermination,
  type ProposeHours,
  provisionFolding,
  type ProvisionState,
  provisionStream,
  type SuspendProvision,
} from '#domain';
import { personOf, sideOf, sideOfPerson } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/**
 * The agreements (協定) and what the provider allows under them: service hours and suspensions. Every command acts on
 * the agreement that its context names (decision 24).
 */
export class Agreements {
  constructor(private readonly journal: Journal) {}

  /** Puts an agreement on record under its own id, whatever agreement the context names. */
  async conclude(terms: ConcludeAgreement, context: CommandContext): Promise<void> {
    const { agreement } = terms;
    await this.journal.decide(
      agreementStream(agreement),
      agreementFolding,
      { ...context, agreement },
      (state) => decideConcludeAgreement(state, terms),
    );
  }

  /** The recipient proposes to end the agreement (art. 10). */
  async proposeTermination(reason: string, context: CommandContext): Promise<void> {
    const side = await sideOf(this.journal, context);
    await this.journal.decide(agreementStream(context.agreement), agreementFolding, context, (state) =>
      decideProposeTermination(state, { side, reason }),
    );
  }

  /** The provider agrees to the proposed end (art. 10). */
  async decideTermination(context: CommandContext): Promise<void> {
    const by = personOf(context);
    const side = await sideOf(this.journal, context);
    await this.journal.decide(agreementStream(context.agreement), agreementFolding, context, (state) =>
      decideTermination(state, { by, side }),
    );
  }

  /** Proposes service hours from a day on; they hold once a second person has approved (schedule 2(4)). */
  async proposeHours(
    hours: Omit<ProposeHours, 'proposal'>,
    context: CommandContext,
  ): Promise<{ readonly proposal: string }> {
    personOf(context);
    const proposal = this.journal.newId();
    await this.journal.decide(
      provisionStream(context.agreement),
      provisionFolding,
      context,
      async (state, now) => decideProposeHours(state, { ...hours, proposal }, await this.facts(context), now),
    );
    return { proposal };
  }

  /** Approves proposed hours; the proposer cannot, and one of the two is of the provider's side. */
  async approveHours(proposal: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    const side = await sideOf(this.journal, context);
    await this.journal.decide(
      provisionStream(context.agreement),
      provisionFolding,
      context,
      async (state, now) =>
        decideApproveHours(
          state,
          { proposal, by, side },
          await this.approvalFacts(state, proposal, context),
          now,
        ),
    );
  }

  /** The provider stops all or some purposes at once (art. 6); returns the id by which it is lifted. */
  async suspend(
    suspending: Pick<SuspendProvision, 'scope' | 'reason'>,
    context: CommandContext,
  ): Promise<{ readonly suspension: string }> {
    const side = await sideOf(this.journal, context);
    const suspension = this.journal.newId();
    await this.journal.decide(provisionStream(context.agreement), provisionFolding, context, async (state) =>
      decideSuspendProvision(state, { ...suspending, suspension, side }, await this.facts(context)),
    );
    return { suspension };
  }

  /** The provider lifts a suspension (art. 6). */
  async resume(suspension: string, context: CommandContext): Promise<void> {
    const side = await sideOf(this.journal, context);
    await this.journal.decide(provisionStream(context.agreement), provisionFolding, context, (state) =>
      decideResumeProvision(state, { suspension, side }),
    );
  }

  /** `none` for an unknown id. */
  async agreement(agreement: string): Promise<AgreementState> {
    return foldLoaded(await this.journal.load(agreementStream(agreement)), agreementFolding);
  }

  /** Hours and suspensions of an agreement; nothing at all for an unknown id, which means closed. */
  async provision(agreement: string): Promise<ProvisionState> {
    return foldLoaded(await this.journal.load(provisionStream(agreement)), provisionFolding);
  }

  private async approvalFacts(
    { proposals }: ProvisionState,
    proposal: string,
    context: CommandContext,
  ): Promise<ApproveHoursFacts> {
    const proposer = proposals.find((open) => open.proposal === proposal)?.proposedBy ?? null;
    const proposerSide = proposer === null ? null : await sideOfPerson(this.journal, proposer);
    return { ...(await this.facts(context)), proposerSide };
  }

  private async facts({ agreement }: CommandContext): Promise<{ readonly agreement: AgreementState }> {
    return { agreement: await this.agreement(agreement) };
  }
}
