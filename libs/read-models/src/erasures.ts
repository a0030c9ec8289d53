import { sql, type ExpressionBuilder } from 'kysely';
import type { ErasureRow, ProjectedEvent } from './port.js';
import { recorded } from './recorded-event.js';
import type { Db, PositionColumn, Schema } from './schema.js';

/** One run of erasure over one cohort. */
export interface ErasuresTable {
  cohort: string;
  run: string;
  /** Of `ErasureStarted`: later runs have higher ones. */
  position: PositionColumn;
  inquiries: number;
  /** How many inquiries the parts recorded so far name. */
  erased: number;
  started_at: string;
  /** Business time of the part that completed the count. */
  erased_at: string | null;
  verified_at: string | null;
}

export async function createErasures(db: Db): Promise<void> {
  await db.schema
    .createTable('erasures')
    .addColumn('cohort', 'text', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('inquiries', 'integer', (column) => column.notNull())
    .addColumn('erased', 'integer', (column) => column.notNull())
    .addColumn('started_at', 'text', (column) => column.notNull())
    .addColumn('erased_at', 'text')
    .addColumn('verified_at', 'text')
    .addPrimaryKeyConstraint('erasures_key', ['cohort', 'run'])
    .execute();
  await db.schema.createIndex('erasures_by_run').on('erasures').columns(['run', 'position']).execute();
  await db.schema.createIndex('erasures_by_cohort').on('erasures').columns(['cohort', 'position']).execute();
  await db.schema
    .createIndex('erasures_unfinished')
    .on('erasures')
    .column('position')
    .where(sql<boolean>`verified_at is null`)
    .execute();
}

export async function projectErasures(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'ErasureStarted': {
        const { cohort, run, inquiries } = event.data;
        const [position, started_at] = [BigInt(projected.position), event.at];
        // A cohort without data keys is erased by starting: no part will follow.
        const erased_at = inquiries === 0 ? event.at : null;
        await db
          .insertInto('erasures')
          .values({ cohort, run, position, inquiries, erased: 0, started_at, erased_at, verified_at: null })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'IdentityDataErased':
        await countErased(db, event.data.cohort, event.data.run, event.data.inquiries.length, event.at);
        break;
      case 'ErasureVerified':
        await db
          .updateTable('erasures')
          .set({ verified_at: event.at })
          .where('cohort', '=', event.data.cohort)
          .where('run', '=', event.data.run)
          .execute();
        break;
      default:
    }
  }
}

/** Adds a part; the one that completes the count dates the erasure. */
async function countErased(db: Db, cohort: string, run: string, count: number, at: string): Promise<void> {
  await db
    .updateTable('erasures')
    .set((row) => ({
      erased: row('erased', '+', count),
      erased_at: row
        .case()
        .when(
          row.and([row('erased_at', 'is', null), row(row('erased', '+', count), '>=', row.ref('inquiries'))]),
        )
        .then(at)
        .else(row.ref('erased_at'))
        .end(),
    }))
    .where('cohort', '=', cohort)
    .where('run', '=', run)
    .execute();
}

const state = (row: ExpressionBuilder<Schema, 'erasures'>) =>
  row
    .case()
    .when('verified_at', 'is not', null)
    .then(sql<ErasureRow['state']>`'verified'`)
    .when('erased_at', 'is not', null)
    .then(sql<ErasureRow['state']>`'erased'`)
    .else(sql<ErasureRow['state']>`'started'`)
    .end();

const erasures = (db: Db) =>
  db
    .selectFrom('erasures')
    .select((row) => [
      'run',
      'cohort',
      state(row).as('state'),
      'inquiries',
      'started_at as startedAt',
      'erased_at as erasedAt',
      'verified_at as verifiedAt',
    ]);

/** The run by its id; where it covered several cohorts, the one started last. */
export async function erasure(db: Db, run: string): Promise<ErasureRow | null> {
  const row = await erasures(db)
    .where('run', '=', run)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** The latest run over a cohort. */
export async function erasureOfCohort(db: Db, cohort: string): Promise<ErasureRow | null> {
  const row = await erasures(db)
    .where('cohort', '=', cohort)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Runs that were started and are not verified, oldest first. */
export const erasuresUnfinished = (db: Db): Promise<readonly ErasureRow[]> =>
  erasures(db).where('verified_at', 'is', null).orderBy('position').execute();
