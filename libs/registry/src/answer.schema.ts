/**
 * The strict reading of an answer: exactly the fields of MESSAGE-FORMAT.md, or nothing. Text is taken over in the
 * provider's own code points; nothing is trimmed, normalised or repaired.
 */
import { isBirthDate, isResidentCode, isTokyoDay, isWellFormedText } from '#domain';
import type { IdentityRecord, Question, Sex } from '#domain';
import { discarded, type Cleaned } from './individual-number.js';
import {
  isIssuedAt,
  isMessageId,
  MAX_RECORDS,
  type AnswerBody,
  type EmptyWireOutcome,
  type MessageClaims,
} from './message.js';

/** An answer whose envelope is in order and whose content has not been looked at. */
export interface AnswerEnvelope extends MessageClaims {
  readonly inReplyTo: string;
  readonly inquiry: string;
  readonly answer: Cleaned;
}

type Fields = { readonly [field: string]: Cleaned };

const CHANGE_REASON = /^[\w-]{1,16}$/;
const BARE_OUTCOMES: readonly Exclude<EmptyWireOutcome, 'too-many'>[] = [
  'not-found',
  'deleted-record',
  'malformed',
  'suspended',
  'out-of-hours',
];

const isObject = (value: Cleaned | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, if it has exactly these fields. */
function withExactly(value: Cleaned | undefined, fields: readonly string[]): Fields | null {
  if (!isObject(value)) return null;
  return Object.keys(value).length === fields.length && fields.every((field) => Object.hasOwn(value, field))
    ? value
    : null;
}

/** Reads the claims around the answer; null when they are not as the format says. */
export function parseEnvelope(claims: Cleaned): AnswerEnvelope | null {
  const fields = withExactly(claims, ['jti', 'iat', 'in_reply_to', 'inquiry', 'answer']);
  if (!fields) return null;
  const { jti, iat, in_reply_to: inReplyTo, inquiry, answer } = fields;
  if (!isMessageId(jti) || !isIssuedAt(iat) || !isMessageId(inReplyTo) || !isMessageId(inquiry)) return null;
  return answer === undefined ? null : { jti, iat, inReplyTo, inquiry, answer };
}

/**
 * Reads the answer itself; null when it is malformed: an unknown or missing field, a wrong check digit, a lone
 * surrogate, a number of records that does not fit the outcome, a record of somebody other than the code asked.
 * More than 20 records become `too-many`, and none of them is looked at (decision 23).
 */
export function parseAnswer(answer: Cleaned, question: Question): AnswerBody | null {
  if (!isObject(answer)) return null;
  const { outcome } = answer;
  if (outcome === 'found' || outcome === 'several') return parseSupplied(outcome, answer, question);
  if (outcome === 'too-many') return parseTooMany(answer);
  const bare = BARE_OUTCOMES.find((known) => known === outcome);
  return bare && withExactly(answer, ['outcome']) ? { outcome: bare } : null;
}

function parseTooMany(answer: Fields): AnswerBody | null {
  const count = withExactly(answer, ['outcome', 'count'])?.['count'];
  // A provider may stop earlier than we do, so two is already many; one or none is a contradiction.
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 2
    ? { outcome: 'too-many', count }
    : null;
}

function parseSupplied(outcome: 'found' | 'several', answer: Fields, question: Question): AnswerBody | null {
  const list = withExactly(answer, ['outcome', 'records'])?.['records'];
  if (!Array.isArray(list)) return null;
  if (list.length > MAX_RECORDS) return { outcome: 'too-many', count: list.length };
  if (outcome === 'found' ? list.length !== 1 : list.length < 2) return null;
  const records = list.map((item: Cleaned) => parseRecord(item));
  if (!records.every((record) => record !== null)) return null;
  const ours = records.every((record) => isAboutTheAsked(record, question));
  return ours ? { outcome, records } : null;
}

/** Data of somebody who was not asked about must not be disclosed, whoever mixed it up. */
const isAboutTheAsked = (record: IdentityRecord, question: Question): boolean =>
  !('residentCode' in question) || record.residentCode === question.residentCode;

const RECORD_FIELDS = ['residentCode', 'name', 'birthDate', 'sex', 'address', 'changeReason', 'changedOn'];

function parseRecord(value: Cleaned): IdentityRecord | null {
  const fields = withExactly(value, RECORD_FIELDS);
  if (!fields) return null;
  const { residentCode, birthDate, sex } = fields;
  const [name, address] = [text(fields['name']), text(fields['address'])];
  const changeReason = optional(fields['changeReason'], isChangeReason);
  const changedOn = optional(fields['changedOn'], isTokyoDay);
  if (!isResidentCode(residentCode) || !isBirthDate(birthDate) || !isSex(sex)) return null;
  if (name === undefined || address === undefined) return null;
  if (changeReason === undefined || changedOn === undefined) return null;
  return { residentCode, name, birthDate, sex, address, changeReason, changedOn };
}

const isSex = (value: Cleaned | undefined): value is Sex =>
  value === '1' || value === '2' || value === 'unknown';

const isChangeReason = (value: unknown): value is string =>
  typeof value === 'string' && CHANGE_REASON.test(value);

/** Text as it came; empty where an individual number was discarded; undefined where it is malformed. */
function text(value: Cleaned | undefined): string | undefined {
  if (value === discarded) return '';
  return isWellFormedText(value) && value !== '' ? value : undefined;
}

/** A value that may be null (also by having been discarded); undefined where it is malformed. */
function optional(
  value: Cleaned | undefined,
  accepts: (candidate: unknown) => candidate is string,
): string | null | undefined {
  if (value === null || value === discarded) return null;
  return accepts(value) ? value : undefined;
}
