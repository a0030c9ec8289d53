/** The strict reading of a question, for the provider's side of the link (the simulator). */
import { foldText, isBirthDate, isPurpose, isResidentCode, isWellFormedText } from '#domain';
import type { Question } from '#domain';
import { isIssuedAt, isMessageId, type InquiryClaims, type MessageClaims } from './message.js';

/** A question whose envelope is in order; `body` is null when the rest is malformed, which deserves an answer. */
export interface InquiryEnvelope extends MessageClaims {
  readonly inquiry: string;
  readonly body: Pick<InquiryClaims, 'agreement' | 'purpose' | 'question'> | null;
}

type Fields = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const hasOnly = (value: Fields, allowed: readonly string[]): boolean =>
  Object.keys(value).every((field) => allowed.includes(field));

/** Reads the claims of an inquiry message; null when it cannot even be answered. */
export function parseInquiry(claims: unknown): InquiryEnvelope | null {
  if (!isObject(claims)) return null;
  const { jti, iat, inquiry } = claims;
  if (!isMessageId(jti) || !isIssuedAt(iat) || !isMessageId(inquiry)) return null;
  return { jti, iat, inquiry, body: parseBody(claims) };
}

function parseBody(claims: Fields): InquiryEnvelope['body'] {
  const { agreement, purpose } = claims;
  const question = parseQuestion(claims['question']);
  if (!hasOnly(claims, ['jti', 'iat', 'inquiry', 'agreement', 'purpose', 'question'])) return null;
  if (!isWellFormedText(agreement) || agreement === '' || !isPurpose(purpose) || !question) return null;
  return { agreement, purpose, question };
}

/** By resident code; or by name with at least one of birth date and address. Null for anything else. */
export function parseQuestion(value: unknown): Question | null {
  if (!isObject(value)) return null;
  return Object.hasOwn(value, 'residentCode') ? parseByCode(value) : parseByName(value);
}

function parseByCode(value: Fields): Question | null {
  const { residentCode } = value;
  return hasOnly(value, ['residentCode']) && isResidentCode(residentCode) ? { residentCode } : null;
}

function parseByName(value: Fields): Question | null {
  const { name, birthDate, address, prefix } = value;
  if (!hasOnly(value, ['name', 'birthDate', 'address', 'prefix'])) return null;
  if (!isSearchText(name) || (birthDate === undefined && address === undefined)) return null;
  if (birthDate !== undefined && !isBirthDate(birthDate)) return null;
  if (address !== undefined && !isSearchText(address)) return null;
  if (prefix !== undefined && typeof prefix !== 'boolean') return null;
  return {
    name,
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(address === undefined ? {} : { address }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

/** Text that something is left of after folding: a name of spaces would match everybody. */
const isSearchText = (value: unknown): value is string => isWellFormedText(value) && foldText(value) !== '';
