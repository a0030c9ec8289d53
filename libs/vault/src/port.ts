import type { Entry, EventDraft, EventHeader, Opened, SubjectIdentifier } from '#domain';

/** An event as stored: what `append` of the store takes. `entry` is the RFC 8785 text of the sealed event. */
export interface SealedEvent {
  readonly id: string;
  readonly type: string;
  readonly entry: string;
}

/**
 * The codec between deciders and the store (decisions 1, 9, 10, 14, 15). Seals every field by its declared
 * lifetime before anything is hashed or written.
 */
export interface Sealer {
  /**
   * Seals the drafts of one append into entries.
   *
   * Identity fields are sealed with the data key of the stream's inquiry: a fresh one when `history` holds none
   * (then exactly one draft must carry `usableThrough` and `purpose`, which name the cohort), the same one,
   * unwrapped from `history` and wrapped afresh, otherwise. Throws `KeyGone` when that cohort is destroyed.
   */
  seal(drafts: readonly EventDraft[], history: readonly Entry[]): Promise<readonly SealedEvent[]>;
}

/** Opens sealed fields, for disclosure, redelivery and alerting only (decision 1). */
export interface Opener {
  /**
   * The field in clear, or `shredded` when its key is destroyed. Checks the key store's generation first, so that
   * a key destroyed by another process is never used from a cache. Throws `SealBroken` when a key is there and
   * the box does not open: somebody changed it.
   */
  open<T = unknown>(entry: Entry, field: string): Promise<Opened<T>>;
}

/** Deterministic keyed tokens for finding a resident's events (decision 14). */
export interface SubjectTokens {
  /** The tokens sealed in `entry`, in order; empty when it has none or the year is destroyed. For the subject index only. */
  openTokens(entry: Entry): Promise<readonly string[]>;
  /** The same of each of many, with one look at the key store for them all: nothing else of this process runs meanwhile. */
  openTokensOfEach(entries: readonly Entry[]): Promise<readonly (readonly string[])[]>;
  /** The tokens of an identifier under every living fiscal year; for a search. */
  tokensFor(
    agreement: string,
    identifier: SubjectIdentifier,
  ): Promise<readonly { fiscalYear: number; token: string }[]>;
}

/** What the sealed box of a draft hides under which key; the header that is bound to it. */
export type BoundHeader = EventHeader;

/** A destroyed key was asked for. */
export class KeyGone extends Error {
  readonly code = 'key-gone';
  constructor(readonly key: string) {
    super(`key ${key} is destroyed`);
    this.name = 'KeyGone';
  }
}

/** A sealed field does not open under its key: altered, moved to another event, or another field. */
export class SealBroken extends Error {
  readonly code = 'seal-broken';
  constructor(
    readonly event: string,
    readonly field: string,
  ) {
    super(`the seal of ${field} in event ${event} is broken`);
    this.name = 'SealBroken';
  }
}

/** A fencing token older than the key store has seen: its holder lost the lease, somebody else destroys now. */
export class StaleFence extends Error {
  readonly code = 'stale-fence';
  constructor(
    readonly fence: number,
    readonly seen: number,
  ) {
    super(`fencing token ${fence} is older than ${seen}, which the key store has seen`);
    this.name = 'StaleFence';
  }
}

/** The key store cannot be read or written (locked root, missing root key file, disk full). */
export class VaultUnavailable extends Error {
  readonly code = 'vault-unavailable';
  /** The message for whoever can mend it, apart by language; null where there is the English one only. */
  readonly told: { readonly ja: string; readonly en: string } | null;
  constructor(message: string | { readonly ja: string; readonly en: string }, options?: ErrorOptions) {
    super(typeof message === 'string' ? message : `${message.ja}\n${message.en}`, options);
    this.name = 'VaultUnavailable';
    this.told = typeof message === 'string' ? null : message;
  }
}

export type KeyKind = 'cohort' | 'trail' | 'subject' | 'person' | 'append';

/** What a destruction run did (decision 10): the keys are `unreadable`; old copies are `unrecoverable` once the old root is gone. */
export interface Destruction {
  /** Ids asked for that are now gone, whether this call or an earlier one destroyed them. */
  readonly destroyed: readonly string[];
  /** The key store's generation after the destruction; processes that have seen it hold none of the keys. */
  readonly generation: number;
}

/**
 * Custody: makes, counts and destroys keys. Every call takes the key store's lock; every step can be repeated
 * (decision 12). Only the worker destroys.
 */
export interface KeyCustody {
  /** Makes the keys that are missing; returns those that were made now. */
  ensure(kind: KeyKind, ids: readonly string[]): Promise<readonly string[]>;
  /** Ids of the living keys of a kind, ascending. */
  living(kind: KeyKind): Promise<readonly string[]>;
  /**
   * Destroys keys: rows deleted (secure_delete), journal truncated, generation raised, then read back.
   * `fence` is the caller's fencing token: a call with an older token than the store has seen throws `StaleFence`.
   * An id that never had a key is entombed as well, so that none is made later. The append key is never destroyed.
   */
  destroy(kind: KeyKind, ids: readonly string[], fence: number): Promise<Destruction>;
  /**
   * Re-wraps the survivors under a fresh root (epoch n+1), makes that durable, then destroys root n.
   * Safe to call again after a crash anywhere inside: finishes what is left.
   */
  rotateRoot(fence: number): Promise<{ epoch: number; destroyedEpoch: number | null }>;
  /** The epoch whose root wraps the keys now, and the epochs whose roots are still there. */
  epochs(): Promise<{ current: number; roots: readonly number[] }>;
  generation(): Promise<number>;
  /** The highest fencing token that has destroyed or rotated; 0 before any. A worker's lease must begin above it. */
  highestFence(): Promise<number>;
  /**
   * Reads back that a key is gone: its row, its cache, and (when `epoch` is given) that no root of that epoch or an
   * older one exists. False for a key that was never there and has no tombstone: nobody destroyed it.
   */
  isGone(kind: KeyKind, id: string, epoch?: number): Promise<boolean>;
  /**
   * The processes that hold cached keys have each seen `generation` (those whose heartbeat is older than
   * `staleMs` of real time are dead). Each process reports by `heartbeat`.
   */
  droppedEverywhere(generation: number, staleMs: number): Promise<boolean>;
  heartbeat(): Promise<void>;
  /** 32 bytes of HMAC key for the event store (decision 7). */
  appendKey(): Promise<Buffer>;
  close(): Promise<void>;
}

export type Vault = Sealer & Opener & SubjectTokens & KeyCustody;
