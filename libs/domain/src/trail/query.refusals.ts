import type { Refusal } from '../kernel/decision.js';

/** Every reason for which a query is refused; docs/problems.md explains each. */
export const queryRefusals = [
  'query-empty',
  'query-malformed',
  'query-too-long',
  'query-too-deep',
  'query-too-many-terms',
  'query-quote-open',
  'query-escape-unknown',
  'query-character-unexpected',
  'query-parentheses-unbalanced',
  'query-term-missing',
  'query-field-missing',
  'query-field-unknown',
  'query-value-missing',
  'query-value-malformed',
  'query-value-unlisted',
  'query-prefix-not-allowed',
  'query-range-malformed',
  'query-range-backwards',
  'query-text-unbounded',
  'identifier-in-query',
] as const;
export type QueryRefusalCode = (typeof queryRefusals)[number];

/** Where a query is wrong. What was typed there is not repeated: refusals travel to logs (decision 20). */
export interface QueryRefusal extends Refusal<QueryRefusalCode> {
  readonly field: 'query';
  /** Offset in the text as typed, in code points, from 0; the text's length where something is missing at its end. */
  readonly at: number;
  /** How many code points the faulty part has; 0 where something is missing. */
  readonly length: number;
}

export const because = (code: QueryRefusalCode, at: number, length: number): QueryRefusal => ({
  code,
  field: 'query',
  at,
  length,
});

/** Carries a refusal out of the parser; `readQuery` catches it, and nothing else ever sees one. */
export class QueryFault extends Error {
  constructor(readonly refusal: QueryRefusal) {
    super(refusal.code);
  }
}

export function fault(code: QueryRefusalCode, at: number, length = 0): never {
  throw new QueryFault(because(code, at, length));
}
