import {
  type Actor,
  type ChangePin,
  credentialFolding,
  type CredentialState,
  credentialStream,
  decideAttemptPin,
  decideChangePin,
  refuse,
} from '#domain';
import { RevisionConflict } from '#event-store';
import type { Credentials } from '#operations';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { Refused } from '../refused.js';
import { accessRefused } from './acting-person.js';

type ActiveCredential = Extract<CredentialState, { state: 'active' }>;

/** Somebody gave the right PIN of a credential as it was then; or there is no such credential. */
export type PinProof =
  | { readonly state: 'proven'; readonly credential: ActiveCredential; readonly pins: number }
  | { readonly state: 'unknown' };

const ATTEMPTS = 8;

/**
 * Proves PINs. The verifier is slow (argon2id) and lives elsewhere than the record, so a proof holds only if the
 * credential's stream has not moved while the hash was computed; otherwise the PIN is judged again.
 */
export class PinProofs {
  constructor(
    private readonly journal: Journal,
    private readonly credentials: Pick<Credentials, 'verify'>,
  ) {}

  /**
   * Judges a PIN and records the failure, the lock, or the end of a row of failures. A failure is recorded as the
   * system's doing, because it is not known whose it was. Throws `Refused` with `pin-rejected` or `pin-locked`.
   */
  async prove(
    operator: string,
    pin: string,
    context: Omit<CommandContext, 'actor'>,
    prover: Actor,
  ): Promise<PinProof> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const loaded = await this.journal.load(credentialStream(operator));
      const state = foldLoaded(loaded, credentialFolding);
      if (state.state === 'locked') throw accessRefused('pin-locked');
      const pinCorrect = await this.credentials.verify(operator, pin);
      if (state.state === 'none') return { state: 'unknown' };
      const actor: Actor = pinCorrect ? prover : { system: 'api' };
      const decision = decideAttemptPin(state, { operator, pinCorrect });
      if (!(await this.record(loaded, decision.events, { ...context, actor }))) continue;
      if (!decision.accepted) throw new Refused(decision.refusals);
      return { state: 'proven', credential: state, pins: state.pins };
    }
    // Eight others were faster each time: more than any honest use.
    throw accessRefused('sign-in-refused');
  }

  /** Whether the credential is still active with the PIN that was proven. */
  async stillHolds(operator: string, proof: Extract<PinProof, { state: 'proven' }>): Promise<boolean> {
    const loaded = await this.journal.load(credentialStream(operator));
    const state = foldLoaded(loaded, credentialFolding);
    return state.state === 'active' && state.pins === proof.pins;
  }

  /** Records `PinChanged`, unless the PIN that was proven is not the present one any more. */
  async recordChange(provenPins: number, change: ChangePin, context: CommandContext): Promise<void> {
    await this.journal.decide(credentialStream(change.operator), credentialFolding, context, (state) =>
      state.state === 'active' && state.pins !== provenPins
        ? refuse({ code: 'pin-rejected' })
        : decideChangePin(state, change),
    );
  }

  /** Appends at the revision that was judged; false when the stream has moved and the PIN must be judged again. */
  private async record(
    loaded: LoadedStream,
    events: Parameters<Journal['append']>[1],
    context: CommandContext,
  ): Promise<boolean> {
    if (events.length === 0) return !(await this.journal.haveMoved([loaded]));
    try {
      await this.journal.append(loaded, events, context);
      return true;
    } catch (error) {
      if (error instanceof RevisionConflict) return false;
      throw error;
    }
  }
}
