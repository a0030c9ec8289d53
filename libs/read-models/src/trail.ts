import { type Compilable, sql } from 'kysely';
import { BatchCases } from './cases.js';
import { hourOf } from './event-days.js';
import type { BatchInquiries } from './inquiries.js';
import type { ProjectedEvent } from './port.js';
import { named, recorded, type RecordedEvent } from './recorded-event.js';
import { RowsStatement } from './rows-statement.js';
import type { Db, PositionColumn } from './schema.js';
import { BatchUnits } from './units.js';

/** The trail: one row for every event there is. */
export interface TrailTable {
  position: PositionColumn;
  id: string;
  type: string;
  stream: string;
  at: string;
  agreement: string;
  operator: string | null;
  /** Organisational unit of the operator at that time. */
  unit: string | null;
  terminal: string | null;
  session: string | null;
  grant: string | null;
  purpose: string | null;
  outcome: string | null;
  /** The codes for which it says no, ascending, a space between; null for most. `trail_refusals` finds them. */
  refusals: string | null;
  case_reference: string | null;
  /** The reference without its last digits (`SK-2026-` of `SK-2026-000017`): see `caseHead`. */
  case_head: string | null;
  /** Whether a case of the agency answered to the reference when the inquiry began. Null: that cannot be said. */
  case_matches: 0 | 1 | null;
  inquiry: string | null;
}

/** Which events say no, and why: one row for each of their codes. */
export interface TrailRefusalsTable {
  code: string;
  position: PositionColumn;
}

/** The heads of all case references there are; few, where references are numbered. */
export interface CaseHeadsTable {
  head: string;
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

/** Columns that a search compares, each with an index of its own that ends in the position. */
export const searchable = [
  'inquiry',
  'session',
  'grant',
  'terminal',
  'operator',
  'unit',
  'purpose',
  'outcome',
  'type',
  'case_head',
  'agreement',
] as const;
export type Searchable = (typeof searchable)[number];

/**
 * What a case reference begins with before its number. A search by beginning would have to sort all that it finds;
 * by heads, which are few, each entered at its newest row, it need not (`trail-plan.ts`).
 */
export const caseHead = (reference: string): string => reference.replace(/[0-9]+$/, '');

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
    .addColumn('unit', 'text')
    .addColumn('terminal', 'text')
    .addColumn('session', 'text')
    .addColumn('grant', 'text')
    .addColumn('purpose', 'text')
    .addColumn('outcome', 'text')
    .addColumn('refusals', 'text')
    .addColumn('case_reference', 'text')
    .addColumn('case_head', 'text')
    .addColumn('case_matches', 'integer')
    .addColumn('inquiry', 'text')
    .execute();
  for (const index of trailIndexes(db)) await index.create.execute();
  await db.schema
    .createTable('case_heads')
    .addColumn('head', 'text', (column) => column.primaryKey())
    .execute();
  await db.schema
    .createTable('trail_refusals')
    .addColumn('code', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('trail_refusals_key', ['code', 'position'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable('trail_hours')
    .addColumn('hour', 'text', (column) => column.primaryKey())
    .addColumn('first_position', 'bigint', (column) => column.notNull())
    .addColumn('last_position', 'bigint', (column) => column.notNull())
    .execute();
}

/** An index that searches enter the trail by, and what makes it. */
export interface TrailIndex {
  readonly name: string;
  readonly create: Compilable & { execute(): Promise<void> };
}

/** All of them. While many events are read anew they wait until all rows are there (`Projections.manyFollow`). */
export function trailIndexes(db: Db): readonly TrailIndex[] {
  const on = (name: string) => db.schema.createIndex(name).on('trail');
  const byColumn = searchable.map((column) => {
    const name = `trail_by_${column}`;
    // Most events carry only some of these. `outcome` is the case in point: what is rare there must be found fast.
    return { name, create: on(name).columns([column, 'position']).where(column, 'is not', null) };
  });
  const [byCase, withoutCase] = ['trail_by_case', 'trail_without_case'];
  return [
    ...byColumn,
    {
      name: byCase,
      create: on(byCase)
        .columns(['case_head', 'case_reference', 'position'])
        .where('case_reference', 'is not', null),
    },
    {
      name: withoutCase,
      create: on(withoutCase).column('position').where(sql<boolean>`${isWithoutCase}`),
    },
  ];
}

/** What `has:no-case` means (`matchesQuery`). Only written just like this does a search enter by the index of it. */
export const isWithoutCase = sql`inquiry is not null and (case_reference is null or case_matches = 0)`;

// ---- projection ----

/** What an event itself says about how its inquiry ended. */
export function outcomeOf(event: RecordedEvent): string | null {
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
export function whoDidIt(event: RecordedEvent): Pick<TrailTable, 'operator' | 'terminal' | 'session'> {
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

/** The codes for which an event says no, ascending. */
export function refusalsOf({ type, data }: RecordedEvent): readonly string[] {
  switch (type) {
    case 'InquiryRefused':
    case 'AnswerWithheld':
    case 'DisclosureDenied':
      return [...new Set(data.reasons)].sort();
    case 'AccessDenied':
      return [...new Set(data.codes)].sort();
    default:
      return [];
  }
}

/** What a batch knows besides its events. */
interface Known {
  readonly cases: BatchCases;
  readonly inquiries: BatchInquiries;
  readonly units: BatchUnits;
}

function trailRow({ position }: ProjectedEvent, event: RecordedEvent, { cases, inquiries, units }: Known) {
  cases.follow(event);
  const known = inquiries.follow(event, cases.matches(event));
  units.follow(event);
  const who = whoDidIt(event);
  const caseReference = named(event, 'caseReference') ?? known?.case_reference ?? null;
  return {
    position: BigInt(position),
    id: event.id,
    type: event.type,
    stream: event.stream,
    at: event.at,
    agreement: event.agreement,
    ...who,
    unit: units.of(who.operator),
    grant: named(event, 'grant') ?? known?.grant ?? null,
    purpose: named(event, 'purpose') ?? known?.purpose ?? null,
    outcome: outcomeOf(event) ?? known?.outcome ?? null,
    refusals: refusalsOf(event).join(' ') || null,
    case_reference: caseReference,
    case_head: caseReference === null ? null : caseHead(caseReference),
    case_matches: known?.case_matches ?? null,
    inquiry: named(event, 'inquiry'),
  };
}

/** Writes the rows of a batch (ascending), moving `inquiries` on as it goes. */
export async function projectTrail(
  db: Db,
  batch: readonly ProjectedEvent[],
  inquiries: BatchInquiries,
): Promise<void> {
  const events = batch.map(recorded);
  const operators = new Set(events.flatMap((event) => whoDidIt(event).operator ?? []));
  const units = await BatchUnits.load(db, operators);
  const cases = await BatchCases.load(db, events);
  const rows = batch.map((projected) =>
    trailRow(projected, recorded(projected), { cases, inquiries, units }),
  );
  await insertTrail.write(db, rows);
  await cases.save(db);
  await units.save(db);
  await noteRefusals(db, rows);
  await noteHeads(db, rows);
  await noteHours(db, rows);
}

type WrittenRow = ReturnType<typeof trailRow>;

const insertTrail = new RowsStatement<WrittenRow>((db, row) => db.insertInto('trail').values(row));
const insertRefusals = new RowsStatement<{ code: string; position: bigint }>((db, row) =>
  db.insertInto('trail_refusals').values(row),
);
const insertHeads = new RowsStatement<CaseHeadsTable>((db, row) =>
  db
    .insertInto('case_heads')
    .values(row)
    .onConflict((conflict) => conflict.column('head').doNothing()),
);
const insertHours = new RowsStatement<{ hour: string; first_position: bigint; last_position: bigint }>(
  (db, row) =>
    db
      .insertInto('trail_hours')
      .values(row)
      // Positions only rise: the first of an hour stays, the last is the newest.
      .onConflict((conflict) =>
        conflict
          .column('hour')
          .doUpdateSet((hour) => ({ last_position: hour.ref('excluded.last_position') })),
      ),
);

async function noteRefusals(db: Db, rows: readonly WrittenRow[]): Promise<void> {
  const refusals = rows.flatMap(
    ({ refusals: codes, position }) => codes?.split(' ').map((code) => ({ code, position })) ?? [],
  );
  await insertRefusals.write(db, refusals);
}

async function noteHeads(db: Db, rows: readonly WrittenRow[]): Promise<void> {
  const heads = [...new Set(rows.flatMap(({ case_head: head }) => head ?? []))].map((head) => ({ head }));
  await insertHeads.write(db, heads);
}

async function noteHours(db: Db, rows: readonly WrittenRow[]): Promise<void> {
  const hours = new Map<string, { first: bigint; last: bigint }>();
  for (const { at, position } of rows) {
    const hour = hourOf(at);
    const known = hours.get(hour);
    if (known) known.last = position;
    else hours.set(hour, { first: position, last: position });
  }
  const rowsOfHours = [...hours].map(([hour, { first, last }]) => ({
    hour,
    first_position: first,
    last_position: last,
  }));
  await insertHours.write(db, rowsOfHours);
}
