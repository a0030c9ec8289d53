import { type Query, termsOfQuery } from './query.js';
import { isWithin, tokyoBounds } from './query-time.js';

/**
 * Whether an event that happens at `now` or later may be meant by a query, as far as its `at:` terms tell: whatever else
 * it asks may hold or not. Between the bounds of its periods nothing changes, so these and `now` are all there is to try.
 */
export function mayMatchFrom(query: Query, now: string): boolean {
  const bounds = termsOfQuery(query).flatMap((term) => {
    if (term.kind !== 'at') return [];
    const { from, until } = tokyoBounds(term.from, term.through);
    return [from, until].filter((bound) => bound !== null);
  });
  return [now, ...bounds.filter((bound) => bound > now)].some((at) => mayBe(true, query, at));
}

/** Whether a query may have this value for some event of that moment. */
function mayBe(value: boolean, query: Query, at: string): boolean {
  switch (query.kind) {
    case 'and':
    case 'or': {
      const allNeeded = (query.kind === 'and') === value;
      const parts = query.parts.map((part) => mayBe(value, part, at));
      return allNeeded ? parts.every(Boolean) : parts.some(Boolean);
    }
    case 'not':
      return mayBe(!value, query.of, at);
    case 'at':
      return isWithin(at, tokyoBounds(query.from, query.through)) === value;
    default:
      return true;
  }
}
