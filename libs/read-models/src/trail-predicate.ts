import { sql, type RawBuilder, type SqlBool } from 'kysely';
import {
  affairOf,
  type ExactField,
  purposes,
  type Query,
  type Term,
  tokyoBounds,
  typesWithText,
} from '#domain';

/**
 * A query as a condition on a row of the trail, with the meaning of `matchesQuery` (docs/query-language.md).
 *
 * Two-valued: no part of it is ever null, so NOT needs no care. And it hides every column from the planner, by
 * appending nothing to it: SQLite has neither statistics here nor bitmap-AND, and left alone may walk all rows of an
 * operator to find one refusal (TOOLCHAIN, last lines). By which index a search enters is said by `trail-plan.ts`.
 *
 * `text:` cannot be judged here, where nothing is opened: the condition then holds for every event that may match, and
 * the caller judges those (`negated` tells under how many NOTs a part stands).
 */
export function condition(query: Query, negated = false): RawBuilder<SqlBool> {
  switch (query.kind) {
    case 'and':
      return joined(query.parts, sql` and `, negated);
    case 'or':
      return joined(query.parts, sql` or `, negated);
    case 'not':
      return sql<SqlBool>`not ${condition(query.of, !negated)}`;
    case 'text':
      return negated ? sql<SqlBool>`(1 = 0)` : isOneOf('type', typesWithText);
    default:
      return termHolds(query);
  }
}

const joined = (parts: readonly Query[], word: RawBuilder<unknown>, negated: boolean): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${sql.join(
    parts.map((part) => condition(part, negated)),
    word,
  )})`;

/** The column that a field is compared with. */
export const columnOf = {
  operator: 'operator',
  organisation: 'unit',
  terminal: 'terminal',
  session: 'session',
  grant: 'grant',
  outcome: 'outcome',
  type: 'type',
  case: 'case_reference',
  inquiry: 'inquiry',
  agreement: 'agreement',
} as const satisfies Partial<Record<ExactField, string>>;

const hidden = (column: string): RawBuilder<unknown> => sql`${sql.ref(`trail.${column}`)} || ''`;

const is = (column: string, value: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`(${hidden(column)} is not distinct from ${value})`;

const isOneOf = (column: string, values: readonly string[]): RawBuilder<SqlBool> =>
  sql<SqlBool>`(coalesce(${hidden(column)}, '') in (${sql.join([...values])}))`;

/** A purpose itself, and of an affair all of its steps. */
export const purposesMeant = (value: string): readonly string[] => [
  value,
  ...purposes.filter((purpose) => affairOf(purpose) === value),
];

function termHolds(term: Exclude<Term, { kind: 'text' }>): RawBuilder<SqlBool> {
  switch (term.kind) {
    case 'begins':
      return sql<SqlBool>`(substr(${hidden('case_reference')}, 1, ${Array.from(term.value).length}) is not distinct from ${term.value})`;
    case 'has':
      return sql<SqlBool>`(${hidden('inquiry')} is not null and (${hidden('case_reference')} is null or trail.case_matches + 0 is not distinct from 0))`;
    case 'at': {
      const { from, until } = tokyoBounds(term.from, term.through);
      return sql<SqlBool>`(trail.at >= ${from ?? ''} and trail.at < ${until ?? LAST})`;
    }
    default:
      return fieldIs(term.field, term.value);
  }
}

/** Behind every instant that can be written in the trail. */
const LAST = '9999';

function fieldIs(field: ExactField, value: string): RawBuilder<SqlBool> {
  if (field === 'purpose') return isOneOf('purpose', purposesMeant(value));
  if (field !== 'refusal') return is(columnOf[field], value);
  return sql<SqlBool>`exists (select 1 from trail_refusals as said where said.code = ${value} and said.position = trail.position)`;
}
