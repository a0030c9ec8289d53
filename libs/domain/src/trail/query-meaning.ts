import { assertNever } from '../kernel/decision.js';
import { foldText } from '../kernel/identity.js';
import { affairOf } from '../kernel/purpose.js';
import type { ExactField, Query, Term } from './query.js';
import { hull, isWithin, overlap, type TimeBounds, tokyoBounds, unbounded } from './query-time.js';

/**
 * An event of the trail with everything that a query can ask of it. What the event does not say of itself (grant,
 * purpose, case and outcome of its inquiry; the unit of its operator) is as known when it happened.
 */
export interface SearchedRow {
  readonly type: string;
  /** Business time, UTC ISO 8601 with milliseconds. */
  readonly at: string;
  readonly agreement: string;
  readonly operator: string | null;
  /** Organisational unit of the operator. */
  readonly unit: string | null;
  readonly terminal: string | null;
  readonly session: string | null;
  readonly grant: string | null;
  readonly purpose: string | null;
  readonly outcome: string | null;
  /** Codes for which the event says no; empty for most. */
  readonly refusals: readonly string[];
  readonly caseReference: string | null;
  /** Whether a case of the agency answers to the reference; null where nobody knows. */
  readonly caseMatches: boolean | null;
  readonly inquiry: string | null;
  /** Reasons, notes and descriptions of the event, opened; empty where there are none or their key is gone. */
  readonly texts: readonly string[];
}

/**
 * Whether an event is meant by a query: the meaning that every faster search is held to. Two-valued: a field that an
 * event does not have is not equal to anything, so `-terminal:t-3` also finds what happened at no terminal.
 */
export function matchesQuery(query: Query, row: SearchedRow): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => matchesQuery(part, row));
    case 'or':
      return query.parts.some((part) => matchesQuery(part, row));
    case 'not':
      return !matchesQuery(query.of, row);
    default:
      return termMatches(query, row);
  }
}

function termMatches(term: Term, row: SearchedRow): boolean {
  switch (term.kind) {
    case 'is':
      return fieldIs(term.field, term.value, row);
    case 'begins':
      return row.caseReference?.startsWith(term.value) ?? false;
    case 'at':
      return isWithin(row.at, tokyoBounds(term.from, term.through));
    case 'has':
      return isWithoutCase(row);
    case 'text': {
      const sought = foldText(term.value);
      return row.texts.some((text) => foldText(text).includes(sought));
    }
    default:
      return assertNever(term);
  }
}

function fieldIs(field: ExactField, value: string, row: SearchedRow): boolean {
  switch (field) {
    case 'organisation':
      return row.unit === value;
    case 'case':
      return row.caseReference === value;
    case 'refusal':
      return row.refusals.includes(value);
    case 'purpose':
      return row.purpose !== null && (row.purpose === value || affairOf(row.purpose) === value);
    default:
      return row[field] === value;
  }
}

/** Of an inquiry that named no case in the agreement's form, or one that the agency does not have. */
const isWithoutCase = ({ inquiry, caseReference, caseMatches }: SearchedRow): boolean =>
  inquiry !== null && (caseReference === null || caseMatches === false);

/**
 * A period outside of which nothing can match; never too short. What is negated bounds nothing here, and of several
 * alternatives the longest stretch counts.
 */
export function periodOfQuery(query: Query): TimeBounds {
  switch (query.kind) {
    case 'at':
      return tokyoBounds(query.from, query.through);
    case 'and':
      return query.parts.map(periodOfQuery).reduce(overlap);
    case 'or':
      return query.parts.map(periodOfQuery).reduce(hull);
    default:
      return unbounded;
  }
}
