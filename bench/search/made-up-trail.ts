import Database from 'better-sqlite3';
import { emptyOutcomes, InquiryReceived, purposes } from '#domain';
import { openProjections, type ProjectedEvent } from '#read-models';

/** Park–Miller: the same trail in every run. */
export function seededPick(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

const AGREEMENT = '019d6000-0000-7000-8000-00000000a001';
const YEARS = 5;
const FIRST_DAY = Date.parse('2027-04-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

const OPERATORS = 300;
const UNITS = 12;
const TERMINALS = 60;
const RESIDENTS = 200_000;

/** What a made-up agency has; questions are drawn from it. */
export const agency = {
  agreement: AGREEMENT,
  operator: (n: number): string => `o-${String(n % OPERATORS).padStart(8, '0')}`,
  operators: OPERATORS,
  unit: (n: number): string => `inspection-${(n % OPERATORS) % UNITS}`,
  units: UNITS,
  terminal: (n: number): string => `terminal-${n % TERMINALS}`,
  terminals: TERMINALS,
  session: (operator: number, day: number): string => `session-${operator % OPERATORS}-${day}`,
  grant: (operator: number, day: number): string => `grant-${operator % OPERATORS}-${Math.floor(day / 180)}`,
  days: YEARS * 365,
  years: Array.from({ length: YEARS }, (_, n) => 2027 + n),
  day: (n: number): string => new Date(FIRST_DAY + n * DAY_MS).toISOString().slice(0, 10),
  prefixes: ['SK', 'KN', 'TY', 'HK', 'MS'],
  token: (n: number): string => `token-${n % RESIDENTS}`,
  residents: RESIDENTS,
  refusals: ['grant-missing', 'grant-expired', 'out-of-hours', 'grant-purpose-not-covered'],
} as const;

/** The columns of the projection, and of the table beside it. */
const columns = [
  'position',
  'id',
  'type',
  'stream',
  'at',
  'agreement',
  'operator',
  'unit',
  'terminal',
  'session',
  'grant',
  'purpose',
  'outcome',
  'refusals',
  'case_reference',
  'case_head',
  'case_matches',
  'inquiry',
] as const;
type Row = Readonly<Record<(typeof columns)[number], string | number | null>>;

/** One inquiry after another: of a hundred, two are refused and the rest answered, sixty of them with a record. */
export class MadeUpTrail {
  #position = 0;
  #inquiries = 0;
  readonly #pick = seededPick(27);

  constructor(readonly rows: number) {}

  get done(): boolean {
    return this.#position >= this.rows;
  }

  get last(): number {
    return this.#position;
  }

  /** The id of the `n`th inquiry; ids rise with time as UUIDv7 do. */
  static inquiry = (n: number): string =>
    `${n.toString(16).padStart(8, '0')}-0000-7000-8000-${((n * 2_654_435_761) % 2 ** 32).toString(16).padStart(12, '0')}`;

  /** The rows of the next inquiry, and the resident whom they concern. */
  next(): { readonly rows: readonly Row[]; readonly resident: number; readonly year: number } {
    const pick = this.#pick;
    this.#inquiries += 1;
    const elapsed = (this.#position / this.rows) * agency.days;
    const day = Math.floor(elapsed);
    const operator = pick(OPERATORS);
    const purpose = pick(purposes.length);
    const at = FIRST_DAY + Math.floor(elapsed * DAY_MS);
    const year = 2027 + Math.floor(day / 365);
    const head = `${agency.prefixes[purpose % 5]}-${year}-`;
    const reference = `${head}${String(Math.floor(this.#inquiries / 2) % 1_000_000).padStart(6, '0')}`;
    const of = {
      agreement: AGREEMENT,
      operator: agency.operator(operator),
      unit: agency.unit(operator),
      terminal: agency.terminal(pick(TERMINALS)),
      session: agency.session(operator, day),
      grant: agency.grant(operator, day),
      purpose: purposes[purpose] ?? null,
      case_reference: pick(1_000) === 0 ? null : reference,
      case_head: head,
      case_matches: null,
      inquiry: MadeUpTrail.inquiry(this.#inquiries),
    };
    const row = (type: string, outcome: string | null, refusals: string | null = null): Row => {
      this.#position += 1;
      const id = `${this.#position.toString(16).padStart(12, '0')}-event`;
      const stream = `inquiry-${of.inquiry}`;
      const instant = new Date(at + pick(2_000)).toISOString();
      return { ...of, position: this.#position, id, type, stream, at: instant, outcome, refusals };
    };
    const resident = pick(RESIDENTS);
    return { rows: [...this.#fate(pick(100), row)], resident, year };
  }

  *#fate(fate: number, row: (type: string, outcome: string | null, refusals?: string) => Row): Iterable<Row> {
    if (fate < 2) {
      yield row('InquiryRefused', 'refused', agency.refusals[this.#pick(agency.refusals.length)]);
      return;
    }
    yield row('InquiryReceived', null);
    if (fate < 40) {
      const outcome = fate < 36 ? 'not-found' : emptyOutcomes[this.#pick(emptyOutcomes.length)];
      yield row('NothingProvided', outcome ?? 'not-found');
      return;
    }
    yield row('InformationProvided', fate < 43 ? 'several' : 'found');
    yield row('RecordProvided', fate < 43 ? 'several' : 'found');
    if (fate === 99) yield row('DisclosureOpened', 'found');
    if (fate === 98 && this.#pick(10) === 0) yield row('AnswerRedelivered', 'found');
  }
}

/**
 * Fills a read-model file with about `rows` rows of the trail and their subject index: straight into the tables that
 * the projection made, with its indexes rebuilt afterwards.
 */
export async function fillTrail(file: string, rows: number): Promise<void> {
  await makeTables(file);
  const connection = new Database(file);
  connection.pragma('journal_mode = OFF');
  connection.pragma('synchronous = OFF');
  connection.pragma('cache_size = -1000000');
  const indexes = connection
    .prepare<[], { name: string; sql: string }>(
      "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'trail' AND sql IS NOT NULL",
    )
    .all();
  for (const { name } of indexes) connection.exec(`DROP INDEX "${name}"`);
  connection.exec('DELETE FROM trail; DELETE FROM trail_hours;');
  for (const year of agency.years) connection.exec(`DELETE FROM subjects_${year}`);
  connection.transaction(() => writeRows(connection, new MadeUpTrail(rows)))();
  for (const { sql } of indexes) connection.exec(sql);
  connection.close();
}

/** The tables, with a subject index for each year: an event in each makes them. */
async function makeTables(file: string): Promise<void> {
  const projections = await openProjections({ file });
  const inYear = (year: number, index: number): ProjectedEvent => ({
    position: String(index + 1),
    tokens: ['token'],
    event: {
      id: `event-${year}`,
      type: InquiryReceived.type,
      v: 1,
      stream: 'inquiry-0',
      at: `${year}-05-01T00:00:00.000Z`,
      agreement: AGREEMENT,
      actor: { operator: 'o' },
      correlation: 'c',
      data: { inquiry: 'i', purpose: purposes[0], caseReference: 'c', usableThrough: '2027-06-01' },
    },
  });
  await projections.apply(agency.years.map(inYear));
  await projections.close();
}

function writeRows(connection: Database.Database, trail: MadeUpTrail): void {
  const insert = connection.prepare(
    `INSERT INTO trail (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`,
  );
  const refuse = connection.prepare('INSERT INTO trail_refusals VALUES (?, ?)');
  const hour = connection.prepare(
    'INSERT INTO trail_hours VALUES (?, ?, ?) ON CONFLICT (hour) DO UPDATE SET last_position = excluded.last_position',
  );
  const head = connection.prepare('INSERT OR IGNORE INTO case_heads VALUES (?)');
  const subjects = new Map(
    agency.years.map((year) => [year, connection.prepare(`INSERT INTO subjects_${year} VALUES (?, ?)`)]),
  );
  while (!trail.done) {
    const { rows, resident, year } = trail.next();
    for (const row of rows) {
      insert.run({ ...row, case_head: row.case_reference === null ? null : row.case_head });
      if (row.refusals !== null) refuse.run(row.refusals, row.position);
      hour.run(String(row.at).slice(0, 13), row.position, row.position);
      subjects.get(year)?.run(agency.token(resident), row.position);
      head.run(row.case_head);
    }
  }
  connection
    .prepare('UPDATE read_model SET position = ?, event_id = ?')
    .run(trail.last, `event-${trail.last}`);
}

/** The same rows in a table that somebody wrote by hand for just these questions: what is compared, and no more. */
export function fillBare(file: string, from: string): Database.Database {
  const bare = new Database(file);
  bare.pragma('journal_mode = OFF');
  bare.pragma('synchronous = OFF');
  bare.pragma('cache_size = -1000000');
  bare.prepare('ATTACH ? AS made').run(from);
  bare.exec(
    `CREATE TABLE bare (position INTEGER PRIMARY KEY, ${columns
      .filter((column) => column !== 'position')
      .map((column) => `"${column}"`)
      .join(', ')})`,
  );
  bare.exec('INSERT INTO bare SELECT * FROM made.trail');
  for (const column of indexed) bare.exec(`CREATE INDEX bare_${column} ON bare ("${column}", position)`);
  bare.exec('DETACH made');
  bare.exec('ANALYZE');
  return bare;
}

const indexed = [
  'operator',
  'unit',
  'terminal',
  'session',
  'grant',
  'purpose',
  'outcome',
  'type',
  'refusals',
  'case_reference',
  'inquiry',
  'agreement',
  'at',
] as const;
