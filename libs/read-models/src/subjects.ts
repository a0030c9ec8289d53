import { sql, type Kysely } from 'kysely';
import { yearOfEvent } from './event-days.js';
import type { ProjectedEvent, TrailFilter } from './port.js';
import { RowsStatement } from './rows-statement.js';
import type { Db, PositionColumn } from './schema.js';

/** The fiscal years that have a subject index. */
export interface SubjectYearsTable {
  fiscal_year: number;
}

/**
 * `subjects_<year>`: which events concern which resident (decision 14). Nothing else in the read models knows a
 * resident. A table for each fiscal year, because its end must leave nothing behind.
 */
interface SubjectsTable {
  token: string;
  position: PositionColumn;
}

type SubjectTableName = `subjects_${number}`;
type SubjectSchema = Record<SubjectTableName, SubjectsTable>;
export type SubjectToken = NonNullable<TrailFilter['subjectTokens']>[number];

const subjectDb = (db: Db): Kysely<SubjectSchema> => db as unknown as Kysely<SubjectSchema>;

/** The name goes into SQL text, so nothing but a year may pass. */
function subjectTable(year: number): SubjectTableName {
  if (!Number.isInteger(year) || year < 1900 || year > 9999) throw new RangeError('not a fiscal year');
  return `subjects_${year}`;
}

export async function createSubjectYears(db: Db): Promise<void> {
  await db.schema
    .createTable('subject_years')
    .addColumn('fiscal_year', 'integer', (column) => column.primaryKey())
    .execute();
}

async function createSubjectYear(db: Db, year: number): Promise<void> {
  await db.schema
    .createTable(subjectTable(year))
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint(`${subjectTable(year)}_key`, ['token', 'position'])
    // The key is the whole row, so SQLite keeps one tree instead of two.
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.insertInto('subject_years').values({ fiscal_year: year }).execute();
}

export async function subjectYears(db: Db): Promise<readonly number[]> {
  const rows = await db.selectFrom('subject_years').select('fiscal_year').orderBy('fiscal_year').execute();
  return rows.map((row) => row.fiscal_year);
}

/** Indexes the tokens of a batch under the fiscal year of each event's business time. */
export async function projectSubjects(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  const byYear = new Map<number, { token: string; position: bigint }[]>();
  for (const { event, position, tokens } of batch) {
    if (tokens.length === 0) continue;
    const year = yearOfEvent(event.at);
    const rows = byYear.get(year) ?? [];
    for (const token of new Set(tokens)) rows.push({ token, position: BigInt(position) });
    byYear.set(year, rows);
  }
  if (byYear.size === 0) return;
  const existing = new Set(await subjectYears(db));
  for (const [year, rows] of byYear) {
    if (!existing.has(year)) await createSubjectYear(db, year);
    await insertSubjects(year).write(db, rows);
  }
}

const insertSubjects = (year: number): RowsStatement<{ token: string; position: bigint }> =>
  new RowsStatement((db, row) => subjectDb(db).insertInto(subjectTable(year)).values(row));

/** The tokens that can match: those of a year that has an index. */
export async function searchableTokens(db: Db, tokens: readonly SubjectToken[]): Promise<SubjectToken[]> {
  const existing = new Set(await subjectYears(db));
  return tokens.filter(({ fiscalYear: year }) => existing.has(year));
}

/** The positions of the events that carry any of `tokens` (one or more, each of a year that has an index). */
export function positionsOfSubjects(db: Db, tokens: readonly SubjectToken[]) {
  const [first, ...others] = tokens.map(({ fiscalYear: year, token }) =>
    subjectDb(db).selectFrom(subjectTable(year)).select('position').where('token', '=', token),
  );
  if (!first) throw new RangeError('no subject token');
  return others.reduce((union, next) => union.union(next), first);
}

/** Drops a year's index; nothing happens when there is none. */
export async function dropSubjectYear(db: Db, year: number): Promise<void> {
  await db.schema.dropTable(subjectTable(year)).ifExists().execute();
  await db.deleteFrom('subject_years').where('fiscal_year', '=', year).execute();
}
