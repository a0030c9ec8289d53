import { sql } from 'kysely';
import type { ReviewConclusion, ReviewConcern } from '#domain';
import { readCursor, writeCursor } from './cursor.js';
import type { ProjectedEvent, ReadPosition } from './port.js';
import { positionText } from './read-model.js';
import { recorded } from './recorded-event.js';
import type { ReviewPage, ReviewRow } from './review-port.js';
import type { Db, PositionColumn } from './schema.js';

/** One review (点検), from what opened it to its finding. */
export interface ReviewsTable {
  review: string;
  agreement: string;
  /** Of `ReviewOpened`: later reviews have higher ones. */
  position: PositionColumn;
  concern: ReviewConcern;
  operator: string | null;
  saved_search: string | null;
  opened_at: string;
  closed_at: string | null;
  conclusion: ReviewConclusion | null;
  incident: string | null;
  closed: 0 | 1;
}

export async function createReviews(db: Db): Promise<void> {
  await db.schema
    .createTable('reviews')
    .addColumn('review', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('concern', 'text', (column) => column.notNull())
    .addColumn('operator', 'text')
    .addColumn('saved_search', 'text')
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('conclusion', 'text')
    .addColumn('incident', 'text')
    .addColumn('closed', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('reviews_listed')
    .on('reviews')
    .columns(['agreement', 'closed', 'position'])
    .execute();
}

// ---- projection ----

export async function projectReviews(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'ReviewOpened': {
        const { review, concern, operator, savedSearch } = event.data;
        await db
          .insertInto('reviews')
          .values({
            review,
            agreement: event.agreement,
            position: BigInt(projected.position),
            concern,
            operator,
            saved_search: savedSearch,
            opened_at: event.at,
            closed_at: null,
            conclusion: null,
            incident: null,
            closed: 0,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'ReviewClosed': {
        const { review, conclusion, incident } = event.data;
        await db
          .updateTable('reviews')
          .set({ closed_at: event.at, conclusion, incident, closed: 1 })
          .where('review', '=', review)
          .execute();
        break;
      }
      default:
    }
  }
}

// ---- queries ----

/** Where a page goes on: after the review opened at `position`, in the open or the closed part of the list. */
export interface ReviewPlace {
  readonly state: ReviewRow['state'];
  readonly position: bigint;
}

const partOf = (agreement: string, state: ReviewRow['state']): string =>
  JSON.stringify(['reviews', agreement, state]);

/** The place in a cursor; throws `BadCursor` for one that no page of this agreement gave out. */
export function readReviewPlace(cursor: string, agreement: string): ReviewPlace {
  try {
    return { state: 'open', position: readCursor(cursor, partOf(agreement, 'open')) };
  } catch {
    return { state: 'closed', position: readCursor(cursor, partOf(agreement, 'closed')) };
  }
}

/** One page of the reviews of an agreement. Run it inside a transaction: it asks more than once. */
export async function reviewPage(
  db: Db,
  readUpTo: ReadPosition | null,
  agreement: string,
  { limit, after }: { readonly limit: number; readonly after: ReviewPlace | null },
): Promise<ReviewPage> {
  // One row more than asked tells whether there is a next page.
  const found = await listReviews(db, agreement, after, limit + 1);
  const listed = found.slice(0, limit);
  const last = listed.at(-1);
  const next =
    last && found.length > limit ? writeCursor(last.position, partOf(agreement, last.row.state)) : null;
  return { rows: listed.map(({ row }) => row), next, readUpTo };
}

/** A row, and what its cursor is made of. */
interface ListedReview {
  readonly position: string;
  readonly row: ReviewRow;
}

async function listReviews(
  db: Db,
  agreement: string,
  after: ReviewPlace | null,
  limit: number,
): Promise<readonly ListedReview[]> {
  if (after?.state === 'closed') return reviewsThat(db, agreement, 'closed', after.position, limit);
  const open = await reviewsThat(db, agreement, 'open', after?.position ?? null, limit);
  if (open.length === limit) return open;
  return [...open, ...(await reviewsThat(db, agreement, 'closed', null, limit - open.length))];
}

async function reviewsThat(
  db: Db,
  agreement: string,
  state: ReviewRow['state'],
  before: bigint | null,
  limit: number,
): Promise<readonly ListedReview[]> {
  const rows = await db
    .selectFrom('reviews')
    .select([
      'review',
      'concern',
      'operator',
      'saved_search as savedSearch',
      'opened_at as openedAt',
      'closed_at as closedAt',
      'conclusion',
      'incident',
      positionText('position').as('at'),
    ])
    .where('agreement', '=', agreement)
    .where('closed', '=', state === 'open' ? 0 : 1)
    .$if(before !== null, (query) => query.where('position', '<', before as bigint))
    .orderBy(sql.ref('reviews.position'), 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ at, ...row }) => ({ position: at, row: { ...row, state } }));
}
