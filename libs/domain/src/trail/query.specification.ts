import { purposes } from '../kernel/purpose.js';
import { allOf, anyOf, not, type Query, type Term } from './query.js';
import { searchedOutcomes } from './query-fields.js';
import type { SearchedRow } from './query-meaning.js';

/** Queries and rows at random, for the specifications here and for whoever holds a faster search to the meaning. */

/** Whole numbers from 0 to below `n`. */
export type Pick = (n: number) => number;

/** Park–Miller: the same numbers in every run. */
export function seededPick(seed: number): Pick {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

const of = <T>(pick: Pick, values: readonly T[]): T => values[pick(values.length)] as T;

/** What rows and queries both draw from, so that they meet. */
const drawn = {
  operator: ['o-1', 'o-2', 'o-3', 'o*(4)"'],
  organisation: ['inspection-1', 'inspection-2'],
  terminal: ['t-1', 't-2', 't-3'],
  session: ['s-1', 's-2'],
  grant: ['g-1', 'g-2'],
  purpose: purposes.slice(0, 5),
  outcome: searchedOutcomes,
  type: ['InquiryReceived', 'InformationProvided', 'NothingProvided', 'InquiryRefused', 'SignedIn'],
  refusal: ['grant-missing', 'grant-expired', 'out-of-hours'],
  case: ['SK-2026-1', 'SK-2026-17', 'SK-2025-1', '検査 第１号', '申請"二"', 'a\\b「c」'],
  inquiry: ['i-1', 'i-2', 'i-3'],
  agreement: ['agr-1', 'agr-2'],
} as const;

const texts = ['苦情の調査', '窓口での申請', 'カナ と かな', 'he said "no" \\ 「yes」', 'ＡＢＣ'] as const;
const moments = [
  '2026',
  '2026-04',
  '2026-05',
  '2026-04-30',
  '2026-05-01',
  '2026-05-01T09',
  '2026-05-01T09:30',
];

/** One term; none of `text:` unless asked for, because text needs a bounded period around it. */
export function randomTerm(pick: Pick, withText = false): Term {
  switch (pick(withText ? 8 : 7)) {
    case 0:
      return { kind: 'begins', field: 'case', value: of(pick, ['SK-', 'SK-2026', '検査 第', '申請"']) };
    case 1: {
      const [from = '', through = ''] = [of(pick, moments), of(pick, moments)].sort();
      const open = pick(4);
      return { kind: 'at', from: open === 0 ? null : from, through: open === 1 ? null : through };
    }
    case 2:
      return { kind: 'has', what: 'no-case' };
    case 7:
      return { kind: 'text', value: of(pick, texts) };
    default: {
      const field = of(pick, Object.keys(drawn) as (keyof typeof drawn)[]);
      const affair = field === 'purpose' && pick(3) === 0;
      return { kind: 'is', field, value: affair ? 'rtva-12-1' : of(pick, drawn[field]) };
    }
  }
}

/** A query of at most `depth` levels. */
export function randomQuery(pick: Pick, depth = 3, withText = false): Query {
  const part = (): Query => randomQuery(pick, depth - 1, withText);
  const parts = (): Query[] => Array.from({ length: 2 + pick(2) }, part);
  switch (depth === 0 ? 0 : pick(5)) {
    case 1:
      return allOf(parts());
    case 2:
      return anyOf(parts());
    case 3:
      return not(part());
    default:
      return randomTerm(pick, withText);
  }
}

/** An event as a search would see it; about one field in four is not there. */
export function randomRow(pick: Pick): SearchedRow {
  const maybe = <T>(values: readonly T[]): T | null => (pick(4) === 0 ? null : of(pick, values));
  return {
    type: of(pick, drawn.type),
    at: new Date(Date.parse('2026-04-29T00:00:00.000Z') + pick(4 * 86_400_000)).toISOString(),
    agreement: of(pick, drawn.agreement),
    operator: maybe(drawn.operator),
    unit: maybe(drawn.organisation),
    terminal: maybe(drawn.terminal),
    session: maybe(drawn.session),
    grant: maybe(drawn.grant),
    purpose: maybe(drawn.purpose),
    outcome: maybe(drawn.outcome),
    refusals: drawn.refusal.filter(() => pick(4) === 0),
    caseReference: maybe(drawn.case),
    caseMatches: maybe([true, false]),
    inquiry: maybe(drawn.inquiry),
    texts: texts.filter(() => pick(4) === 0),
  };
}
