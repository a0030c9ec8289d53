import type Database from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/** As many statements stay prepared; each is known by its text, and lists of ids come in many lengths. */
const PREPARED = 64;

/**
 * A connection as Kysely asks it, which has each query prepared anew: here what was used lately is kept. And it runs a
 * statement for each of many rows where its values are a list of such (`RowsStatement`); no column of ours holds a list.
 */
export function preparedStatements(connection: Database.Database): SqliteDatabase {
  const prepared = new Map<string, Database.Statement<readonly unknown[]>>();
  const latest = (sql: string): Database.Statement<readonly unknown[]> => {
    const statement = prepared.get(sql) ?? connection.prepare<readonly unknown[]>(sql);
    // Last used, last in the map.
    prepared.delete(sql);
    prepared.set(sql, statement);
    const [oldest] = prepared.keys();
    if (prepared.size > PREPARED && oldest !== undefined) prepared.delete(oldest);
    return statement;
  };
  return {
    prepare(sql) {
      const statement = latest(sql);
      return {
        reader: statement.reader,
        all: (values) => statement.all(values),
        run: (values) => (isRows(values) ? runEach(statement, values) : statement.run(values)),
        iterate: (values) => statement.iterate(values),
      };
    },
    close: () => void connection.close(),
  };
}

type Rows = readonly (readonly unknown[])[];

const isRows = (values: readonly unknown[]): values is Rows => Array.isArray(values[0]);

function runEach(statement: Database.Statement<readonly unknown[]>, rows: Rows): Database.RunResult {
  let result: Database.RunResult = { changes: 0, lastInsertRowid: 0 };
  for (const row of rows) {
    const { changes, lastInsertRowid } = statement.run(row);
    result = { changes: result.changes + changes, lastInsertRowid };
  }
  return result;
}
