import Database from 'better-sqlite3';
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
} from 'kysely';
import type { Projections } from '../port.js';
import { applyBatch } from '../projections.js';
import { SCHEMA_VERSION, readProgress } from '../read-model.js';
import { createSchema, type Db, type Schema } from '../schema.js';
import { dropSubjectYear } from '../subjects.js';
import { trailIndexes } from '../trail.js';
import { makeIndexes } from './make-indexes.js';
import { preparedStatements } from './prepared-statements.js';

/** A writer's transaction takes the write lock at once, so that what it reads first is still true when it writes. */
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/**
 * Opens the file for writing. `synchronous=NORMAL` commits without an fsync: a power loss may take the last batches
 * away, but each with its checkpoint, which is in the same transaction (decision 6). The follower then reads them
 * again from the events, which are the truth and are on disk. Nothing is lost but a second's work.
 *
 * The cache (64 MB) holds the inner pages of the indexes whose keys come in no order: cases and subject tokens. The journal
 * is folded back at 64 MB, not at 4: a batch of a rebuild writes more than that, and the next one the same pages again.
 * `secure_delete`: a dropped subject index is overwritten, not merely unlinked (decision 14).
 */
function openFile(file: string): Database.Database {
  const connection = new Database(file, { timeout: 5000 });
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = NORMAL');
  connection.pragma('cache_size = -65536');
  connection.pragma('wal_autocheckpoint = 16000');
  connection.pragma('secure_delete = ON');
  return connection;
}

const kyselyOn = (connection: Database.Database): Db =>
  new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateSqliteDriver({ database: preparedStatements(connection) }),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });

/** The names of all tables, whichever version made them. */
const tablesIn = (connection: Database.Database): string[] =>
  connection
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();

/** Drops everything and begins anew, in one transaction: a reader sees the old tables or the new ones, never none. */
async function recreate(connection: Database.Database, db: Db): Promise<void> {
  for (const table of tablesIn(connection)) await db.schema.dropTable(table).execute();
  await createSchema(db);
}

/** What makes the indexes of the trail that are not there. */
function missingIndexes(connection: Database.Database, db: Db): readonly string[] {
  const made = new Set(
    connection
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'trail'")
      .pluck()
      .all(),
  );
  return trailIndexes(db)
    .filter(({ name }) => !made.has(name))
    .map(({ create }) => create.compile().sql);
}

/** Drops the indexes of the trail while they are empty. */
async function dropUnusedIndexes(db: Db): Promise<void> {
  if ((await readProgress(db)).readUpTo !== null) return;
  for (const { name } of trailIndexes(db)) await db.schema.dropIndex(name).ifExists().execute();
}

/** Whether the tables are of this program's version; false for an empty file too. */
function isCurrent(connection: Database.Database): boolean {
  if (!tablesIn(connection).includes('read_model')) return false;
  const version = connection.prepare<[], number>('SELECT schema_version FROM read_model').pluck().get();
  return version === SCHEMA_VERSION;
}

/**
 * What was dropped leaves the journal too. Waits up to five seconds for readers; throws when they stay longer, and
 * dropping again then finishes the work.
 */
function emptyJournal(connection: Database.Database): void {
  const [result] = connection.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
  if (result.busy !== 0) throw new Error('the journal of the read models is in use and could not be emptied');
}

/**
 * Opens the read models for writing, in one SQLite file; for the worker's follower, under its lease (two writers
 * are safe, and one of them idle). Tables of another version, older or newer, are dropped: the checkpoint is then
 * null and the follower replays.
 */
export async function openProjections({ file }: { file: string }): Promise<Projections> {
  const connection = openFile(file);
  const db = kyselyOn(connection);
  const begin = async (): Promise<void> => {
    await db.transaction().execute(async (transaction) => {
      if (!isCurrent(connection)) await recreate(connection, transaction);
    });
  };
  try {
    await begin();
  } catch (error) {
    await db.destroy();
    throw error;
  }

  // SQLite's own number, another after every change to what tables and indexes there are, whoever made it.
  const schemaNumber = connection.prepare<[], number>('PRAGMA schema_version').pluck();
  /** The number at which no index was missing: events that come one by one ask about nothing else. */
  let wholeAt: number | undefined;

  return {
    checkpoint: async () => (await readProgress(db)).readUpTo,
    apply: (batch) => db.transaction().execute((transaction) => applyBatch(transaction, batch)),
    manyFollow: () => db.transaction().execute(dropUnusedIndexes),
    async caughtUp(signal) {
      if (schemaNumber.get() === wholeAt) return;
      // On the connection, and so with nothing else of this process in between: the thread takes the write lock.
      await db.connection().execute(async (one) => {
        await readProgress(one);
        const found = schemaNumber.get();
        const statements = missingIndexes(connection, one);
        if (statements.length === 0) wholeAt = found;
        else await makeIndexes({ file, version: SCHEMA_VERSION, statements }, signal);
      });
    },
    clear: () => db.transaction().execute((transaction) => recreate(connection, transaction)),
    async dropSubjectYear(fiscalYear) {
      await db.transaction().execute((transaction) => dropSubjectYear(transaction, fiscalYear));
      emptyJournal(connection);
    },
    close: () => db.destroy(),
  };
}
