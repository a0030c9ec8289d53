/**
 * The messages on the provider link, as they are on the wire (MESSAGE-FORMAT.md): what is inside the JWE.
 * Field names here are the wire's; both the client and the simulator are written against these types.
 */
import { validate, version } from 'uuid';
import type { EmptyOutcome, IdentityRecord, Purpose, Question } from '#domain';

/** Path of the online search below the provider's address; `POST`, one message in, one message out. */
export const INQUIRY_PATH = 'inquiries';

/** Media type of a compact JWE (RFC 7515, 9.2.1). */
export const MESSAGE_MEDIA_TYPE = 'application/jose';

/** The largest HTTP body of a message, in bytes (decision 23). */
export const MAX_MESSAGE_BYTES = 32_768;

/** The most records an answer may carry; above it the outcome is `too-many` (decision 23). */
export const MAX_RECORDS = 20;

/** How far `iat` may be from the reader's clock, in milliseconds, unless configured otherwise. */
export const FRESHNESS_MS = 60_000;

/** The protected header's `typ`: which way a message goes, so that none can be turned round. */
export type MessageType = 'kiroku-inquiry' | 'kiroku-answer';

/** What every message says of itself. */
export interface MessageClaims {
  /** UUIDv7 of the message; never used twice. */
  readonly jti: string;
  /** When it was made: whole seconds since the epoch, real time (RFC 7519 NumericDate). */
  readonly iat: number;
}

/** A question, recipient to provider. */
export interface InquiryClaims extends MessageClaims {
  /** The inquiry's UUIDv7; the same in a retried message, whose `jti` is new. */
  readonly inquiry: string;
  readonly agreement: string;
  readonly purpose: Purpose;
  readonly question: Question;
}

/** What the provider may answer with; `provider-unavailable` is only ever the client's own word. */
export type EmptyWireOutcome = Exclude<EmptyOutcome, 'provider-unavailable'>;

export type AnswerBody =
  | { readonly outcome: 'found' | 'several'; readonly records: readonly IdentityRecord[] }
  | { readonly outcome: 'too-many'; readonly count: number }
  | { readonly outcome: Exclude<EmptyWireOutcome, 'too-many'> };

/** An answer, provider to recipient. */
export interface AnswerClaims extends MessageClaims {
  /** `jti` of the message that is answered. */
  readonly in_reply_to: string;
  readonly inquiry: string;
  readonly answer: AnswerBody;
}

export const isMessageId = (value: unknown): value is string =>
  typeof value === 'string' && validate(value) && version(value) === 7;

/** Seconds since the epoch, for `iat`. */
export const issuedAt = (nowMs: number): number => Math.floor(nowMs / 1000);

export const isIssuedAt = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
