import { sql, type Generated, type RawBuilder } from 'kysely';
import type { ReadPosition } from './port.js';
import type { Db, PositionColumn } from './schema.js';

/**
 * The version of every table in this library. Raise it with any change to a table or to what a projection writes: the next
 * start drops all tables and the follower replays (decision 6). There are no migrations here.
 */
export const SCHEMA_VERSION = 6;

/**
 * One row about the read models as a whole: their version, and how far they have read. The table's name, `id` and
 * `schema_version` stay in every version: by them another version is recognised.
 */
export interface ReadModelTable {
  id: Generated<number>;
  schema_version: number;
  position: PositionColumn | null;
  event_id: string | null;
  /** Business time of the latest event read: nothing that ended before it can come back to life. */
  latest_at: string | null;
}

/** The row, read. */
export interface Progress {
  readonly readUpTo: ReadPosition | null;
  readonly latestAt: string | null;
}

/** The tables were made by another version of this program: wait for, or run, the worker of this version. */
export class ReadModelsOfOtherVersion extends Error {
  readonly code = 'read-models-of-other-version';
  constructor(readonly found: number) {
    super(
      `the read models have schema ${found}, this program reads ${SCHEMA_VERSION}; ` +
        'they are rebuilt when the worker of this version starts',
    );
    this.name = 'ReadModelsOfOtherVersion';
  }
}

/** A position as the port's decimal string. */
export const positionText = (column: string): RawBuilder<string> =>
  sql<string>`cast(${sql.ref(column)} as text)`;

export async function createReadModel(db: Db): Promise<void> {
  await db.schema
    .createTable('read_model')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('schema_version', 'integer', (column) => column.notNull())
    .addColumn('position', 'bigint')
    .addColumn('event_id', 'text')
    .addColumn('latest_at', 'text')
    .execute();
  await db.insertInto('read_model').values({ id: 1, schema_version: SCHEMA_VERSION }).execute();
}

/** Throws `ReadModelsOfOtherVersion` for any version but this program's. */
export function requireThisVersion(found: number): void {
  if (found !== SCHEMA_VERSION) throw new ReadModelsOfOtherVersion(found);
}

/** How far the read models have read. Throws `ReadModelsOfOtherVersion` for tables of another version. */
export async function readProgress(db: Db): Promise<Progress> {
  const row = await db
    .selectFrom('read_model')
    .select(['schema_version', 'event_id', 'latest_at', positionText('position').as('position')])
    .where('id', '=', 1)
    .executeTakeFirstOrThrow();
  requireThisVersion(row.schema_version);
  const readUpTo = row.event_id === null ? null : { position: row.position, eventId: row.event_id };
  return { readUpTo, latestAt: row.latest_at };
}

/** Notes how far a batch has brought the read models, in the batch's own transaction (decision 6). */
export async function noteProgress(
  db: Db,
  { position, eventId }: ReadPosition,
  latestAt: string,
): Promise<void> {
  await db
    .updateTable('read_model')
    .set({ position: BigInt(position), event_id: eventId, latest_at: latestAt })
    .where('id', '=', 1)
    .execute();
}
