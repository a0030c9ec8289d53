import { copyFileSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { cpuSince } from '../append/port-side.js';
import type { Side, Work } from '../rounds.js';

type Row = readonly (string | number | bigint | null)[];

/** Rows in a transaction: long enough that its end costs little. */
const AT_ONCE = 10_000;

/**
 * The floor of a rebuild: the tables and indexes that came of it, and their rows, which nobody has to work out. The indexes
 * are there from the first row; the rebuild makes those of the trail last. The rows stay in a file: half a gigabyte of them in
 * this process would slow down the other side.
 */
export class SameRows {
  private constructor(
    private readonly file: string,
    private readonly schema: readonly string[],
    private readonly tables: readonly string[],
    /** Of all tables together. */
    readonly rows: number,
  ) {}

  /** Those of a file that is closed; they are copied to `copy`. */
  static of(file: string, copy: string): SameRows {
    copyFileSync(file, copy);
    const from = new Database(copy, { readonly: true });
    try {
      const made = from
        .prepare<[], { type: string; name: string; sql: string }>(
          "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'",
        )
        .all();
      const tables = made.filter(({ type }) => type === 'table').map(({ name }) => name);
      const count = (table: string): number =>
        from.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
      const rows = tables.reduce((sum, table) => sum + count(table), 0);
      return new SameRows(
        copy,
        made.map(({ sql }) => sql),
        tables,
        rows,
      );
    } finally {
      from.close();
    }
  }

  /** A loop of prepared inserts into the same tables with the same indexes, that stand for so many events. */
  side(file: string, events: number): Side {
    return {
      name: 'the same rows by hand',
      work: () => {
        for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
        const from = new Database(this.file, { readonly: true });
        const to = new Database(file);
        try {
          return Promise.resolve({ operations: events, ...this.write(from, to) });
        } finally {
          to.close();
          from.close();
        }
      },
    };
  }

  /** Only the writing counts. */
  private write(from: Database.Database, to: Database.Database): Pick<Work, 'seconds' | 'cpuSeconds'> {
    to.pragma('journal_mode = WAL');
    to.pragma('synchronous = NORMAL');
    to.pragma('cache_size = -65536');
    to.pragma('wal_autocheckpoint = 16000');
    for (const sql of this.schema) to.exec(sql);
    let [seconds, cpuSeconds] = [0, 0];
    for (const { table, rows } of this.read(from)) {
      const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
      insertAll(to, table, rows);
      seconds += (performance.now() - began) / 1_000;
      cpuSeconds += cpuSince(cpuBefore);
    }
    return { seconds, cpuSeconds };
  }

  private *read(
    from: Database.Database,
  ): Iterable<{ readonly table: string; readonly rows: readonly Row[] }> {
    for (const table of this.tables) {
      let rows: Row[] = [];
      for (const row of from.prepare<[], Row>(`SELECT * FROM "${table}"`).raw().iterate()) {
        if (rows.push(row) < AT_ONCE) continue;
        yield { table, rows };
        rows = [];
      }
      if (rows.length > 0) yield { table, rows };
    }
  }
}

function insertAll(to: Database.Database, table: string, rows: readonly Row[]): void {
  const insert = to.prepare(`INSERT INTO "${table}" VALUES (${(rows[0] ?? []).map(() => '?').join(', ')})`);
  to.transaction(() => rows.forEach((row) => insert.run(...row)))();
}
