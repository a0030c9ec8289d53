import { Kysely } from 'kysely';
import type { Queries } from '../port.js';
import { queriesOver } from '../queries.js';
import type { Schema } from '../schema.js';
import { readerDialect } from './reader-dialect.js';

export interface QueriesOptions {
  /** The file that `openProjections` writes. It need not exist yet: queries answer as if empty until it does. */
  readonly file: string;
  /**
   * Reader threads at most, started as they are needed; 2 by default, so that the look-up of a grant need not
   * wait behind a long search of the trail.
   */
  readonly threads?: number;
}

/**
 * Opens the read models read-only, through reader threads (decision 6). A query on tables of another version throws
 * `ReadModelsOfOtherVersion`; one that fails in SQLite throws `ReadFailed`. Both leave the reader usable. Close
 * it after the last query: those still under way are failed.
 */
export const openQueries = ({ file, threads = 2 }: QueriesOptions): Queries =>
  queriesOver(new Kysely<Schema>({ dialect: readerDialect(file, threads) }));
