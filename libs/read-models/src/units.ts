import type { RecordedEvent } from './recorded-event.js';
import type { Db } from './schema.js';

/** The organisational unit of each operator, as last registered. */
export interface OperatorUnitsTable {
  operator: string;
  unit: string;
}

export async function createOperatorUnits(db: Db): Promise<void> {
  await db.schema
    .createTable('operator_units')
    .addColumn('operator', 'text', (column) => column.primaryKey())
    .addColumn('unit', 'text', (column) => column.notNull())
    .execute();
}

/** The units as a batch goes through its events: of an operator the trail shows the unit at that time. */
export class BatchUnits {
  readonly #units: Map<string, string>;
  readonly #changed = new Set<string>();

  private constructor(rows: readonly OperatorUnitsTable[]) {
    this.#units = new Map(rows.map(({ operator, unit }) => [operator, unit]));
  }

  static async load(db: Db, operators: ReadonlySet<string>): Promise<BatchUnits> {
    if (operators.size === 0) return new BatchUnits([]);
    const known = db
      .selectFrom('operator_units')
      .selectAll()
      .where('operator', 'in', [...operators]);
    return new BatchUnits(await known.execute());
  }

  /** Moves on with an event, before anybody is asked about. */
  follow(event: RecordedEvent): void {
    if (event.type !== 'OperatorRegistered') return;
    this.#units.set(event.data.operator, event.data.unit);
    this.#changed.add(event.data.operator);
  }

  of(operator: string | null): string | null {
    return operator === null ? null : (this.#units.get(operator) ?? null);
  }

  async save(db: Db): Promise<void> {
    for (const operator of this.#changed) {
      const unit = this.#units.get(operator) ?? '';
      await db
        .insertInto('operator_units')
        .values({ operator, unit })
        .onConflict((conflict) => conflict.column('operator').doUpdateSet({ unit }))
        .execute();
    }
  }
}
