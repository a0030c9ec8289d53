/**
 * What an event is, and how long each part of it may live.
 *
 * A domain event is a past fact, decided by a pure function. Every field of every event declares a
 * *lifetime* (decision 9); the vault reads the declaration and seals accordingly. Nothing in this file
 * encrypts: the domain says what must die when, the vault makes it so.
 */

/**
 * How long a field may be read.
 *
 * - `clear`: for as long as the log exists; never personal data.
 * - `identity`: until the retention cohort of its inquiry is destroyed (annex 2, 2(9)ウ).
 * - `trail`: until the trail of its fiscal year ends (free text, reasons, comments).
 * - `subjects`: a list of identifiers that leaves the vault as keyed tokens, sealed like `trail`
 *   (decision 14); the identifiers themselves are never stored.
 * - `{ person }`: until the key of that person dies; `person` names the clear field that holds the person's id.
 */
export type Lifetime = 'clear' | 'identity' | 'trail' | 'subjects' | { readonly person: string };

/** Values an event may carry: what RFC 8785 (canonical JSON) can write, without floating-point surprises. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Lifetimes<D> = { readonly [K in keyof D]-?: Lifetime };

/** The declaration of one event type: its name, schema version, and the lifetime of each field. */
export interface EventDefinition<
  T extends string = string,
  D = object,
  L extends Lifetimes<D> = Lifetimes<D>,
> {
  readonly type: T;
  /** Schema version of `data`; raised together with an upcaster. */
  readonly version: number;
  readonly lifetimes: L;
  /** One sentence for the catalogue, in English and Japanese. */
  readonly summary: { readonly en: string; readonly ja: string };
  /** Phantom: carries the data type to `EventOf`; never present at run time. */
  readonly __data?: D;
}

/**
 * Declares an event type. Call twice, so that the data type is given and the literals are inferred:
 * `defineEvent<{ grant: string }>()('GrantApproved', 1, {...}, { grant: 'clear' })`.
 */
export const defineEvent =
  <D extends object>() =>
  <T extends string, const L extends Lifetimes<D>>(
    type: T,
    version: number,
    summary: { en: string; ja: string },
    lifetimes: L,
  ): EventDefinition<T, D, L> => ({ type, version, summary, lifetimes });

/** A decided event: a fact in plain text, on its way from a decider to the vault. */
export type EventOf<Def> =
  Def extends EventDefinition<infer T, infer D, infer _L>
    ? { readonly type: T; readonly data: Readonly<D> }
    : never;

type ClearFields<L> = { [K in keyof L]: L[K] extends 'clear' ? K : never }[keyof L];

/**
 * A recorded event as `evolve`, projections and policies see it: the header and the clear fields.
 * Sealed fields are not in the type, so nothing that folds can come to depend on them, and an erased
 * stream folds to the same state as a living one.
 */
export type RecordedOf<Def> =
  Def extends EventDefinition<infer T, infer D, infer L>
    ? EventHeader & { readonly type: T; readonly data: Readonly<Pick<D, ClearFields<L> & keyof D>> }
    : never;

/** The union of the facts (records) declared in a table of definitions. */
export type FactsOf<Table extends object> = { [K in keyof Table]: EventOf<Table[K]> }[keyof Table];
export type RecordsOf<Table extends object> = { [K in keyof Table]: RecordedOf<Table[K]> }[keyof Table];

/** Who caused an event. Ids only: names are person data and live in `OperatorRegistered`. */
export type Actor =
  | { readonly operator: string; readonly terminal?: string; readonly session?: string }
  | { readonly system: 'api' | 'retention-worker' | 'init' };

/** The clear header of every event (decision 15 binds sealed fields to it). */
export interface EventHeader {
  /** UUIDv7, given by the handler; also the idempotency key of the append. */
  readonly id: string;
  readonly type: string;
  /** Schema version under which `data` was written. */
  readonly v: number;
  readonly stream: string;
  /** Business time, UTC, ISO 8601 with milliseconds. */
  readonly at: string;
  /** The agreement (協定) under which this happened; every event names one (decision 24). */
  readonly agreement: string;
  readonly actor: Actor;
  /** The command (HTTP request, schedule tick) that caused the event: UUIDv7. */
  readonly correlation: string;
}

/** The person who caused an event; null where the system did. Four eyes compare against this. */
export const personBehind = ({ actor }: EventHeader): string | null =>
  'operator' in actor ? actor.operator : null;

/** One sealed field: `box` is base64 of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). */
export interface SealedField {
  /** Id of the key that opens it: a data key in `keys`, or a trail or person key of the key store. */
  readonly key: string;
  readonly box: string;
}

/** A data key travelling inside its event, wrapped by the key of its cohort (decision 10). */
export interface WrappedDataKey {
  readonly cohort: string;
  /** base64 of nonce (12) ‖ wrapped key (32) ‖ tag (16). */
  readonly wrap: string;
}

/**
 * An event as it is written: the header, the clear data, the sealed fields by name, and the wrapped data keys.
 * Its RFC 8785 bytes are the *entry*: made once, stored verbatim, hashed into the log, never serialised again.
 */
export interface Entry extends EventHeader {
  readonly data: { readonly [field: string]: Json };
  readonly sealed?: { readonly [field: string]: SealedField };
  readonly keys?: { readonly [dataKey: string]: WrappedDataKey };
}

/** An event before sealing: header and plain data, lifetimes looked up by type. */
export interface EventDraft extends EventHeader {
  readonly data: object;
}

/** Any event without its types: what generic code (stores, codecs, loops) handles. */
export interface AnyEvent {
  readonly type: string;
  readonly data: object;
}

/** What became of a sealed field when somebody asked to open it. */
export type Opened<T = unknown> =
  | { readonly state: 'open'; readonly value: T }
  | { readonly state: 'shredded' };
