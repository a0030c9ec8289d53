import { sql } from 'kysely';
import {
  affairOf,
  caseMatches,
  type CaseState,
  evolveCase,
  initialCase,
  type RecordedCaseEvent,
} from '#domain';
import type { CaseRegisterRow } from './case-port.js';
import { dayOfEvent } from './event-days.js';
import { named, type RecordedEvent } from './recorded-event.js';
import { RowsStatement } from './rows-statement.js';
import type { Db } from './schema.js';

/** A case of the agency, as last handed over. */
export interface CasesTable {
  agreement: string;
  affair: string;
  case_reference: string;
  opened_on: string;
  closed_on: string | null;
  explains_through: string | null;
  /** Ids of the operators who registered or changed it, a space between: it explains no inquiry of theirs. */
  handed_over_by: string;
}

/** The cases of one affair. Without a row nobody can say whether an inquiry of that affair has a case. */
export interface CaseRegistersTable {
  agreement: string;
  affair: string;
  cases: number;
  changed_at: string;
}

export async function createCases(db: Db): Promise<void> {
  await db.schema
    .createTable('cases')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('affair', 'text', (column) => column.notNull())
    .addColumn('case_reference', 'text', (column) => column.notNull())
    .addColumn('opened_on', 'text', (column) => column.notNull())
    .addColumn('closed_on', 'text')
    .addColumn('explains_through', 'text')
    .addColumn('handed_over_by', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('cases_key', ['agreement', 'affair', 'case_reference'])
    .modifyEnd(sql`without rowid`)
    .execute();
  await db.schema
    .createTable('case_registers')
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('affair', 'text', (column) => column.notNull())
    .addColumn('cases', 'integer', (column) => column.notNull())
    .addColumn('changed_at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('case_registers_key', ['agreement', 'affair'])
    .modifyEnd(sql`without rowid`)
    .execute();
}

// ---- projection ----

type CaseKey = Pick<CasesTable, 'agreement' | 'affair' | 'case_reference'>;

const isOfCase = (event: RecordedEvent): event is Extract<RecordedEvent, RecordedCaseEvent> =>
  event.type === 'CaseRegistered' ||
  event.type === 'CaseClosed' ||
  event.type === 'CaseReopened' ||
  event.type === 'CaseOpeningCorrected';

/** Which case an event changes or an inquiry names; null where it is about none. */
function caseOf(event: RecordedEvent): CaseKey | null {
  const { agreement } = event;
  if (isOfCase(event)) {
    const { affair, caseReference } = event.data;
    return { agreement, affair, case_reference: caseReference };
  }
  if (event.type !== 'InquiryReceived' && event.type !== 'InquiryRefused') return null;
  const [purpose, caseReference] = [named(event, 'purpose'), named(event, 'caseReference')];
  if (purpose === null || caseReference === null) return null;
  return { agreement, affair: affairOf(purpose), case_reference: caseReference };
}

/** None of the first two has a slash. */
const registerOf = ({ agreement, affair }: Pick<CaseKey, 'agreement' | 'affair'>): string =>
  `${agreement}/${affair}`;
const keyOf = (key: CaseKey): string => `${registerOf(key)}/${key.case_reference}`;

function stateOf(row: CasesTable): CaseState {
  const { opened_on: openedOn, closed_on: closedOn, explains_through: explainsThrough } = row;
  const handedOverBy = row.handed_over_by.split(' ').filter(Boolean);
  return closedOn === null
    ? { state: 'open', openedOn, closedOn, explainsThrough: null, handedOverBy }
    : { state: 'closed', openedOn, closedOn, explainsThrough, handedOverBy };
}

/** At most this many references in one `in (...)`. */
const REFERENCES_AT_ONCE = 500;

/**
 * The cases that a batch speaks of: loaded once, moved on event by event, saved once. An inquiry is judged by the cases
 * handed over before it in the global order, and never again: whoever builds the read models anew comes to the same.
 */
export class BatchCases {
  readonly #cases = new Map<string, CaseState>();
  readonly #registers = new Map<string, CaseRegistersTable>();
  readonly #changedCases = new Map<string, CaseKey>();
  readonly #changedRegisters = new Set<string>();

  private constructor(cases: readonly CasesTable[], registers: readonly CaseRegistersTable[]) {
    for (const row of cases) this.#cases.set(keyOf(row), stateOf(row));
    for (const row of registers) this.#registers.set(registerOf(row), row);
  }

  static async load(db: Db, events: readonly RecordedEvent[]): Promise<BatchCases> {
    const keys = new Map(events.flatMap((event) => caseOf(event) ?? []).map((key) => [keyOf(key), key]));
    if (keys.size === 0) return new BatchCases([], []);
    // One row for each affair: all of them are fewer than a batch asks for.
    const registers = await db.selectFrom('case_registers').selectAll().execute();
    const cases: CasesTable[] = [];
    for (const some of Map.groupBy(keys.values(), registerOf).values()) {
      if (registers.some((row) => registerOf(row) === registerOf(some[0] as CaseKey)))
        cases.push(...(await casesNamed(db, some)));
    }
    return new BatchCases(cases, registers);
  }

  /** Moves the case of an event on. */
  follow(event: RecordedEvent): void {
    if (!isOfCase(event)) return;
    const key = caseOf(event) as CaseKey;
    const name = keyOf(key);
    const before = this.#cases.get(name) ?? initialCase;
    const after = evolveCase(before, event);
    this.#cases.set(name, after);
    this.#changedCases.set(name, key);
    const register = registerOf(key);
    const cases =
      (this.#registers.get(register)?.cases ?? 0) +
      (before.state === 'none' && after.state !== 'none' ? 1 : 0);
    const { agreement, affair } = key;
    this.#registers.set(register, { agreement, affair, cases, changed_at: event.at });
    this.#changedRegisters.add(register);
  }

  /** Whether the inquiry that an event begins has a case of the agency; null for any other event. */
  matches(event: RecordedEvent): boolean | null {
    const key = isOfCase(event) ? null : caseOf(event);
    if (!key) return null;
    const found = this.#cases.get(keyOf(key)) ?? initialCase;
    return caseMatches(this.#registers.has(registerOf(key)), found.state === 'none' ? null : found, {
      operator: named(event, 'operator'),
      day: dayOfEvent(event.at),
    });
  }

  async save(db: Db): Promise<void> {
    const rows = [...this.#changedCases].flatMap(([name, key]): CasesTable[] => {
      const state = this.#cases.get(name) ?? initialCase;
      if (state.state === 'none') return [];
      const { openedOn, closedOn, explainsThrough, handedOverBy } = state;
      const days = { opened_on: openedOn, closed_on: closedOn, explains_through: explainsThrough };
      return [{ ...key, ...days, handed_over_by: handedOverBy.join(' ') }];
    });
    await saveCases.write(db, rows);
    const registers = [...this.#changedRegisters].flatMap((name) => this.#registers.get(name) ?? []);
    await saveRegisters.write(db, registers);
  }
}

/** Of one affair. */
async function casesNamed(db: Db, keys: readonly CaseKey[]): Promise<readonly CasesTable[]> {
  const found: CasesTable[] = [];
  const [{ agreement, affair }] = keys as readonly [CaseKey];
  for (let start = 0; start < keys.length; start += REFERENCES_AT_ONCE) {
    const some = keys.slice(start, start + REFERENCES_AT_ONCE).map((key) => key.case_reference);
    const asked = db
      .selectFrom('cases')
      .selectAll()
      .where('agreement', '=', agreement)
      .where('affair', '=', affair);
    found.push(...(await asked.where('case_reference', 'in', some).execute()));
  }
  return found;
}

const saveCases = new RowsStatement<CasesTable>((db, row) =>
  db
    .insertInto('cases')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['agreement', 'affair', 'case_reference']).doUpdateSet((given) => ({
        opened_on: given.ref('excluded.opened_on'),
        closed_on: given.ref('excluded.closed_on'),
        explains_through: given.ref('excluded.explains_through'),
        handed_over_by: given.ref('excluded.handed_over_by'),
      })),
    ),
);

const saveRegisters = new RowsStatement<CaseRegistersTable>((db, row) =>
  db
    .insertInto('case_registers')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['agreement', 'affair']).doUpdateSet((given) => ({
        cases: given.ref('excluded.cases'),
        changed_at: given.ref('excluded.changed_at'),
      })),
    ),
);

// ---- queries ----

export const caseRegisters = (db: Db, agreement: string): Promise<readonly CaseRegisterRow[]> =>
  db
    .selectFrom('case_registers')
    .select(['affair', 'cases', 'changed_at as changedAt'])
    .where('agreement', '=', agreement)
    .orderBy('affair')
    .execute();

const MOST_INQUIRIES = 1_000;

export async function casesOfInquiries(
  db: Db,
  inquiries: readonly string[],
): Promise<ReadonlyMap<string, boolean>> {
  if (inquiries.length > MOST_INQUIRIES)
    throw new RangeError(`at most ${MOST_INQUIRIES} inquiries are asked about at once`);
  if (inquiries.length === 0) return new Map();
  const rows = await db
    .selectFrom('inquiries')
    .select(['inquiry', 'case_matches'])
    .where('inquiry', 'in', inquiries)
    .where('case_matches', 'is not', null)
    .execute();
  return new Map(rows.map(({ inquiry, case_matches: matches }) => [inquiry, matches === 1]));
}
