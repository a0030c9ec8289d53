import {
  agreementFolding,
  agreementStream,
  decideApproveGrant,
  decideRefuseGrant,
  decideRequestGrant,
  decideRevokeGrant,
  type GrantFacts,
  grantFolding,
  type GrantState,
  grantStream,
  listedPurposes,
  operatorFolding,
  operatorStream,
  type RequestFacts,
  type RequestGrant,
  rolesOn,
  terminalFolding,
  terminalStream,
  tokyoDay,
} from '#domain';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { personOf } from './acting-person.js';

/** Who may use which terminal for which purposes and how long (annex 2, 2(4)). */
export class Grants {
  constructor(private readonly journal: Journal) {}

  /** Asks for a grant, for oneself or (a terminal manager) for somebody else; returns its id. */
  async request(
    request: Omit<RequestGrant, 'grant'>,
    context: CommandContext,
  ): Promise<{ readonly grant: string }> {
    const by = personOf(context);
    const grant = this.journal.newId();
    await this.journal.decide(grantStream(grant), grantFolding, context, async (state, now) =>
      decideRequestGrant(
        state,
        { ...request, grant },
        await this.requestFacts(request, by, context.agreement, now),
        now,
      ),
    );
    return { grant };
  }

  /** Approves; neither who asked nor who would hold it can. Holder and terminal are judged again as they are now. */
  async approve(grant: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(grantStream(grant), grantFolding, context, async (state, now) =>
      decideApproveGrant(state, { by }, await this.factsOf(state), now),
    );
  }

  /** Says no, with a reason. */
  async refuse(grant: string, reason: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    await this.journal.decide(grantStream(grant), grantFolding, context, (state) =>
      decideRefuseGrant(state, { by, reason }),
    );
  }

  /** Withdraws an approved grant; from the commit on it allows nothing, not even an answer under way (decision 17). */
  async revoke(grant: string, reason: string, context: CommandContext): Promise<void> {
    personOf(context);
    await this.journal.decide(grantStream(grant), grantFolding, context, (state) =>
      decideRevokeGrant(state, { reason }),
    );
  }

  /** `none` for an unknown id. */
  async find(grant: string): Promise<GrantState> {
    return foldLoaded(await this.journal.load(grantStream(grant)), grantFolding);
  }

  private async facts(operator: string, terminal: string): Promise<GrantFacts> {
    const [operatorLoaded, terminalLoaded] = await Promise.all([
      this.journal.load(operatorStream(operator)),
      this.journal.load(terminalStream(terminal)),
    ]);
    return {
      operator: foldLoaded(operatorLoaded, operatorFolding),
      terminal: foldLoaded(terminalLoaded, terminalFolding),
    };
  }

  private async requestFacts(
    { operator, terminal }: Omit<RequestGrant, 'grant'>,
    by: string,
    agreement: string,
    now: string,
  ): Promise<RequestFacts> {
    const loaded = await this.journal.loadAll([agreementStream(agreement), operatorStream(by)]);
    const [ofAgreement, ofRequester] = loaded as readonly [LoadedStream, LoadedStream];
    const roles = rolesOn(foldLoaded(ofRequester, operatorFolding), tokyoDay(now));
    return {
      ...(await this.facts(operator, terminal)),
      purposes: listedPurposes(foldLoaded(ofAgreement, agreementFolding)),
      requester: { operator: by, managesTerminals: roles.includes('terminal-manager') },
    };
  }

  /** The facts about whom and what the request names; a grant that does not exist names nobody. */
  private async factsOf(state: GrantState): Promise<GrantFacts> {
    if (state.state === 'none') return { operator: { state: 'none' }, terminal: { state: 'none' } };
    return this.facts(state.terms.operator, state.terms.terminal);
  }
}
