import type { Refusal } from '../kernel/decision.js';
import {
  hasKnownPart,
  holdsIndividualNumber,
  isBirthDate,
  isResidentCode,
  type Question,
} from '../kernel/identity.js';
import { isPlainText } from '../kernel/text.js';

/** A question as somebody typed it: any of the fields, of any form. The edge has only checked that they are text. */
export interface AskedQuestion {
  readonly residentCode?: string;
  readonly individualNumber?: string;
  readonly name?: string;
  readonly birthDate?: string;
  readonly address?: string;
  readonly prefix?: boolean;
}

/** The longest name or address the provider's message format carries, in code points. */
const MAX_TEXT = 200;

const isText = (value: string | undefined): value is string => isPlainText(value, MAX_TEXT);

const malformed = (field: string): Refusal => ({ code: 'question-malformed', field: `question.${field}` });

const FIELDS: readonly string[] = [
  'residentCode',
  'individualNumber',
  'name',
  'birthDate',
  'address',
  'prefix',
];

/** Names the field of a refusal; a name that somebody made up is not repeated (decision 20). */
const nameOf = (field: string): string => (FIELDS.includes(field) ? `question.${field}` : 'question');

/**
 * The question, or everything that is wrong with it. By resident code alone; or by name with at least one of birth
 * date and address (DOMAIN, "Inquiry forms"). An individual number is refused wherever it was typed. A birth date
 * of which nothing is known narrows nothing, so it does not stand in for an address.
 */
export function readQuestion(
  asked: AskedQuestion,
): { readonly question: Question } | { readonly refusals: readonly Refusal[] } {
  const numbers = Object.entries(asked).filter(
    ([field, value]) => field === 'individualNumber' || holdsIndividualNumber(value),
  );
  if (numbers.length) {
    return {
      refusals: numbers.map(([field]) => ({
        code: 'individual-number-not-allowed',
        field: nameOf(field),
      })),
    };
  }
  return asked.residentCode === undefined ? readByName(asked) : readByCode(asked, asked.residentCode);
}

function readByCode(asked: AskedQuestion, residentCode: string): ReturnType<typeof readQuestion> {
  const extra = (['name', 'birthDate', 'address', 'prefix'] as const).filter(
    (field) => asked[field] !== undefined,
  );
  const refusals = extra.map(malformed);
  if (!/^\d{11}$/.test(residentCode)) refusals.push(malformed('residentCode'));
  else if (!isResidentCode(residentCode))
    refusals.push({ code: 'check-digit-wrong', field: 'question.residentCode' });
  return refusals.length ? { refusals } : { question: { residentCode } };
}

function readByName(asked: AskedQuestion): ReturnType<typeof readQuestion> {
  const { name, birthDate, address, prefix } = asked;
  const wrong: string[] = [];
  if (!isText(name)) wrong.push('name');
  if (birthDate === undefined && address === undefined) wrong.push('birthDate', 'address');
  if (
    birthDate !== undefined &&
    (!isBirthDate(birthDate) || (address === undefined && !hasKnownPart(birthDate)))
  )
    wrong.push('birthDate');
  if (address !== undefined && !isText(address)) wrong.push('address');
  if (wrong.length || name === undefined) return { refusals: wrong.map(malformed) };
  return {
    question: {
      name,
      ...(birthDate === undefined ? {} : { birthDate }),
      ...(address === undefined ? {} : { address }),
      ...(prefix ? { prefix } : {}),
    },
  };
}

/** Whether two questions are the same, code point for code point (decision 18: a repeat must ask the same). */
export function sameQuestion(a: Question, b: Question): boolean {
  const fields = (question: Question): string =>
    JSON.stringify(Object.entries(question).sort(([left], [right]) => (left < right ? -1 : 1)));
  return fields(a) === fields(b);
}
