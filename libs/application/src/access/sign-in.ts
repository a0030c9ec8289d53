import {
  type Actor,
  decideChangePin,
  decideCloseSession,
  decideOpenSession,
  isOperatorId,
  sessionFolding,
  sessionStream,
  timeOfUuid7,
} from '#domain';
import type { Credentials, Session, Sessions } from '#operations';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { accessRefused } from './acting-person.js';
import { BoundedVerification } from './bounded-verification.js';
import type { DenialCounter } from './denial-counter.js';
import type { FailureCounter } from './failure-counter.js';
import { nobodysPin } from './initial-pin.js';
import { PinProofs } from './pin-proofs.js';
import { Turns } from './turns.js';

/** The context of a command whose actor is not known yet. */
export type UnsignedContext = Omit<CommandContext, 'actor'>;

/** Somebody claims to be an operator. */
export interface SignInAttempt {
  readonly operator: string;
  readonly pin: string;
  /** The registered terminal of the client certificate (`Terminals.terminalOfCertificate`), or null. */
  readonly terminal: string | null;
  /** SHA-256 of the client certificate, or null. */
  readonly certificate: string | null;
  /** Network address, for counting failures of unknown operators. */
  readonly source: string;
}

export interface OpenedSession {
  /** Given once; only its hash is kept. */
  readonly token: string;
  readonly session: string;
  /** Real time, milliseconds. */
  readonly expiresAt: number;
  /** The PIN is an initial one: this session may do nothing but change it. */
  readonly pinChangeOnly: boolean;
}

export interface PinChange {
  readonly session: Pick<Session, 'id' | 'operator'>;
  readonly pin: string;
  readonly newPin: string;
}

export interface SignInParts {
  readonly journal: Journal;
  readonly credentials: Credentials;
  readonly sessions: Pick<Sessions, 'open' | 'find' | 'close' | 'closeAllOf'>;
  readonly failures: FailureCounter;
  readonly denials: DenialCounter;
}

export interface SignInOptions {
  /** How long a session lives, milliseconds of real time. */
  readonly sessionTtlMs: number;
}

/** Not an operator's id, and so nobody's credential: what malformed ids are verified against. */
const NOBODY = 'nobody';

/** Signing in and out (annex 2, 2(4)): PINs, sessions, and what is recorded of either. */
export class SignIn {
  private readonly turns = new Turns();
  private readonly verification: BoundedVerification;
  private readonly proofs: PinProofs;

  constructor(
    private readonly parts: SignInParts,
    private readonly options: SignInOptions,
  ) {
    this.verification = new BoundedVerification(parts.credentials);
    this.proofs = new PinProofs(parts.journal, this.verification);
  }

  /**
   * Opens a session. Attempts of one operator are judged one after the other.
   *
   * An unknown operator and a wrong PIN are refused alike, after the same work, as `sign-in-refused`; a locked one
   * as `pin-locked`. `SignedIn` is durable before the token is handed out; a crash in between leaves a record of a
   * session that nobody can use.
   */
  async signIn(attempt: SignInAttempt, context: UnsignedContext): Promise<OpenedSession> {
    if (isOperatorId(attempt.operator))
      return this.turns.take(attempt.operator, () => this.judgeAndOpen(attempt, context));
    await this.verification.verify(NOBODY, attempt.pin);
    return this.refuseUnknown(attempt.source);
  }

  /**
   * The session of a token, or null. The row is only a hint: sessions are mutable and nothing authenticates them, so
   * the sign-in must be on record (which the append key does), be of the same person and terminal, not be over, and be
   * no older than a session may get, whatever the row says.
   */
  async sessionOf(token: string): Promise<Session | null> {
    const row = this.parts.sessions.find(token);
    if (!row) return null;
    const { journal } = this.parts;
    const loaded = await journal.load(sessionStream(row.id));
    const session = foldLoaded(loaded, sessionFolding);
    const signedIn = loaded.recorded[0];
    if (session.state !== 'open' || !signedIn) return null;
    const same = session.operator === row.operator && session.terminal === row.terminal;
    const age = journal.clock.realNow() - timeOfUuid7(signedIn.id);
    return same && age <= this.options.sessionTtlMs ? row : null;
  }

  /**
   * Replaces the PIN after proving the present one, then ends every session of the person: the next sign-in is
   * with the new PIN.
   *
   * The verifier is replaced before `PinChanged` is recorded. A crash in between leaves the holder's own new PIN in
   * force and, if the old one was initial, the duty to change still open. The other order could leave an initial
   * PIN, known to whoever issued it, in force for good.
   */
  changePin({ session, pin, newPin }: PinChange, context: CommandContext): Promise<void> {
    const { operator } = session;
    return this.turns.take(operator, async () => {
      const proof = await this.proofs.prove(operator, pin, context, context.actor);
      if (proof.state === 'unknown') throw accessRefused('credential-missing');
      const change = { operator, newPin, sameAsOld: newPin === pin };
      const foreseen = decideChangePin(proof.credential, change);
      if (!foreseen.accepted) throw new Refused(foreseen.refusals);
      await this.parts.credentials.set(operator, newPin);
      await this.recordChange(proof.pins, change, context);
      this.parts.sessions.closeAllOf(operator);
      await this.recordEnd(session.id, context);
    });
  }

  /** Ends a session: first in force, then on record. */
  async signOut(session: Pick<Session, 'id'>, context: CommandContext): Promise<void> {
    this.parts.sessions.close(session.id);
    await this.recordEnd(session.id, context);
  }

  /** Counts a denied action of a signed-in person; recorded by `DenialCounter.flush` (decision 17). */
  deny(
    session: Pick<Session, 'id'>,
    action: string,
    codes: readonly string[],
    context: CommandContext,
  ): void {
    this.parts.denials.count(session.id, action, codes, context);
  }

  private async judgeAndOpen(attempt: SignInAttempt, context: UnsignedContext): Promise<OpenedSession> {
    const { operator, pin, terminal } = attempt;
    const session = this.parts.journal.newId();
    const actor: Actor = { operator, session, ...(terminal === null ? {} : { terminal }) };
    const proof = await this.proofs.prove(operator, pin, context, actor).catch(alikeForAll);
    if (proof.state === 'unknown') return this.refuseUnknown(attempt.source);
    const opened = await this.open(session, attempt, proof.credential.mustChange, { ...context, actor });
    // Locked or issued anew while the session was being opened: whoever did that has not seen this session.
    if (await this.proofs.stillHolds(operator, proof)) return opened;
    await this.signOut({ id: session }, { ...context, actor });
    throw accessRefused('sign-in-refused');
  }

  private async open(
    session: string,
    { operator, terminal, certificate }: SignInAttempt,
    pinChangeOnly: boolean,
    context: CommandContext,
  ): Promise<OpenedSession> {
    await this.parts.journal.decide(sessionStream(session), sessionFolding, context, (state) =>
      decideOpenSession(state, { session, operator, terminal }),
    );
    const { token, expiresAt } = this.parts.sessions.open(
      { id: session, operator, terminal, certificate, pinChangeOnly },
      this.options.sessionTtlMs,
    );
    return { token, session, expiresAt, pinChangeOnly };
  }

  private refuseUnknown(source: string): never {
    this.parts.failures.count(source, 'unknown-operator');
    throw accessRefused('sign-in-refused');
  }

  /** Records the change; if the PIN was locked or issued anew meanwhile, the one just set must not count. */
  private async recordChange(
    provenPins: number,
    change: Parameters<typeof decideChangePin>[1],
    context: CommandContext,
  ): Promise<void> {
    try {
      await this.proofs.recordChange(provenPins, change, context);
    } catch (error) {
      if (error instanceof Refused) await this.parts.credentials.set(change.operator, nobodysPin());
      throw error;
    }
  }

  private async recordEnd(session: string, context: CommandContext): Promise<void> {
    await this.parts.journal.decide(sessionStream(session), sessionFolding, context, decideCloseSession);
  }
}

/** A wrong PIN must look like an unknown operator. */
function alikeForAll(error: unknown): never {
  const wrong = error instanceof Refused && error.refusals.some(({ code }) => code === 'pin-rejected');
  throw wrong ? accessRefused('sign-in-refused') : error;
}
