import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { Place } from '../specimens.contract.js';
import { KeyTable } from './key-table.js';
import { SCHEMA_VERSION } from './migrations.js';

const IMPATIENT_MS = 15;
const KEY = { kind: 'person', id: 'op-1' } as const;

let place: Place;
let file: string;
let opened: { close(): unknown }[] = [];
beforeEach(() => {
  place = new Place();
  mkdirSync(place.directory);
  file = join(place.directory, 'keys.sqlite');
});
afterEach(async () => {
  for (const handle of opened) handle.close();
  opened = [];
  await place.remove();
});

async function open(patienceMs?: number): Promise<KeyTable> {
  const table = await KeyTable.open(place.directory, patienceMs);
  opened.push(table);
  return table;
}

/** Another process, as SQLite sees it. */
function stranger(): Database.Database {
  const db = new Database(file);
  opened.push(db);
  return db;
}

describe('The schema', () => {
  it('is made once by several starts at the same time', async () => {
    const tables = await Promise.all([open(), open(), open()]);

    expect(tables.map((table) => table.state())).toEqual(
      tables.map(() => ({ generation: 1, epoch: 0, epochGeneration: 1 })),
    );
    expect(stranger().pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
  });

  it('is refused when it is newer than the program', async () => {
    (await open()).close();
    stranger().pragma(`user_version = ${SCHEMA_VERSION + 1}`);

    await expect(open()).rejects.toMatchObject({ code: 'vault-unavailable' });
  });

  it('is refused when the file is no database', async () => {
    writeFileSync(file, 'a text that somebody put here, longer than the header of a database'.repeat(9));

    await expect(open()).rejects.toMatchObject({ code: 'vault-unavailable' });
  });
});

describe('The file', () => {
  it('is for its owner only', async () => {
    const table = await open();
    await table.transaction(() => table.beginEpoch(1));

    expect([file, `${file}-wal`].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('has a journal of zero length after it was truncated', async () => {
    const table = await open();
    await table.transaction(() => table.insert(KEY, { epoch: 1, wrap: Buffer.alloc(60) }));
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    await table.truncateJournal();

    expect(statSync(`${file}-wal`).size).toBe(0);
  });
});

describe('Another process in the way', () => {
  it('of the lock is waited for, at last the key store is unavailable', async () => {
    const table = await open(IMPATIENT_MS);
    const other = stranger();
    other.exec('BEGIN IMMEDIATE');
    await expect(table.transaction(() => 1)).rejects.toMatchObject({ code: 'vault-unavailable' });

    other.exec('ROLLBACK');
    expect(await table.transaction(() => 1)).toBe(1);
  });

  it('of the truncation is waited for, at last the key store is unavailable', async () => {
    const table = await open(IMPATIENT_MS);
    const reader = stranger();
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM state').get();
    await table.transaction(() => table.bury([KEY]));
    await expect(table.truncateJournal()).rejects.toMatchObject({ code: 'vault-unavailable' });

    reader.exec('COMMIT');
    await table.truncateJournal();
    expect(statSync(`${file}-wal`).size).toBe(0);
  });

  it('does not keep readers from reading while it writes', async () => {
    const table = await open();
    const other = stranger();
    other.exec('BEGIN IMMEDIATE');
    other.exec('UPDATE state SET generation = 7');

    expect(table.generation()).toBe(1);
    other.exec('COMMIT');
    expect(table.generation()).toBe(7);
  });
});

describe('A transaction', () => {
  it('leaves nothing behind when it fails', async () => {
    const table = await open();
    const failed = table.transaction(() => {
      table.bury([KEY]);
      throw new RangeError('stop');
    });
    await expect(failed).rejects.toThrow(RangeError);

    expect([table.find(KEY), table.generation()]).toEqual(['unknown', 1]);
  });

  it('follows another one of the same process', async () => {
    const table = await open();
    const generations = await Promise.all(
      ['a', 'b', 'c'].map((id) =>
        table.transaction(() => {
          table.bury([{ kind: 'person', id }]);
          return table.generation();
        }),
      ),
    );

    expect(generations).toEqual([2, 3, 4]);
  });

  it('after the end of the table finds the vault closed', async () => {
    const table = await open();
    table.close();

    await expect(table.transaction(() => 1)).rejects.toThrow('the vault is closed');
    expect(() => table.generation()).toThrow('the vault is closed');
  });
});

describe('A key that was destroyed', () => {
  it('is read back from the file, and a row that is still there is told', async () => {
    const table = await open();
    await table.transaction(() => table.insert(KEY, { epoch: 1, wrap: Buffer.alloc(60) }));
    expect(() => table.readBackGone([KEY])).toThrow(/person\/op-1 is still there/);

    await table.transaction(() => table.bury([KEY]));
    expect(() => table.readBackGone([KEY])).not.toThrow();
  });
});
