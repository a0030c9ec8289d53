import { sql } from 'kysely';
import { personBehind } from '#domain';
import { dayOfEvent } from './event-days.js';
import type { ProjectedEvent, ReadPosition } from './port.js';
import { positionText } from './read-model.js';
import { recorded } from './recorded-event.js';
import type { ReviewDays } from './review-port.js';
import { RowsStatement } from './rows-statement.js';
import type { Db, PositionColumn } from './schema.js';

/** One Tokyo day under an agreement: what there is for the terminal manager to look at, and who has looked. */
export interface ReviewDaysTable {
  agreement: string;
  day: string;
  inquiries: number;
  refused: number;
  reviews_opened: number;
  /** Of the first inquiry of the day, in the global order; null while there is none. */
  first_position: PositionColumn | null;
  signed_by: string | null;
  signed_at: string | null;
}

/** Who inquired on which day: nobody signs off their own. */
export interface DayInquirersTable {
  agreement: string;
  day: string;
  operator: string;
}

export async function createReviewDays(db: Db): Promise<void> {
  await db.schema
    .createTable('review_days')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('inquiries', 'integer', (column) => column.notNull())
    .addColumn('refused', 'integer', (column) => column.notNull())
    .addColumn('reviews_opened', 'integer', (column) => column.notNull())
    .addColumn('first_position', 'bigint')
    .addColumn('signed_by', 'text')
    .addColumn('signed_at', 'text')
    .addPrimaryKeyConstraint('review_days_key', ['agreement', 'day'])
    .execute();
  await db.schema
    .createTable('day_inquirers')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('day_inquirers_key', ['agreement', 'day', 'operator'])
    .execute();
}

// ---- projection ----

/** What a batch adds to one day. */
interface Added {
  readonly agreement: string;
  readonly day: string;
  inquiries: number;
  refused: number;
  reviews_opened: number;
  first_position: bigint | null;
  readonly operators: Set<string>;
}

/** Counts a batch first and writes each day once: thousands of events a second are of one day. */
export async function projectReviewDays(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  const days = new Map<string, Added>();
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'InquiryReceived':
      case 'InquiryRefused': {
        const added = addedTo(days, event);
        if (event.type === 'InquiryReceived') added.inquiries += 1;
        else added.refused += 1;
        added.first_position ??= BigInt(projected.position);
        const operator = personBehind(event);
        if (operator !== null) added.operators.add(operator);
        break;
      }
      case 'ReviewOpened':
        addedTo(days, event).reviews_opened += 1;
        break;
      default:
    }
  }
  for (const added of days.values()) await add(db, added);
  await projectSigned(db, batch);
}

function addedTo(
  days: Map<string, Added>,
  { agreement, at }: { readonly agreement: string; readonly at: string },
): Added {
  const day = dayOfEvent(at);
  const key = `${agreement}/${day}`;
  const nothing = { inquiries: 0, refused: 0, reviews_opened: 0, first_position: null };
  const added = days.get(key) ?? { agreement, day, ...nothing, operators: new Set<string>() };
  days.set(key, added);
  return added;
}

async function add(db: Db, { operators, ...added }: Added): Promise<void> {
  const { agreement, day } = added;
  await db
    .insertInto('review_days')
    .values({ ...added, signed_by: null, signed_at: null })
    .onConflict((conflict) =>
      conflict.columns(['agreement', 'day']).doUpdateSet((row) => ({
        inquiries: row('review_days.inquiries', '+', added.inquiries),
        refused: row('review_days.refused', '+', added.refused),
        reviews_opened: row('review_days.reviews_opened', '+', added.reviews_opened),
        // Positions rise: what was there before is the lower one.
        first_position: row.fn.coalesce('review_days.first_position', row.val(added.first_position)),
      })),
    )
    .execute();
  const inquirers = [...operators].map((operator) => ({ agreement, day, operator }));
  await insertInquirers.write(db, inquirers);
}

const insertInquirers = new RowsStatement<DayInquirersTable>((db, row) =>
  db
    .insertInto('day_inquirers')
    .values(row)
    .onConflict((conflict) => conflict.doNothing()),
);

async function projectSigned(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    if (event.type !== 'DayReviewed') continue;
    const signed = { signed_by: personBehind(event), signed_at: event.at };
    await db
      .insertInto('review_days')
      .values({
        agreement: event.agreement,
        day: event.data.day,
        inquiries: 0,
        refused: 0,
        reviews_opened: 0,
        first_position: null,
        ...signed,
      })
      .onConflict((conflict) => conflict.columns(['agreement', 'day']).doUpdateSet(signed))
      .execute();
  }
}

// ---- queries ----

/** Days from `from` on of which something is known. */
export async function reviewDays(
  db: Db,
  readUpTo: ReadPosition | null,
  agreement: string,
  from: string,
): Promise<ReviewDays> {
  const days = await db
    .selectFrom('review_days')
    .select([
      'day',
      'inquiries',
      'refused',
      'reviews_opened as reviewsOpened',
      'signed_by as signedBy',
      'signed_at as signedAt',
    ])
    .where('agreement', '=', agreement)
    .where('day', '>=', from)
    .orderBy('day')
    .execute();
  return { days, readUpTo };
}

export async function inquiredOn(db: Db, agreement: string, operator: string, day: string): Promise<boolean> {
  const row = await db
    .selectFrom('day_inquirers')
    .select('operator')
    .where('agreement', '=', agreement)
    .where('day', '=', day)
    .where('operator', '=', operator)
    .executeTakeFirst();
  return row !== undefined;
}

/** The position before the lowest one of an inquiry on `day` or later. */
export async function inquiriesSince(
  db: Db,
  agreement: string,
  day: string,
): Promise<{ readonly after: string | null } | null> {
  const row = await db
    .selectFrom('review_days')
    .select(positionText('first_position').as('position'))
    .where('agreement', '=', agreement)
    .where('day', '>=', day)
    .where('first_position', 'is not', null)
    .orderBy('first_position')
    .limit(1)
    .executeTakeFirst();
  if (!row) return null;
  const before = await db
    .selectFrom('trail')
    .select(positionText('position').as('at'))
    .where('position', '<', BigInt(row.position))
    .orderBy(sql.ref('trail.position'), 'desc')
    .limit(1)
    .executeTakeFirst();
  return { after: before?.at ?? null };
}
