import Database from 'better-sqlite3';
import { LogInconsistent, LogSchemaTooNew } from '../port.js';
import { migrations } from './migrations.js';

/** The schema's number; 0 for none. Throws LogSchemaTooNew. */
export function schemaNumber(db: Database.Database): number {
  const found = db.pragma('user_version', { simple: true }) as number;
  if (found > migrations.length) throw new LogSchemaTooNew(found, migrations.length);
  return found;
}

/** Inside a write transaction: of two processes that start at once the second finds the work done. */
export function migrate(db: Database.Database): void {
  for (const migration of migrations.slice(schemaNumber(db))) db.exec(migration);
  db.pragma(`user_version = ${migrations.length}`);
}

/** Tables, indexes, triggers and views as one text, read from their table and not by an index that somebody put on it. */
const contentsOf = (db: Database.Database): string =>
  JSON.stringify(db.prepare('SELECT * FROM sqlite_schema NOT INDEXED').all().map(withoutPage).toSorted());

/** The page at which each begins is the file's own affair. */
const withoutPage = (row: unknown): string =>
  JSON.stringify({ ...(row as Record<string, unknown>), rootpage: 0 });

let expected: string | undefined;
/** What the migrations make, where nobody else can write. */
function soundContents(): string {
  if (expected !== undefined) return expected;
  const db = new Database(':memory:');
  try {
    migrate(db);
    expected = contentsOf(db);
    return expected;
  } finally {
    db.close();
  }
}

/** Whether the open database consists of what the migrations make, and of nothing else. */
export class SoundSchema {
  private readonly changes: Database.Statement<[], number>;
  private judgedAt = -1;

  constructor(private readonly db: Database.Database) {
    this.changes = db.prepare<[], number>('PRAGMA schema_version').pluck();
  }

  holds(): boolean {
    // The number first: what changes in between changes it once more.
    const changes = this.changes.get() ?? 0;
    if (changes === this.judgedAt) return true;
    if (contentsOf(this.db) !== soundContents()) return false;
    this.judgedAt = changes;
    return true;
  }

  /** A trigger may drop what is written, an index may hide it: nothing is written or answered then. Throws LogInconsistent. */
  assert(): void {
    if (!this.holds())
      throw new LogInconsistent('ledger.sqlite', 'its schema is not the one that this program made');
  }
}
