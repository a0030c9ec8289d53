import { sql, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { BatchInquiries } from './inquiries.js';
import type { ProjectedEvent, TrailFilter, TrailRow } from './port.js';
import { positionText } from './read-model.js';
import { named, recorded, type RecordedEvent } from './recorded-event.js';
import type { Db, PositionColumn, Schema } from './schema.js';
import { positionsOfSubjects, searchableTokens } from './subjects.js';

/** The trail: one row for every event there is. */
export interface TrailTable {
  position: PositionColumn;
  id: string;
  type: string;
  stream: string;
  at: string;
  agreement: string;
  operator: string | null;
  terminal: string | null;
  session: string | null;
  purpose: string | null;
  outcome: string | null;
  case_reference: string | null;
  inquiry: string | null;
}

/**
 * Which positions the events of one hour (UTC, `2026-04-01T09`) of business time lie between. Business time and
 * position run nearly, not exactly, in step; this table turns a period into a range of positions that misses no
 * event of it, so that every index can be entered at the period instead of at the newest row.
 */
export interface TrailHoursTable {
  hour: string;
  first_position: PositionColumn;
  last_position: PositionColumn;
}

/** Columns that a filter compares, each with an index of its own that ends in the position. */
const searchable = [
  'inquiry',
  'case_reference',
  'terminal',
  'operator',
  'purpose',
  'outcome',
  'type',
] as const;
type Searchable = (typeof searchable)[number];

export async function createTrail(db: Db): Promise<void> {
  await db.schema
    .createTable('trail')
    // INTEGER and nothing else makes the key SQLite's own row id: one tree, in the order of the log.
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('stream', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('operator', 'text')
    .addColumn('terminal', 'text')
    .addColumn('session', 'text')
    .addColumn('purpose', 'text')
    .addColumn('outcome', 'text')
    .addColumn('case_reference', 'text')
    .addColumn('inquiry', 'text')
    .execute();
  for (const column of searchable) {
    await db.schema
      .createIndex(`trail_by_${column}`)
      .on('trail')
      .columns([column, 'position'])
      // Most events carry only some of these. `outcome` is the case in point: what is rare there must be found fast.
      .where(column, 'is not', null)
      .execute();
  }
  await db.schema
    .createTable('trail_hours')
    .addColumn('hour', 'text', (column) => column.primaryKey())
    .addColumn('first_position', 'bigint', (column) => column.notNull())
    .addColumn('last_position', 'bigint', (column) => column.notNull())
    .execute();
}

// ---- projection ----

/** What an event itself says about how its inquiry ended. */
function outcomeOf(event: RecordedEvent): string | null {
  switch (event.type) {
    case 'InformationProvided':
    case 'NothingProvided':
      return event.data.outcome;
    case 'InquiryRefused':
      return 'refused';
    case 'InquiryOutcomeUnknown':
      return 'unknown';
    default:
      return null;
  }
}

/** Who did it: the actor; where that is the system, whom the event names. */
function whoDidIt(event: RecordedEvent): Pick<TrailTable, 'operator' | 'terminal' | 'session'> {
  const { actor } = event;
  if ('operator' in actor) {
    return { operator: actor.operator, terminal: actor.terminal ?? null, session: actor.session ?? null };
  }
  return {
    operator: named(event, 'operator'),
    terminal: named(event, 'terminal'),
    session: named(event, 'session'),
  };
}

function trailRow({ position }: ProjectedEvent, event: RecordedEvent, inquiries: BatchInquiries) {
  const known = inquiries.follow(event);
  return {
    position: BigInt(position),
    id: event.id,
    type: event.type,
    stream: event.stream,
    at: event.at,
    agreement: event.agreement,
    ...whoDidIt(event),
    purpose: named(event, 'purpose') ?? known?.purpose ?? null,
    outcome: outcomeOf(event) ?? known?.outcome ?? null,
    case_reference: named(event, 'caseReference') ?? known?.case_reference ?? null,
    inquiry: named(event, 'inquiry'),
  };
}

const hourOf = (instant: string): string => instant.slice(0, 13);

/** How many rows one statement carries: long enough to spare round trips, short enough to stay prepared cheaply. */
const ROWS_AT_ONCE = 50;

/** Writes the rows of a batch (ascending), moving `inquiries` on as it goes. */
export async function projectTrail(
  db: Db,
  batch: readonly ProjectedEvent[],
  inquiries: BatchInquiries,
): Promise<void> {
  const rows = batch.map((projected) => trailRow(projected, recorded(projected), inquiries));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await db
      .insertInto('trail')
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .execute();
  }
  const hours = new Map<string, { first: bigint; last: bigint }>();
  for (const { at, position } of rows) {
    hours.set(hourOf(at), { first: hours.get(hourOf(at))?.first ?? position, last: position });
  }
  for (const [hour, { first, last }] of hours) {
    await db
      .insertInto('trail_hours')
      .values({ hour, first_position: first, last_position: last })
      // Positions only rise: the first of an hour stays, the last is the newest.
      .onConflict((conflict) => conflict.column('hour').doUpdateSet({ last_position: last }))
      .execute();
  }
}

// ---- search ----

type Criteria = readonly (readonly [Searchable, string])[];

/** Types that make up most of the log; every other is rare. */
const commonTypes: ReadonlySet<string> = new Set([
  'InquiryReceived',
  'InformationProvided',
  'RecordProvided',
  'NothingProvided',
]);
/** The fewer rows a criterion is likely to leave, the lower. Purposes are 14, operators and terminals hundreds. */
function breadth([column, value]: Criteria[number]): number {
  if (column === 'outcome') return { found: 6, 'not-found': 4.8, several: 2.5 }[value] ?? 2;
  if (column === 'type') return commonTypes.has(value) ? 7 : 3;
  return { inquiry: 0, case_reference: 1, operator: 4, terminal: 4.5, purpose: 5 }[column];
}

function criteriaOf(filter: TrailFilter): Criteria {
  const values: Readonly<Record<Searchable, string | undefined>> = {
    inquiry: filter.inquiry,
    case_reference: filter.caseReference,
    terminal: filter.terminal,
    operator: filter.operator,
    purpose: filter.purpose,
    outcome: filter.outcome,
    type: filter.type,
  };
  return searchable.flatMap((column) => {
    const value = values[column];
    return value === undefined ? [] : [[column, value] as const];
  });
}

/** One spelling for instants, so that text compares as time. Throws RangeError for what is none. */
const instant = (text: string): string => new Date(text).toISOString();

/** First and last position of a period's hours; null when they hold no event. */
async function positionsOf(db: Db, filter: TrailFilter): Promise<{ first: bigint; last: bigint } | null> {
  const { from, until } = filter;
  const row = await db
    .selectFrom('trail_hours')
    .select([
      sql<string | null>`cast(min(first_position) as text)`.as('first'),
      sql<string | null>`cast(max(last_position) as text)`.as('last'),
    ])
    .$if(from !== undefined, (query) => query.where('hour', '>=', hourOf(instant(from ?? ''))))
    .$if(until !== undefined, (query) => query.where('hour', '<=', hourOf(instant(until ?? ''))))
    .executeTakeFirstOrThrow();
  return row.first === null || row.last === null
    ? null
    : { first: BigInt(row.first), last: BigInt(row.last) };
}

/**
 * The comparison of one criterion. Only the driving one may use its index: SQLite has neither statistics here
 * nor bitmap-AND, and left alone may walk all rows of an operator to find one refusal (TOOLCHAIN, last lines).
 * Appending nothing to a column hides it from the planner, in SQLite and PostgreSQL alike.
 */
function comparison(
  row: ExpressionBuilder<Schema, 'trail'>,
  [column, value]: Criteria[number],
  drives: boolean,
) {
  if (drives) return row(column, '=', value);
  return sql<SqlBool>`${row.ref(column)} || '' = ${value}`;
}

export interface TrailSearch {
  readonly filter: TrailFilter;
  /** Only rows before this position; null for the newest. */
  readonly before: bigint | null;
  /** The most rows wanted. */
  readonly limit: number;
}

/** The newest rows that meet every part of the filter, newest first. Run it inside a transaction: it asks more than once. */
export async function searchTrail(
  db: Db,
  { filter, before, limit }: TrailSearch,
): Promise<readonly TrailRow[]> {
  const { from, until } = filter;
  const timed = from !== undefined || until !== undefined;
  const period = timed ? await positionsOf(db, filter) : null;
  if (timed && !period) return [];
  const tokens = filter.subjectTokens && (await searchableTokens(db, filter.subjectTokens));
  if (tokens?.length === 0) return [];

  const criteria = [...criteriaOf(filter)].sort((one, other) => breadth(one) - breadth(other));
  let query = selectRows(db).orderBy('trail.position', 'desc').limit(limit);
  // An inquiry has a handful of events, a resident a few dozen: these two come before everything else.
  const bySubject = tokens && criteria[0]?.[0] !== 'inquiry';
  if (tokens) query = query.where('trail.position', 'in', positionsOfSubjects(db, tokens));
  for (const [index, criterion] of criteria.entries()) {
    query = query.where((row) => comparison(row, criterion, index === 0 && !bySubject));
  }
  if (period)
    query = query.where('trail.position', '>=', period.first).where('trail.position', '<=', period.last);
  if (from !== undefined) query = query.where('at', '>=', instant(from));
  if (until !== undefined) query = query.where('at', '<', instant(until));
  if (before !== null) query = query.where('trail.position', '<', before);
  return query.execute();
}

const selectRows = (db: Db) =>
  db
    .selectFrom('trail')
    .select([
      positionText('trail.position').as('position'),
      'id',
      'type',
      'stream',
      'at',
      'agreement',
      'operator',
      'terminal',
      'session',
      'purpose',
      'outcome',
      'case_reference as caseReference',
      'inquiry',
    ]);
