/**
 * Identity information (本人確認情報) and the questions that ask for it. Text is kept in the register's own
 * code points, variation selectors and private-use characters included, byte for byte; folding is for
 * matching only, never for evidence.
 */

/** 1 male, 2 female; unknown is possible. */
export type Sex = '1' | '2' | 'unknown';

/**
 * A birth date with parts that may be unknown (不詳): `1961-04-??`, `19??-??-??`, `????-??-??`. Western calendar.
 * Months are 01 to 12 and days 01 to 31; whether a month has the day is not asked, because old entries hold days
 * that no calendar has, and a register is quoted, not corrected.
 */
export type BirthDate = string;
const BIRTH_DATE = /^(?:\d{4}|\d{2}\?\?|\?{4})-(?:0[1-9]|1[0-2]|\?\?)-(?:0[1-9]|[12]\d|3[01]|\?\?)$/;
export const isBirthDate = (value: unknown): value is BirthDate =>
  typeof value === 'string' && BIRTH_DATE.test(value);
/** Whether every part of the date is known. */
export const isCompleteBirthDate = (value: BirthDate): boolean => !value.includes('?');
/** Whether a whole year, month or day is known; a century alone says nothing about a person. */
export const hasKnownPart = (value: BirthDate): boolean =>
  value.split('-').some((part) => !part.includes('?'));

/** One record of the register, as supplied. */
export interface IdentityRecord {
  readonly residentCode: string;
  readonly name: string;
  readonly birthDate: BirthDate;
  readonly sex: Sex;
  readonly address: string;
  /** Code of the last change (異動事由) from the configured list, or null. */
  readonly changeReason: string | null;
  /** Day of the last change, or null. */
  readonly changedOn: string | null;
}

/** By resident code; or by name with at least one of birth date and address. */
export type Question =
  | { readonly residentCode: string }
  | {
      readonly name: string;
      readonly birthDate?: BirthDate;
      readonly address?: string;
      readonly prefix?: boolean;
    };

/**
 * What identifies a resident for later searches of the trail (decision 14): a resident code, or a complete
 * name with a complete birth date. Becomes a keyed token in the vault; never stored as such.
 */
export type SubjectIdentifier =
  | { readonly kind: 'resident-code'; readonly value: string }
  | { readonly kind: 'name-birth-date'; readonly value: string };

/** The version of the folding below; part of every token, so that a better folding can live beside this one. */
export const FOLD_VERSION = 1;

/** Folds text for matching: NFKC, katakana for hiragana, no spaces, no variation selectors. */
export const foldText = (text: string): string =>
  text
    .replace(/[\uFE00-\uFE0F]|[\u{E0100}-\u{E01EF}]/gu, '')
    .normalize('NFKC')
    .replace(/[\u3041-\u3096]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .replace(/\s+/gu, '')
    .toUpperCase();

export const byResidentCode = (code: string): SubjectIdentifier => ({ kind: 'resident-code', value: code });

export const byNameAndBirthDate = (name: string, birthDate: BirthDate): SubjectIdentifier => ({
  kind: 'name-birth-date',
  value: `${foldText(name)}\u001F${birthDate}`,
});

/** The identifiers under which a record can be found again: always its code, and name with birth date if complete. */
export const subjectsOfRecord = (record: IdentityRecord): SubjectIdentifier[] => [
  byResidentCode(record.residentCode),
  ...(isCompleteBirthDate(record.birthDate) ? [byNameAndBirthDate(record.name, record.birthDate)] : []),
];

/** The identifiers that a question itself names; none for a name without a complete birth date, or a prefix. */
export function subjectsOfQuestion(question: Question): SubjectIdentifier[] {
  if ('residentCode' in question) return [byResidentCode(question.residentCode)];
  if (question.prefix || !question.birthDate || !isCompleteBirthDate(question.birthDate)) return [];
  return [byNameAndBirthDate(question.name, question.birthDate)];
}

const CODE_WEIGHTS = [2, 3, 4, 5, 6, 7, 2, 3, 4, 5] as const;
const NUMBER_WEIGHTS = [2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6] as const;

/** The check digit over `digits`, weights counted from the right: r = Σ mod 11; r ≤ 1 → 0, else 11 − r. */
function checkDigit(digits: string, weights: readonly number[]): number {
  const sum = weights.reduce(
    (total, weight, index) => total + weight * Number(digits[digits.length - 1 - index]),
    0,
  );
  const rest = sum % 11;
  return rest <= 1 ? 0 : 11 - rest;
}

/** A resident code (住民票コード): 11 digits as text, the last a check digit. */
export const isResidentCode = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{11}$/.test(value) &&
  checkDigit(value.slice(0, 10), CODE_WEIGHTS) === Number(value[10]);

/** Completes ten digits to a resident code. */
export const residentCodeFrom = (tenDigits: string): string =>
  `${tenDigits}${checkDigit(tenDigits, CODE_WEIGHTS)}`;

/** An individual number (個人番号): 12 digits, the last a check digit. This agreement does not allow it anywhere. */
export const isIndividualNumber = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^\d{12}$/.test(value) &&
  checkDigit(value.slice(0, 11), NUMBER_WEIGHTS) === Number(value[11]);

/** What people put between digits: spaces, hyphens and dashes, the minus sign, the long-vowel mark, dots. */
const BETWEEN_DIGITS = '[\\s\\p{Cc}\\p{Pd}\\u2212\\u30FC._・]';
const SEPARATORS = new RegExp(BETWEEN_DIGITS, 'gu');
/** Twelve digits, in one run or as printed on the card in three groups of four. */
const TWELVE_DIGITS = new RegExp(
  `(?<!\\d)\\d{4}${BETWEEN_DIGITS}?\\d{4}${BETWEEN_DIGITS}?\\d{4}(?!\\d)`,
  'gu',
);

/** What nobody sees between digits: format characters (zero-width spaces and joiners), marks, variation selectors. */
const UNSEEN = /[\p{Cf}\p{M}]/gu;
const seen = (text: string): string =>
  text.normalize('NFKC').replace(UNSEEN, '').replace(OTHER_DIGITS, western);

/** Digits of other scripts; in Unicode they stand in tens, each from its zero on, some tens beside each other. */
const OTHER_DIGITS = /[^\P{Nd}0-9]/gu;
const DIGIT = /\p{Nd}/u;
function western(digit: string): string {
  const point = digit.codePointAt(0) as number;
  let first = point;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((point - first) % 10);
}

/**
 * Whether an individual number stands anywhere in a text: full-width, grouped as on the card among other words, or
 * by itself with anything between its digits.
 */
export function holdsIndividualNumber(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const text = seen(value);
  return [text, ...(text.match(TWELVE_DIGITS) ?? [])].some((part) =>
    isIndividualNumber(part.replace(SEPARATORS, '')),
  );
}

/** Groups of digits, with at most three characters between two of them that are no letters. */
const GROUPED_DIGITS = /\d+(?:[\s\p{Cc}\p{P}\p{S}\u30FC]{1,3}\d+)*/gu;
const KANJI_DIGITS = '〇一二三四五六七八九';
const inWestern = (text: string): string =>
  text.replace(/[〇零一二三四五六七八九]/g, (digit) => String(Math.max(0, KANJI_DIGITS.indexOf(digit))));
const LONGEST_IDENTIFIER = 12;

/**
 * Whether a resident code or an individual number stands anywhere in a text, in digits of any script, those of kanji
 * included, and in groups with at most three spaces, signs or marks of punctuation between two of them: no such text may
 * stand in a clear field. Words between the digits hide it. A number of eleven digits that is something else fits the check
 * digit by chance one time in eleven; in a clear field that price is paid.
 */
export function holdsIdentifier(text: string): boolean {
  const found = inWestern(seen(text)).match(GROUPED_DIGITS) ?? [];
  return found.some((run) => groupsHoldIdentifier(run.match(/\d+/g) ?? []));
}

/** Whether some groups that follow each other make up an identifier. */
const groupsHoldIdentifier = (groups: readonly string[]): boolean =>
  groups.some((_, first) => {
    let digits = '';
    for (const group of groups.slice(first, first + LONGEST_IDENTIFIER)) {
      digits += group;
      if (digits.length > LONGEST_IDENTIFIER) return false;
      if (isResidentCode(digits) || isIndividualNumber(digits)) return true;
    }
    return false;
  });

/** Text without lone surrogates: anything else is malformed, and canonical JSON could not hold it. */
export const isWellFormedText = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed();
