import type { AnyEvent } from './event.js';

/**
 * Why something was refused. `code` is stable and appears in the problem catalogue (docs/problems.md);
 * `field` names the failing part of the command. Never a value: refusals travel to logs and clients (decision 20).
 */
export interface Refusal<C extends string = string> {
  readonly code: C;
  readonly field?: string;
}

/**
 * What a decider returns: the events that follow from the command, or why there are none.
 * A refusal that must itself be on record (of an inquiry, of access) carries its event in `events`.
 */
export type Decision<E extends AnyEvent = AnyEvent> =
  | { readonly accepted: true; readonly events: readonly E[] }
  | { readonly accepted: false; readonly refusals: readonly Refusal[]; readonly events: readonly E[] };

export const accept = <E extends AnyEvent>(...events: E[]): Decision<E> => ({ accepted: true, events });

export const refuse = (...refusals: Refusal[]): Decision<never> => ({
  accepted: false,
  refusals,
  events: [],
});

/** Refuses, and puts the refusal on record. */
export const refuseOnRecord = <E extends AnyEvent>(
  refusals: readonly Refusal[],
  ...events: E[]
): Decision<E> => ({
  accepted: false,
  refusals,
  events,
});

/** The reasons among several that hold; empty when nothing stands in the way. */
export const reasons = (...checks: readonly (Refusal | false | null | undefined)[]): Refusal[] =>
  checks.filter((check): check is Refusal => !!check);

/** A decision about events without their types, for code that only carries them. */
export const assertNever = (value: never): never => {
  throw new Error(`unexpected ${(value as { type?: string }).type ?? typeof value}`);
};
