/**
 * A search of the trail as a tree: what a query means, however it was typed. docs/query-language.md is the page for
 * those who type it.
 *
 * The tree is in one form only (*canonical*): an `and` or `or` has two parts or more and holds none of its own kind
 * directly, and a `not` never negates a `not`. `allOf`, `anyOf` and `not` keep to it; the parser uses nothing else.
 */
import type { TokyoMoment } from './query-time.js';

/** Fields that are compared as a whole. */
export const exactFields = [
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
] as const;
export type ExactField = (typeof exactFields)[number];

export type Term =
  /** The field is this. Of `purpose` an affair without its step (`rtva-59-1`) stands for all of its steps. */
  | { readonly kind: 'is'; readonly field: ExactField; readonly value: string }
  /** The field begins with this. */
  | { readonly kind: 'begins'; readonly field: 'case'; readonly value: string }
  /** Business time between two moments of Tokyo, both wholly inside; null where it is open. Never null on both sides. */
  | { readonly kind: 'at'; readonly from: TokyoMoment | null; readonly through: TokyoMoment | null }
  /** The event is of an inquiry that no case explains. */
  | { readonly kind: 'has'; readonly what: 'no-case' }
  /** A sealed reason, note or description holds this, folded as `foldText` folds. */
  | { readonly kind: 'text'; readonly value: string };

export type Query =
  | Term
  | { readonly kind: 'not'; readonly of: Query }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] };

type Several = Extract<Query, { kind: 'and' | 'or' }>;

function join(kind: Several['kind'], parts: readonly Query[]): Query {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  if (!only) throw new RangeError('a query of no parts');
  return flat.length === 1 ? only : { kind, parts: flat };
}

/** Every one of these holds. RangeError for none at all: that would be every event there is. */
export const allOf = (parts: readonly Query[]): Query => join('and', parts);

/** At least one of these holds. RangeError for none at all: that would be no event. */
export const anyOf = (parts: readonly Query[]): Query => join('or', parts);

/** This does not hold. */
export const not = (query: Query): Query => (query.kind === 'not' ? query.of : { kind: 'not', of: query });

/** The terms of a query, in the order in which they are printed. */
export function termsOfQuery(query: Query): readonly Term[] {
  switch (query.kind) {
    case 'and':
    case 'or':
      return query.parts.flatMap(termsOfQuery);
    case 'not':
      return termsOfQuery(query.of);
    default:
      return [query];
  }
}
