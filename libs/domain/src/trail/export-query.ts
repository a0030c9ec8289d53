import { type SearchedRow, matchesQuery } from './query-meaning.js';
import { type Query, termsOfQuery } from './query.js';
import { typesWithText } from './searched-texts.js';

/** Whether a query looks for sealed words: who has no key can then tell of a row that it may match, and never that it does. */
export const looksForWords = (query: Query): boolean =>
  termsOfQuery(query).some(({ kind }) => kind === 'text');

/**
 * Whether an event may be meant by a query, as far as somebody can tell who opens nothing: exactly `matchesQuery` where
 * the query looks for no words. Otherwise true for every event that may match. Never false for one that does.
 */
export function mayMatchQuery(query: Query, row: Omit<SearchedRow, 'texts'>, negated = false): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => mayMatchQuery(part, row, negated));
    case 'or':
      return query.parts.some((part) => mayMatchQuery(part, row, negated));
    case 'not':
      return !mayMatchQuery(query.of, row, !negated);
    case 'text':
      return !negated && typesWithText.includes(row.type);
    default:
      return matchesQuery(query, { ...row, texts: [] });
  }
}
