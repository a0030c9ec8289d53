import { catalogue } from '../catalogue.js';
import { emptyOutcomes } from '../inquiries/inquiry.events.js';
import { foldText } from '../kernel/identity.js';
import { affairs, purposes } from '../kernel/purpose.js';
import { isFitForClear, isPlainText } from '../kernel/text.js';
import { recordedRefusals } from '../refusals.js';
import type { ExactField, Term } from './query.js';
import { fault, type QueryRefusalCode } from './query.refusals.js';
import { isEmpty, isTokyoMoment, tokyoBounds, type TokyoMoment } from './query-time.js';
import type { Token, TypedValue } from './query-tokens.js';

/** Outcomes that the trail knows: those of the provider, and the two that an inquiry has without it. */
export const searchedOutcomes = ['found', 'several', ...emptyOutcomes, 'refused', 'unknown'] as const;
export type SearchedOutcome = (typeof searchedOutcomes)[number];

/** The Japanese name under which an outcome may be typed as well. The canonical form has the English one. */
export const outcomeNames: Readonly<Record<SearchedOutcome, string>> = {
  found: '該当あり',
  several: '複数該当',
  'not-found': '該当なし',
  'too-many': '該当多数',
  'deleted-record': '消除',
  malformed: '形式不備',
  suspended: '提供停止',
  'out-of-hours': '提供時間外',
  'provider-unavailable': '提供者応答なし',
  refused: '拒否',
  unknown: '結果不明',
};
const outcomeOf: ReadonlyMap<string, SearchedOutcome> = new Map(
  searchedOutcomes.map((outcome) => [outcomeNames[outcome], outcome]),
);

export const fieldNames = [
  'operator',
  'organisation',
  'terminal',
  'session',
  'grant',
  'purpose',
  'outcome',
  'type',
  'refusal',
  'case',
  'inquiry',
  'agreement',
  'at',
  'has',
  'text',
] as const satisfies readonly (ExactField | 'at' | 'has' | 'text')[];
export type FieldName = (typeof fieldNames)[number];

/** The other names under which a field may be typed. The canonical form has the English one. */
export const fieldAliases: Readonly<Record<FieldName, readonly string[]>> = {
  operator: ['操作者'],
  organisation: ['organization', 'unit', '所属'],
  terminal: ['端末'],
  session: ['セッション'],
  grant: ['承認'],
  purpose: ['事務'],
  outcome: ['結果'],
  type: ['種別'],
  refusal: ['拒否理由'],
  case: ['案件'],
  inquiry: ['照会'],
  agreement: ['協定'],
  at: ['日時'],
  has: ['条件'],
  text: ['本文'],
};

const fieldOf: ReadonlyMap<string, FieldName> = new Map(
  fieldNames.flatMap((name) => [name, ...fieldAliases[name]].map((alias) => [alias, name] as const)),
);

/** The field that a name typed in lower case stands for. */
export const fieldNamed = (typed: string): FieldName | undefined => fieldOf.get(typed);

/** The longest text that is looked for in reasons, in code points. */
export const LONGEST_TEXT = 200;
const LONGEST_CASE = 64;

/** Ids of this system: visible ASCII. */
const ID = /^[\x21-\x7e]{1,64}$/;

type Check = (value: string) => QueryRefusalCode | null;

const formed =
  (holds: (value: string) => boolean): Check =>
  (value) =>
    holds(value) ? null : 'query-value-malformed';
/** A value of a closed list: one that is not on it would find nothing, and look like an answer. */
const listed =
  (values: readonly string[]): Check =>
  (value) =>
    values.includes(value) ? null : 'query-value-unlisted';

const id = formed((value) => ID.test(value));
const caseReference = formed((value) => isPlainText(value, LONGEST_CASE) && isFitForClear(value));

const checks: Readonly<Record<ExactField, Check>> = {
  operator: id,
  organisation: id,
  terminal: id,
  session: id,
  grant: id,
  purpose: listed([...purposes, ...affairs]),
  outcome: listed(searchedOutcomes),
  type: listed(Object.keys(catalogue)),
  refusal: (value) => (recordedRefusals.has(value) ? null : 'query-value-unlisted'),
  case: caseReference,
  inquiry: id,
  agreement: id,
};

/** Why nothing in the trail can have this value in this field; null where something can. In English names only. */
export const faultOfValue = (field: ExactField, value: string): QueryRefusalCode | null =>
  checks[field](value);

/** The term that a token stands for. Throws QueryFault. */
export function readTerm({ field: typed, value, at, length }: Extract<Token, { kind: 'term' }>): Term {
  const field = fieldNamed(typed);
  if (!field) fault('query-field-unknown', at, length);
  if (value.text.trim() === '') fault('query-value-missing', value.at, value.length);
  if (value.prefix && field !== 'case') fault('query-prefix-not-allowed', value.at + value.length - 1, 1);
  switch (field) {
    case 'at':
      return readRange(value);
    case 'has':
      if (value.text !== 'no-case' && value.text !== '案件なし')
        fault('query-value-unlisted', value.at, value.length);
      return { kind: 'has', what: 'no-case' };
    case 'text':
      if (!isPlainText(value.text, LONGEST_TEXT) || foldText(value.text) === '')
        fault('query-value-malformed', value.at, value.length);
      return { kind: 'text', value: value.text };
    default: {
      const meant = field === 'outcome' ? (outcomeOf.get(value.text) ?? value.text) : value.text;
      const wrong = faultOfValue(field, meant);
      if (wrong) fault(wrong, value.at, value.length);
      return value.prefix && field === 'case'
        ? { kind: 'begins', field, value: meant }
        : { kind: 'is', field, value: meant };
    }
  }
}

/** `A`, `A..B`, `A..` or `..B`, each a moment of Tokyo; the last is inside with all of its length. */
function readRange({ text, at, length }: TypedValue): Term {
  const [from = '', through = from, ...more] = text.split('..');
  const moment = (part: string): TokyoMoment | null => {
    if (part === '') return null;
    return isTokyoMoment(part) ? part : fault('query-range-malformed', at, length);
  };
  const term: Term = { kind: 'at', from: moment(from), through: moment(through) };
  if (more.length > 0 || (term.from === null && term.through === null))
    fault('query-range-malformed', at, length);
  if (isEmpty(tokyoBounds(term.from, term.through))) fault('query-range-backwards', at, length);
  return term;
}
