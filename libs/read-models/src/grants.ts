import { sql } from 'kysely';
import { addDays, tokyoDay } from '#domain';
import type { ProjectedEvent } from './port.js';
import { requireThisVersion } from './read-model.js';
import { recorded } from './recorded-event.js';
import type { Db } from './schema.js';

/** A grant that was requested; only a hint where to look, the streams decide (decision 17). */
export interface GrantsTable {
  grant_id: string;
  operator: string;
  terminal: string;
  /** Last Tokyo day of validity, as requested. */
  until_day: string;
  /** 1 once refused or revoked. */
  over: 0 | 1;
}

export async function createGrants(db: Db): Promise<void> {
  await db.schema
    .createTable('grants')
    .addColumn('grant_id', 'text', (column) => column.primaryKey())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('terminal', 'text', (column) => column.notNull())
    .addColumn('until_day', 'text', (column) => column.notNull())
    .addColumn('over', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('grants_alive')
    .on('grants')
    .columns(['operator', 'terminal', 'until_day'])
    .where(sql<boolean>`over = 0`)
    .execute();
}

export async function projectGrants(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'GrantRequested': {
        const { grant, operator, terminal, until } = event.data;
        await db
          .insertInto('grants')
          .values({ grant_id: grant, operator, terminal, until_day: until, over: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'GrantRefused':
      case 'GrantRevoked':
        await db.updateTable('grants').set({ over: 1 }).where('grant_id', '=', event.data.grant).execute();
        break;
      default:
    }
  }
}

/**
 * Grants of operator and terminal that may still hold, ascending. A grant whose last day lies behind the business
 * time of the latest event is known to be over; one day of grace covers clocks that differ around midnight.
 *
 * Asked for with inquiries, so it is one statement, which is of one moment without a transaction around it: the row of
 * progress is there even when no grant is.
 */
export async function grantCandidates(
  db: Db,
  operator: string,
  terminal: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('read_model')
    .leftJoin('grants', (join) =>
      join
        .on('grants.operator', '=', operator)
        .on('grants.terminal', '=', terminal)
        .on(sql<boolean>`grants.over = 0`),
    )
    .select(['schema_version', 'latest_at', 'grant_id', 'until_day'])
    .where('read_model.id', '=', 1)
    .orderBy('grant_id')
    .execute();
  const [{ schema_version: version, latest_at: latestAt } = { schema_version: 0, latest_at: null }] = rows;
  requireThisVersion(version);
  const alive = latestAt === null ? '' : addDays(tokyoDay(latestAt), -1);
  return rows.flatMap((row) =>
    row.grant_id !== null && (row.until_day ?? '') >= alive ? [row.grant_id] : [],
  );
}
