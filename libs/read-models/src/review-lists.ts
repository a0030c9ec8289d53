import type { ProjectedEvent } from './port.js';
import { recorded } from './recorded-event.js';
import type { SavedSearchRow, WatchRow } from './review-port.js';
import type { Db } from './schema.js';

/** A saved search that was not removed. */
export interface SavedSearchesTable {
  saved_search: string;
  agreement: string;
  version: number;
  owner: string;
  shared: 0 | 1;
  threshold_count: number | null;
  threshold_days: number | null;
  saved_at: string;
}

/** An entry of the watch list that was not ended. */
export interface WatchListTable {
  entry: string;
  agreement: string;
  until_day: string | null;
  watched_at: string;
}

export async function createReviewLists(db: Db): Promise<void> {
  await db.schema
    .createTable('saved_searches')
    .addColumn('saved_search', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('shared', 'integer', (column) => column.notNull())
    .addColumn('threshold_count', 'integer')
    .addColumn('threshold_days', 'integer')
    .addColumn('saved_at', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('watch_list')
    .addColumn('entry', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('until_day', 'text')
    .addColumn('watched_at', 'text', (column) => column.notNull())
    .execute();
}

// ---- projection ----

export async function projectReviewLists(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'SearchSaved':
      case 'SavedSearchChanged': {
        const { savedSearch, version, owner, shared, threshold } = event.data;
        const row = {
          saved_search: savedSearch,
          agreement: event.agreement,
          version,
          owner,
          shared: shared ? (1 as const) : (0 as const),
          threshold_count: threshold?.count ?? null,
          threshold_days: threshold?.days ?? null,
          saved_at: event.at,
        };
        await db
          .insertInto('saved_searches')
          .values(row)
          .onConflict((conflict) => conflict.column('saved_search').doUpdateSet(row))
          .execute();
        break;
      }
      case 'SavedSearchRemoved':
        await db.deleteFrom('saved_searches').where('saved_search', '=', event.data.savedSearch).execute();
        break;
      case 'ResidentWatched': {
        const { entry, until } = event.data;
        await db
          .insertInto('watch_list')
          .values({ entry, agreement: event.agreement, until_day: until, watched_at: event.at })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'WatchEnded':
        await db.deleteFrom('watch_list').where('entry', '=', event.data.entry).execute();
        break;
      default:
    }
  }
}

// ---- queries ----

/** Some tens; ids are UUIDv7s, so their order is that in which they were saved. */
export async function savedSearches(db: Db, agreement: string): Promise<readonly SavedSearchRow[]> {
  const rows = await db
    .selectFrom('saved_searches')
    .selectAll()
    .where('agreement', '=', agreement)
    .orderBy('saved_search')
    .execute();
  return rows.map((row) => ({
    savedSearch: row.saved_search,
    version: row.version,
    owner: row.owner,
    shared: row.shared === 1,
    threshold:
      row.threshold_count === null || row.threshold_days === null
        ? null
        : { count: row.threshold_count, days: row.threshold_days },
    savedAt: row.saved_at,
  }));
}

export async function watchList(db: Db, agreement: string): Promise<readonly WatchRow[]> {
  return db
    .selectFrom('watch_list')
    .select(['entry', 'until_day as until', 'watched_at as watchedAt'])
    .where('agreement', '=', agreement)
    .orderBy('watched_at')
    .orderBy('entry')
    .execute();
}
