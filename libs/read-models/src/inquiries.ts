import { sql, type NotNull } from 'kysely';
import { cohortId } from '#domain';
import type { DueCohort, OpenInquiry, ProjectedEvent } from './port.js';
import { named, recorded, type RecordedEvent } from './recorded-event.js';
import { RowsStatement } from './rows-statement.js';
import type { Db } from './schema.js';

/** One inquiry and where it stands. */
export interface InquiriesTable {
  inquiry: string;
  /** Null when it was refused before anything was sealed. */
  cohort: string | null;
  purpose: string | null;
  case_reference: string | null;
  /** Whether a case of the agency answered to it when the inquiry was received; null where that cannot be said. */
  case_matches: 0 | 1 | null;
  /** Under which it was asked; null when it was refused. */
  grant: string | null;
  state: 'open' | 'closed' | 'refused' | 'unknown';
  outcome: string | null;
  /** Real time, UTC. */
  deadline: string | null;
  lease: string | null;
  /** 1 once its identity data was erased. */
  erased: 0 | 1;
}

/** One cohort and how many of its inquiries are not erased. Counted as events come, never by `count(*)`. */
export interface CohortsTable {
  cohort: string;
  agreement: string;
  purpose: string;
  usable_through: string;
  living: number;
}

type InquiryRow = Readonly<Omit<InquiriesTable, 'erased'>>;

export async function createInquiries(db: Db): Promise<void> {
  await db.schema
    .createTable('inquiries')
    .addColumn('inquiry', 'text', (column) => column.primaryKey())
    .addColumn('cohort', 'text')
    .addColumn('purpose', 'text')
    .addColumn('case_reference', 'text')
    .addColumn('case_matches', 'integer')
    .addColumn('grant', 'text')
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('deadline', 'text')
    .addColumn('lease', 'text')
    .addColumn('erased', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('inquiries_by_cohort').on('inquiries').columns(['cohort', 'inquiry']).execute();
  await db.schema
    .createIndex('inquiries_open')
    .on('inquiries')
    .columns(['deadline', 'inquiry'])
    .where(sql<boolean>`state = 'open'`)
    .execute();
  await db.schema
    .createTable('cohorts')
    .addColumn('cohort', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('usable_through', 'text', (column) => column.notNull())
    .addColumn('living', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('cohorts_living')
    .on('cohorts')
    .columns(['usable_through', 'cohort'])
    .where(sql<boolean>`living > 0`)
    .execute();
}

/** The inquiry after one more of its events; an event of an inquiry that was never received or refused makes none. */
function evolve(
  known: InquiryRow | undefined,
  event: RecordedEvent,
  matches: InquiryRow['case_matches'],
): InquiryRow | undefined {
  switch (event.type) {
    case 'InquiryReceived': {
      const { inquiry, purpose, caseReference, grant, usableThrough, deadline, lease } = event.data;
      const cohort = cohortId({ agreement: event.agreement, purpose, usableThrough });
      const asked = { inquiry, purpose, case_reference: caseReference, case_matches: matches, grant };
      return { ...asked, cohort, deadline, lease, state: 'open', outcome: null };
    }
    case 'InquiryRefused': {
      const { inquiry, purpose, caseReference } = event.data;
      const named = { inquiry, purpose, case_reference: caseReference, case_matches: matches };
      const asked = known ?? { ...named, ...neverReceived };
      return { ...asked, state: 'refused', outcome: 'refused' };
    }
    case 'InformationProvided':
    case 'NothingProvided':
      return known && { ...known, state: 'closed', outcome: event.data.outcome };
    case 'InquiryOutcomeUnknown':
      return known && { ...known, state: 'unknown', outcome: 'unknown' };
    default:
      return known;
  }
}

const neverReceived = { cohort: null, grant: null, deadline: null, lease: null } as const;

/** At most this many ids in one `in (...)`. */
const IDS_AT_ONCE = 500;

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/**
 * The inquiries that a batch speaks of: loaded once, moved on event by event, saved once. The trail asks them
 * what a follow-up event does not say itself (purpose, case reference, outcome).
 */
export class BatchInquiries {
  readonly #rows: Map<string, InquiryRow>;
  readonly #changed = new Set<string>();
  /** New inquiries by cohort. */
  readonly #received = new Map<string, CohortsTable>();

  private constructor(rows: readonly InquiryRow[]) {
    this.#rows = new Map(rows.map((row) => [row.inquiry, row]));
  }

  static async load(db: Db, batch: readonly ProjectedEvent[]): Promise<BatchInquiries> {
    const ids = new Set(batch.map((projected) => named(recorded(projected), 'inquiry')));
    ids.delete(null);
    const rows: InquiryRow[] = [];
    for (const some of chunks([...ids] as string[], IDS_AT_ONCE)) {
      const found = db
        .selectFrom('inquiries')
        .select(['inquiry', 'cohort', 'purpose', 'case_reference', 'case_matches', 'grant'])
        .select(['state', 'outcome', 'deadline', 'lease']);
      rows.push(...(await found.where('inquiry', 'in', some).execute()));
    }
    return new BatchInquiries(rows);
  }

  /**
   * Moves the inquiry of an event on, and returns it as it stands then; undefined where none is known. `matches`: whether
   * the inquiry that the event begins has a case.
   */
  follow(event: RecordedEvent, matches: boolean | null): InquiryRow | undefined {
    const inquiry = named(event, 'inquiry');
    if (inquiry === null) return undefined;
    const before = this.#rows.get(inquiry);
    const after = evolve(before, event, matches === null ? null : matches ? 1 : 0);
    if (!after || after === before) return before;
    this.#rows.set(inquiry, after);
    this.#changed.add(inquiry);
    if (event.type === 'InquiryReceived' && !before?.cohort) this.#count(after, event);
    return after;
  }

  #count({ cohort }: InquiryRow, event: Extract<RecordedEvent, { type: 'InquiryReceived' }>): void {
    if (cohort === null) return;
    const counted = this.#received.get(cohort) ?? {
      cohort,
      agreement: event.agreement,
      purpose: event.data.purpose,
      usable_through: event.data.usableThrough,
      living: 0,
    };
    this.#received.set(cohort, { ...counted, living: counted.living + 1 });
  }

  async save(db: Db): Promise<void> {
    const rows = [...this.#changed].flatMap((inquiry) => this.#rows.get(inquiry) ?? []);
    await saveInquiries.write(
      db,
      rows.map((row) => ({ ...row, erased: 0 })),
    );
    await countReceived.write(db, [...this.#received.values()]);
  }
}

const saveInquiries = new RowsStatement<InquiriesTable>((db, row) =>
  db
    .insertInto('inquiries')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('inquiry').doUpdateSet((one) => ({
        cohort: one.ref('excluded.cohort'),
        purpose: one.ref('excluded.purpose'),
        case_reference: one.ref('excluded.case_reference'),
        case_matches: one.ref('excluded.case_matches'),
        grant: one.ref('excluded.grant'),
        state: one.ref('excluded.state'),
        outcome: one.ref('excluded.outcome'),
        deadline: one.ref('excluded.deadline'),
        lease: one.ref('excluded.lease'),
      })),
    ),
);

const countReceived = new RowsStatement<CohortsTable>((db, row) =>
  db
    .insertInto('cohorts')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('cohort').doUpdateSet((one) => ({
        living: one('cohorts.living', '+', one.ref('excluded.living')),
      })),
    ),
);

/**
 * Marks the inquiries that a batch reports as erased, and lowers the counts of their cohorts. After `save`: an
 * erasure always follows the receipt in the global order, and no other event touches the mark.
 */
export async function projectErased(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    if (event.type !== 'IdentityDataErased') continue;
    const gone = new Map<string, number>();
    for (const some of chunks(event.data.inquiries, IDS_AT_ONCE)) {
      const marked = db.updateTable('inquiries').set({ erased: 1 }).where('inquiry', 'in', some);
      const rows = await marked.where('erased', '=', 0).returning('cohort').execute();
      for (const { cohort } of rows) if (cohort !== null) gone.set(cohort, (gone.get(cohort) ?? 0) + 1);
    }
    for (const [cohort, count] of gone) {
      await db
        .updateTable('cohorts')
        .set((row) => ({ living: row('living', '-', count) }))
        .where('cohort', '=', cohort)
        .execute();
    }
  }
}

/** Cohorts with inquiries that are not erased, ascending by day; with `before`, those usable through an earlier day. */
export const livingCohorts = (db: Db, before: string | null): Promise<readonly DueCohort[]> =>
  db
    .selectFrom('cohorts')
    .select(['cohort', 'agreement', 'purpose', 'usable_through as usableThrough', 'living as inquiries'])
    .where(sql<boolean>`living > 0`)
    .$if(before !== null, (query) => query.where('usable_through', '<', before ?? ''))
    .orderBy('usable_through')
    .orderBy('cohort')
    .execute();

/** Every inquiry that ever belonged to the cohort, erased or not: an interrupted erasure must name the same ones again. */
export async function inquiriesOfCohort(
  db: Db,
  cohort: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('inquiries')
    .select('inquiry')
    .where('cohort', '=', cohort)
    .$if(after !== null, (query) => query.where('inquiry', '>', after ?? ''))
    .orderBy('inquiry')
    .limit(limit)
    .execute();
  return rows.map((row) => row.inquiry);
}

/** Inquiries received and not closed, the oldest deadline first. */
export const openInquiries = (db: Db, limit: number): Promise<readonly OpenInquiry[]> =>
  db
    .selectFrom('inquiries')
    .select(['inquiry', 'deadline', 'lease'])
    .where(sql<boolean>`state = 'open'`)
    .orderBy('deadline')
    .orderBy('inquiry')
    .limit(limit)
    .$narrowType<{ deadline: NotNull; lease: NotNull }>()
    .execute();
