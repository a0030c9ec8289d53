import type { AnswerFault, EmptyOutcome, IdentityRecord, Purpose, Question } from '#domain';

/** One inquiry on its way to the provider's online search server (art. 1, schedule 2). */
export interface ProviderQuestion {
  /** The inquiry's UUIDv7 (decision 18). The provider answers a repeated id from its first answer, counted once. */
  readonly inquiry: string;
  readonly agreement: string;
  readonly purpose: Purpose;
  readonly question: Question;
  /** Real time, milliseconds since the epoch, by which `ask` has ended: connecting, TLS and a retry included. */
  readonly deadline: number;
  /** Ends the asking early; the outcome is then `provider-unavailable` with the fault `timeout`. */
  readonly signal?: AbortSignal;
}

/** The provider supplied identity information: one record (`found`) or 2 to 20 (`several`). */
export interface SuppliedAnswer {
  readonly outcome: 'found' | 'several';
  /** In the provider's order; text in its own code points. */
  readonly records: readonly IdentityRecord[];
  /** The provider's id of its answer message. */
  readonly message: string;
  /** What was wrong although the answer is usable: nothing, or `individual-number` (discarded unstored). */
  readonly faults: readonly AnswerFault[];
}

/** The inquiry ended without identity information. */
export interface EmptyAnswer {
  readonly outcome: EmptyOutcome;
  /** How many records match where the outcome is `too-many`; null otherwise. */
  readonly count: number | null;
  /** The provider's id of its answer message; null when there was none that could be believed. */
  readonly message: string | null;
  /** What was wrong; never empty when the outcome is `provider-unavailable`. */
  readonly faults: readonly AnswerFault[];
}

export type ProviderAnswer = SuppliedAnswer | EmptyAnswer;

/**
 * The provider, seen from a use case.
 *
 * Failure: whatever the provider or the network does becomes an outcome; `ask` rejects only with
 * `RegistryClosed`. No error, and nothing else that leaves this room, carries personal data (decision 20).
 * Retry: at most one, inside the deadline, and only where it cannot become a second provision
 * (MESSAGE-FORMAT.md, "Retry"). Callers do not retry.
 * Concurrency: any number of questions at once; they share kept-alive connections. One call, one outcome, even
 * where the provider answers twice.
 * Durability: none. A crash during `ask` leaves it unknown whether the provider counted a provision; the inquiry
 * is then closed as `InquiryOutcomeUnknown` (decision 18).
 */
export interface Registry {
  ask(inquiry: ProviderQuestion): Promise<ProviderAnswer>;

  /** Ends the questions under way (as `timeout`) and the connections. Safe to call twice. */
  close(): Promise<void>;
}

/** `ask` after `close`: a programming error of the caller, not a state of the provider. */
export class RegistryClosed extends Error {
  readonly code = 'registry-closed';
  constructor() {
    super('the registry is closed');
    this.name = 'RegistryClosed';
  }
}
