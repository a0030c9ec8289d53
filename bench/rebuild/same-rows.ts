import { rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { cpuSince } from '../append/port-side.js';
import type { Side } from '../rounds.js';

type Row = readonly (string | number | bigint | null)[];

interface Table {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Rows in a transaction: long enough that its end costs nothing. */
const AT_ONCE = 10_000;

/** The floor of a rebuild: the tables and indexes that came of it, and their rows, in memory, as nobody has to work them out. */
export class SameRows {
  private constructor(
    private readonly schema: readonly string[],
    private readonly tables: readonly Table[],
  ) {}

  /** Reads them all. */
  static of(file: string): SameRows {
    const from = new Database(file, { readonly: true });
    try {
      const made = from
        .prepare<[], { type: string; name: string; sql: string }>(
          "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'",
        )
        .all();
      const tables = made
        .filter(({ type }) => type === 'table')
        .map(({ name }) => ({ name, rows: from.prepare<[], Row>(`SELECT * FROM "${name}"`).raw().all() }))
        .filter(({ rows }) => rows.length > 0);
      return new SameRows(
        made.map(({ sql }) => sql),
        tables,
      );
    } finally {
      from.close();
    }
  }

  get rows(): number {
    return this.tables.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** A loop of prepared inserts into the same tables with the same indexes, that stand for so many events. */
  side(file: string, events: number): Side {
    return {
      name: 'the same rows by hand',
      work: async () => {
        for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
        const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
        this.write(file);
        const seconds = (performance.now() - began) / 1_000;
        return { operations: events, seconds, cpuSeconds: cpuSince(cpuBefore) };
      },
    };
  }

  private write(file: string): void {
    const to = new Database(file);
    to.pragma('journal_mode = WAL');
    to.pragma('synchronous = NORMAL');
    to.pragma('cache_size = -65536');
    for (const sql of this.schema) to.exec(sql);
    for (const { name, rows } of this.tables) {
      const insert = to.prepare(
        `INSERT INTO "${name}" VALUES (${(rows[0] ?? []).map(() => '?').join(', ')})`,
      );
      const some = to.transaction((chunk: readonly Row[]) => chunk.forEach((row) => insert.run(...row)));
      for (let start = 0; start < rows.length; start += AT_ONCE) some(rows.slice(start, start + AT_ONCE));
    }
    to.close();
  }
}
