import {
  type CredentialEvent,
  credentialFolding,
  type CredentialState,
  credentialStream,
  decideAcknowledgeSecrecy,
  decideApproveRoles,
  decideBootstrapOperator,
  decideIssuePin,
  decideProposeRoles,
  decideRecordTraining,
  decideRegisterOperator,
  decideReissuePin,
  type Decision,
  initialCredential,
  operatorFolding,
  type OperatorState,
  operatorStream,
  type PinIssuer,
  type ProposeRoles,
  type RecordTraining,
  type RegisterOperator,
  type Role,
  rolesOn,
  tokyoDay,
  type TokyoDay,
} from '#domain';
import type { Credentials, Sessions } from '#operations';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { personOf, sideOf } from './acting-person.js';
import { initialPin, newOperatorId, nobodysPin } from './initial-pin.js';

export type NewOperator = Omit<RegisterOperator, 'operator'>;

/** One of the first accounts of an installation. */
export interface FirstOperator extends NewOperator {
  readonly roles: readonly Role[];
  /** Last Tokyo day on which the training counts that `init` puts on record. */
  readonly trainingValidUntil: TokyoDay;
}

type IssuePin = (
  state: CredentialState,
  now: string,
) => Decision<CredentialEvent> | Promise<Decision<CredentialEvent>>;

/** Told once to whoever registered the person, and never again. */
export interface IssuedAccount {
  readonly operator: string;
  /** 8 digits; must be changed at the first sign-in. */
  readonly pin: string;
}

/** The account holders: who they are, what they may be, what they have attended (annex 2, 2(4), 2(9)). */
export class Operators {
  constructor(
    private readonly journal: Journal,
    private readonly credentials: Credentials,
    private readonly sessions: Pick<Sessions, 'closeAllOf'>,
  ) {}

  /**
   * Registers somebody without roles and issues an initial PIN.
   *
   * Three steps: registered, PIN on record, verifier stored. A crash after the first or the second leaves an
   * operator who cannot sign in; `reissuePin` repairs either. There is never a verifier without a record.
   */
  async register(person: NewOperator, context: CommandContext): Promise<IssuedAccount> {
    const operator = newOperatorId();
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state) =>
      decideRegisterOperator(state, { operator, ...person }),
    );
    return { operator, pin: await this.issuePin(operator, context) };
  }

  /** Registers one of the first accounts with its roles at once; only for the actor `init`. Steps as above. */
  async bootstrap(person: FirstOperator, context: CommandContext): Promise<IssuedAccount> {
    const operator = newOperatorId();
    const command = { ...person, operator, proposal: this.journal.newId(), by: context.actor };
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state, now) =>
      decideBootstrapOperator(state, command, now),
    );
    return { operator, pin: await this.issuePin(operator, context) };
  }

  /** Proposes all roles that somebody shall hold from a day on; they hold once a second person has approved. */
  async proposeRoles(
    operator: string,
    version: Omit<ProposeRoles, 'proposal'>,
    context: CommandContext,
  ): Promise<{ readonly proposal: string }> {
    personOf(context);
    const proposal = this.journal.newId();
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state, now) =>
      decideProposeRoles(state, { ...version, proposal }, now),
    );
    return { proposal };
  }

  /** Approves proposed roles; neither the proposer nor the person concerned can, nor anybody of the other side. */
  async approveRoles(operator: string, proposal: string, context: CommandContext): Promise<void> {
    const by = personOf(context);
    const side = await sideOf(this.journal, context);
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state, now) =>
      decideApproveRoles(state, { proposal, by, side }, now),
    );
  }

  /** Puts an attended training on record (art. 5). */
  async recordTraining(operator: string, training: RecordTraining, context: CommandContext): Promise<void> {
    await this.journal.decide(operatorStream(operator), operatorFolding, context, (state, now) =>
      decideRecordTraining(state, training, now),
    );
  }

  /** Puts on record that the duty of secrecy was announced to the person (annex 2, 2(9)オ). */
  async acknowledgeSecrecy(operator: string, context: CommandContext): Promise<void> {
    await this.journal.decide(operatorStream(operator), operatorFolding, context, decideAcknowledgeSecrecy);
  }

  /**
   * Issues a new initial PIN: for somebody who was locked out, or whose registration broke off. Ends every session
   * of the person, because the old PIN may be in the wrong hands, and puts that PIN out of use before the record
   * lifts the lock. A crash anywhere in between leaves no PIN that works; issue again.
   *
   * It is judged before the old PIN is touched, and again when it is recorded, because roles may be proposed meanwhile.
   */
  async reissuePin(operator: string, context: CommandContext): Promise<{ readonly pin: string }> {
    const issuer = await this.issuerOf(context);
    const reissue: IssuePin = async (state, now) =>
      decideReissuePin(state, { operator }, { person: await this.find(operator), issuer }, now);
    const foreseen = await reissue(initialCredential, this.journal.clock.now());
    if (!foreseen.accepted) throw new Refused(foreseen.refusals);
    await this.credentials.set(operator, nobodysPin());
    return { pin: await this.issuePin(operator, context, reissue) };
  }

  /** What is known of an account holder (never the name, which is sealed); `none` for an unknown id. */
  async find(operator: string): Promise<OperatorState> {
    return foldLoaded(await this.journal.load(operatorStream(operator)), operatorFolding);
  }

  /** The roles somebody holds today; empty for an unknown id. */
  async rolesOf(operator: string): Promise<readonly Role[]> {
    return rolesOn(await this.find(operator), tokyoDay(this.journal.clock.now()));
  }

  /** `init` acts on the console of the installation; nobody else in the system's name issues PINs. */
  private async issuerOf(context: CommandContext): Promise<PinIssuer> {
    const { actor } = context;
    return 'system' in actor && actor.system === 'init' ? 'console' : sideOf(this.journal, context);
  }

  private async issuePin(
    operator: string,
    context: CommandContext,
    issue: IssuePin = (state) => decideIssuePin(state, { operator }),
  ): Promise<string> {
    const pin = initialPin();
    await this.journal.decide(credentialStream(operator), credentialFolding, context, issue);
    this.sessions.closeAllOf(operator);
    // A crash here: the PIN is on record, but no verifier fits it. Nobody was told it; it is issued again.
    await this.credentials.set(operator, pin);
    return pin;
  }
}
