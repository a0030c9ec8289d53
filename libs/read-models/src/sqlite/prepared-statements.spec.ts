import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { RowsStatement } from '../rows-statement.js';
import type { Schema } from '../schema.js';
import { preparedStatements } from './prepared-statements.js';

type Unit = Schema['operator_units'];

describe('prepared statements', () => {
  let connection: Database.Database;
  let prepared: string[];
  let db: Kysely<Schema>;
  beforeEach(() => {
    connection = new Database(':memory:');
    connection.exec('CREATE TABLE operator_units (operator TEXT PRIMARY KEY, unit TEXT)');
    prepared = [];
    const prepare = connection.prepare.bind(connection);
    connection.prepare = (text: string) => {
      prepared.push(text);
      return prepare(text);
    };
    db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: preparedStatements(connection) }) });
  });
  afterEach(() => db.destroy());

  const units = () => db.selectFrom('operator_units').selectAll().orderBy('operator').execute();
  const insert = new RowsStatement<Unit>((to, row) => to.insertInto('operator_units').values(row));

  it('write row after row by one statement, whatever the order of their columns', async () => {
    const rows: Unit[] = [
      { operator: 'o-1', unit: 'a' },
      { unit: 'b', operator: 'o-2' },
    ];
    await insert.write(db, rows);
    await insert.write(db, [{ unit: 'c', operator: 'o-3' }]);
    await insert.write(db, []);
    expect(await units()).toEqual([...rows, { operator: 'o-3', unit: 'c' }]);
    expect(prepared.filter((text) => text.startsWith('insert'))).toHaveLength(1);
  });

  it('write null where a row has nothing', async () => {
    const nothing = { operator: 'o-1', unit: undefined } as unknown as Unit;
    await new RowsStatement<Unit>((to, row) => to.insertInto('operator_units').values(row)).write(db, [
      nothing,
      { operator: 'o-2', unit: 'b' },
    ]);
    expect(await units()).toEqual([
      { operator: 'o-1', unit: null },
      { operator: 'o-2', unit: 'b' },
    ]);
  });

  it('stop at the row that does not fit, and the transaction takes back those before it', async () => {
    await insert.write(db, [{ operator: 'o-2', unit: 'a' }]);
    const rows = ['o-1', 'o-2', 'o-3'].map((operator) => ({ operator, unit: 'b' }));
    const written = db.transaction().execute((transaction) => insert.write(transaction, rows));
    await expect(written).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(await units()).toEqual([{ operator: 'o-2', unit: 'a' }]);
  });

  it('are prepared again once many others were used', async () => {
    await units();
    await units();
    expect(prepared).toHaveLength(1);
    for (let ids = 1; ids <= 64; ids += 1) {
      const some = Array.from({ length: ids }, (_, n) => `o-${n}`);
      await db.selectFrom('operator_units').select('unit').where('operator', 'in', some).execute();
    }
    await units();
    expect(prepared).toHaveLength(66);
  });
});
