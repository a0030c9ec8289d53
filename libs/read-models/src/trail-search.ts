import { sql, type SqlBool } from 'kysely';
import { allOf, isEmpty, overlap, periodOfQuery, type Query, type TimeBounds, unbounded } from '#domain';
import type { TrailFilter, TrailRow } from './port.js';
import { positionText } from './read-model.js';
import type { Db } from './schema.js';
import { searchableTokens } from './subjects.js';
import { hourOf } from './event-days.js';
import { enter, type Entered, walk, type WayIn, waysOf } from './trail-plan.js';
import { condition } from './trail-predicate.js';

/** One spelling for instants, so that text compares as time. Throws RangeError for what is none. */
const instant = (text: string): string => new Date(text).toISOString();

/** A filter as one query, but for its period and its resident; null where nothing else is asked. */
function queryOf({ query, ...fields }: TrailFilter): Query | null {
  const { operator, terminal, purpose, outcome, type, caseReference, inquiry } = fields;
  const values = { operator, terminal, purpose, outcome, type, case: caseReference, inquiry } as const;
  const terms = Object.entries(values).flatMap(([field, value]): Query[] =>
    value === undefined ? [] : [{ kind: 'is', field: field as keyof typeof values, value }],
  );
  const parts = query ? [...terms, query] : terms;
  return parts.length ? allOf(parts) : null;
}

/** A filter, ready to be asked for. */
interface Sought {
  readonly ways: readonly WayIn[];
  readonly query: Query | null;
  /** Business time, where it is bounded. */
  readonly bounds: TimeBounds;
  /** Between which positions the period lies; null where it has no bounds. */
  readonly between: { readonly first: bigint; readonly last: bigint } | null;
}

/** First and last position of a period's hours; null when they hold no event. */
async function positionsOf(db: Db, { from, until }: TimeBounds): Promise<Sought['between']> {
  const row = await db
    .selectFrom('trail_hours')
    .select([
      sql<string | null>`cast(min(first_position) as text)`.as('first'),
      sql<string | null>`cast(max(last_position) as text)`.as('last'),
    ])
    .$if(from !== null, (query) => query.where('hour', '>=', hourOf(from ?? '')))
    .$if(until !== null, (query) => query.where('hour', '<=', hourOf(until ?? '')))
    .executeTakeFirstOrThrow();
  return row.first === null || row.last === null
    ? null
    : { first: BigInt(row.first), last: BigInt(row.last) };
}

/** Null where nothing can match. */
async function soughtBy(db: Db, filter: TrailFilter): Promise<Sought | null> {
  const query = queryOf(filter);
  const { from, until } = filter;
  const asked = {
    from: from === undefined ? null : instant(from),
    until: until === undefined ? null : instant(until),
  };
  const bounds = overlap(query ? periodOfQuery(query) : unbounded, asked);
  if (isEmpty(bounds)) return null;
  const timed = bounds.from !== null || bounds.until !== null;
  const between = timed ? await positionsOf(db, bounds) : null;
  if (timed && !between) return null;
  const tokens = filter.subjectTokens && (await searchableTokens(db, filter.subjectTokens));
  if (tokens?.length === 0) return null;
  // A resident has a few dozen events: they come before everything else.
  const ways = tokens ? [{ by: 'subjects', tokens } as const] : query ? await waysOf(db, query) : walk;
  return { ways, query, bounds, between };
}

/** Between which positions, both outside; null where it is open. */
interface Span {
  readonly after: bigint | null;
  readonly before: bigint | null;
}
const everywhere: Span = { after: null, before: null };

/** The rows of one way in that meet everything that is sought. */
function through(db: Db, way: WayIn, { query, bounds, between }: Sought, { after, before }: Span): Entered {
  const entered = enter(db, way);
  const position = sql.ref<bigint>(entered.position);
  let { rows } = entered;
  if (query) rows = rows.where(condition(query));
  if (between) rows = rows.where(position, '>=', between.first).where(position, '<=', between.last);
  if (bounds.from !== null) rows = rows.where('trail.at', '>=', bounds.from);
  if (bounds.until !== null) rows = rows.where('trail.at', '<', bounds.until);
  if (before !== null) rows = rows.where(position, '<', before);
  if (after !== null) rows = rows.where(position, '>', after);
  return { ...entered, rows };
}

/** Newest first, or oldest first. */
type Order = 'desc' | 'asc';

/**
 * The rows sought, each once. With a limit at least the first so many of them: of several ways in each gives its
 * first, and among all of those are the first of all.
 */
function matching(
  db: Db,
  sought: Sought,
  span: Span,
  first: { readonly limit: number; readonly order: Order } | null,
): Entered {
  const [only, ...others] = sought.ways;
  if (only && others.length === 0) return through(db, only, sought, span);
  const some = sought.ways.map((way) => {
    const { rows, position } = through(db, way, sought, span);
    const positions = rows.select('trail.position as found');
    if (first === null) return sql`select found from (${positions})`;
    return sql`select found from (${positions.orderBy(sql.ref(position), first.order).limit(first.limit)})`;
  });
  const found = sql<SqlBool>`trail.position in (${sql.join(some, sql` union all `)})`;
  return { rows: db.selectFrom('trail').where(found), position: 'trail.position' };
}

export interface TrailSearch {
  readonly filter: TrailFilter;
  /** Only rows before this position; null for the newest. */
  readonly before: bigint | null;
  /** The most rows wanted. */
  readonly limit: number;
}

/** The newest rows that meet every part of the filter, newest first. Run it inside a transaction: it asks more than once. */
export const searchTrail = (db: Db, { filter, before, limit }: TrailSearch): Promise<readonly TrailRow[]> =>
  rowsOf(db, filter, { after: null, before }, { limit, order: 'desc' });

export interface TrailFollowing {
  readonly filter: TrailFilter;
  /** Only rows after this position; null for the oldest. */
  readonly after: bigint | null;
  /** The most rows wanted. */
  readonly limit: number;
}

/** The oldest rows after a position that meet every part of the filter, oldest first. Inside a transaction. */
export const followTrail = (db: Db, { filter, after, limit }: TrailFollowing): Promise<readonly TrailRow[]> =>
  rowsOf(db, filter, { after, before: null }, { limit, order: 'asc' });

async function rowsOf(
  db: Db,
  filter: TrailFilter,
  span: Span,
  first: { readonly limit: number; readonly order: Order },
): Promise<readonly TrailRow[]> {
  const sought = await soughtBy(db, filter);
  if (!sought) return [];
  const { rows, position } = matching(db, sought, span, first);
  const found = await rows
    .select([
      positionText('trail.position').as('position'),
      'id',
      'type',
      'stream',
      'at',
      'agreement',
      'operator',
      'unit',
      'terminal',
      'session',
      'grant',
      'purpose',
      'outcome',
      'refusals',
      'case_reference as caseReference',
      'case_matches',
      'inquiry',
    ])
    .orderBy(sql.ref(position), first.order)
    .limit(first.limit)
    .execute();
  return found.map(({ refusals, case_matches: matches, ...row }) => ({
    ...row,
    refusals: refusals?.split(' ') ?? [],
    caseMatches: matches === null ? null : matches === 1,
  }));
}

/** How many rows meet the filter; not more than `most`, where that is given. Inside a transaction. */
export async function countTrail(db: Db, filter: TrailFilter, most: number | null): Promise<number> {
  const sought = await soughtBy(db, filter);
  if (!sought) return 0;
  const { rows } = matching(db, sought, everywhere, most === null ? null : { limit: most, order: 'desc' });
  const counted = rows.select('trail.position').$if(most !== null, (query) => query.limit(most ?? 0));
  const { count } = await db
    .selectFrom(counted.as('counted'))
    .select((row) => row.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Rows that meet the filter by the hour (UTC) of business time, ascending; hours without any are not there. */
export async function countTrailByHour(
  db: Db,
  filter: TrailFilter,
): Promise<readonly { readonly hour: string; readonly count: number }[]> {
  const sought = await soughtBy(db, filter);
  if (!sought) return [];
  const { rows } = matching(db, sought, everywhere, null);
  const hour = sql<string>`substr(trail.at, 1, 13)`;
  const found = await rows
    .select((row) => [hour.as('hour'), row.fn.countAll().as('count')])
    .groupBy(hour)
    .orderBy('hour')
    .execute();
  return found.map((row) => ({ hour: row.hour, count: Number(row.count) }));
}
