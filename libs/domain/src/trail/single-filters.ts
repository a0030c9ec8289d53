import type { Refusal } from '../kernel/decision.js';
import type { ExactField } from './query.js';
import type { QueryRefusalCode } from './query.refusals.js';
import { faultOfValue } from './query-fields.js';
import { holdsIdentifierBesidesIds } from './query-identifiers.js';

/** The filters that a search may have beside its query, each of one field, by the field of the language that it is. */
const fieldOfFilter = {
  operator: 'operator',
  terminal: 'terminal',
  purpose: 'purpose',
  outcome: 'outcome',
  type: 'type',
  caseReference: 'case',
} as const satisfies Readonly<Record<string, ExactField>>;
type FilterName = keyof typeof fieldOfFilter;

export type SingleFilters = { readonly [name in FilterName]?: string };

/**
 * What is wrong with the filters beside a query: what would be wrong with the same term inside it, under the name of the
 * filter. A value that nothing can have would find nothing, and look like an answer; a resident code has a field of its own.
 */
export const filterFaults = (filters: SingleFilters): readonly Refusal<QueryRefusalCode>[] =>
  (Object.keys(fieldOfFilter) as FilterName[]).flatMap((field) => {
    const value = filters[field];
    const code = value === undefined ? null : faultOf(fieldOfFilter[field], value);
    return code === null ? [] : [{ code, field }];
  });

function faultOf(field: ExactField, value: string): QueryRefusalCode | null {
  if (holdsIdentifierBesidesIds(value)) return 'identifier-in-query';
  return value.trim() === '' ? 'query-value-missing' : faultOfValue(field, value);
}
