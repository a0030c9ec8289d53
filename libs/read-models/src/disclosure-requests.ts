import { sql } from 'kysely';
import type { DisclosureAnswer } from '#domain';
import { readCursor, writeCursor } from './cursor.js';
import type { DisclosureRequestPage, DisclosureRequestRow } from './disclosure-request-port.js';
import type { ProjectedEvent, ReadPosition } from './port.js';
import { positionText } from './read-model.js';
import { recorded } from './recorded-event.js';
import type { Db, PositionColumn } from './schema.js';

/** One request for disclosure (開示請求), from its receipt to its answer. */
export interface DisclosureRequestsTable {
  disclosure_request: string;
  agreement: string;
  /** Of `DisclosureRequestReceived`: requests registered later have higher ones. */
  position: PositionColumn;
  received_on: string;
  due_on: string;
  extended: 0 | 1;
  looks: number;
  answer: DisclosureAnswer | null;
  answered_on: string | null;
  answered: 0 | 1;
}

export async function createDisclosureRequests(db: Db): Promise<void> {
  await db.schema
    .createTable('disclosure_requests')
    .addColumn('disclosure_request', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('received_on', 'text', (column) => column.notNull())
    .addColumn('due_on', 'text', (column) => column.notNull())
    .addColumn('extended', 'integer', (column) => column.notNull())
    .addColumn('looks', 'integer', (column) => column.notNull())
    .addColumn('answer', 'text')
    .addColumn('answered_on', 'text')
    .addColumn('answered', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('disclosure_requests_due')
    .on('disclosure_requests')
    .columns(['agreement', 'answered', 'due_on', 'position'])
    .execute();
  await db.schema
    .createIndex('disclosure_requests_listed')
    .on('disclosure_requests')
    .columns(['agreement', 'answered', 'position'])
    .execute();
}

// ---- projection ----

export async function projectDisclosureRequests(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'DisclosureRequestReceived': {
        const { disclosureRequest, receivedOn, dueOn } = event.data;
        await db
          .insertInto('disclosure_requests')
          .values({
            disclosure_request: disclosureRequest,
            agreement: event.agreement,
            position: BigInt(projected.position),
            received_on: receivedOn,
            due_on: dueOn,
            extended: 0,
            looks: 0,
            answer: null,
            answered_on: null,
            answered: 0,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'DisclosureRequestExtended':
        await change(db, event.data, { due_on: event.data.dueOn, extended: 1 });
        break;
      case 'ResidentProvisionsShown':
        if (event.data.disclosureRequest === null) break;
        await db
          .updateTable('disclosure_requests')
          .set((row) => ({ looks: row('looks', '+', 1) }))
          .where('disclosure_request', '=', event.data.disclosureRequest)
          .execute();
        break;
      case 'DisclosureRequestAnswered': {
        const { answer, answeredOn } = event.data;
        await change(db, event.data, { answer, answered_on: answeredOn, answered: 1 });
        break;
      }
      default:
    }
  }
}

async function change(
  db: Db,
  { disclosureRequest }: { readonly disclosureRequest: string },
  columns: Partial<
    Pick<DisclosureRequestsTable, 'due_on' | 'extended' | 'answer' | 'answered_on' | 'answered'>
  >,
): Promise<void> {
  await db
    .updateTable('disclosure_requests')
    .set(columns)
    .where('disclosure_request', '=', disclosureRequest)
    .execute();
}

// ---- queries ----

/** Where a page goes on: after the request registered at `position`, among the open ones (due on `dueOn`) or the others. */
export type DisclosureRequestPlace =
  | { readonly state: 'open'; readonly dueOn: string; readonly position: bigint }
  | { readonly state: 'answered'; readonly position: bigint };

const partOf = (agreement: string, ...part: readonly string[]): string =>
  JSON.stringify(['disclosure-requests', agreement, ...part]);

/** The open ones are in the order of a day that may change: their cursor bears it, and its digest covers it. */
const OPEN_CURSOR = /^(\d{4}-\d\d-\d\d)\.(.*)$/s;

function writePlace(agreement: string, { position, row }: ListedRequest): string {
  if (row.state === 'answered') return writeCursor(position, partOf(agreement, 'answered'));
  return `${row.dueOn}.${writeCursor(position, partOf(agreement, 'open', row.dueOn))}`;
}

/** The place in a cursor; throws `BadCursor` for one that no page of this agreement gave out. */
export function readRequestPlace(cursor: string, agreement: string): DisclosureRequestPlace {
  const [, dueOn, rest] = OPEN_CURSOR.exec(cursor) ?? [];
  if (dueOn === undefined || rest === undefined)
    return { state: 'answered', position: readCursor(cursor, partOf(agreement, 'answered')) };
  return { state: 'open', dueOn, position: readCursor(rest, partOf(agreement, 'open', dueOn)) };
}

/** A row, and what its cursor is made of. */
interface ListedRequest {
  readonly position: string;
  readonly row: DisclosureRequestRow;
}

/** One page of the requests of an agreement. Run it inside a transaction: it asks more than once. */
export async function disclosureRequestPage(
  db: Db,
  readUpTo: ReadPosition | null,
  agreement: string,
  { limit, after }: { readonly limit: number; readonly after: DisclosureRequestPlace | null },
): Promise<DisclosureRequestPage> {
  // One row more than asked tells whether there is a next page.
  const found = await listRequests(db, agreement, after, limit + 1);
  const listed = found.slice(0, limit);
  const last = listed.at(-1);
  const next = last && found.length > limit ? writePlace(agreement, last) : null;
  return { rows: listed.map(({ row }) => row), next, readUpTo };
}

async function listRequests(
  db: Db,
  agreement: string,
  after: DisclosureRequestPlace | null,
  limit: number,
): Promise<readonly ListedRequest[]> {
  if (after?.state === 'answered') return answeredRequests(db, agreement, after.position, limit);
  const open = await openRequests(db, agreement, after, limit);
  if (open.length === limit) return open;
  return [...open, ...(await answeredRequests(db, agreement, null, limit - open.length))];
}

const requestsThat = (db: Db, agreement: string, answered: 0 | 1, limit: number) =>
  db
    .selectFrom('disclosure_requests')
    .select([
      'disclosure_request as disclosureRequest',
      'received_on as receivedOn',
      'due_on as dueOn',
      'extended',
      'looks',
      'answer',
      'answered_on as answeredOn',
      positionText('position').as('at'),
    ])
    .where('agreement', '=', agreement)
    .where('answered', '=', answered)
    .limit(limit);

type Row = Awaited<ReturnType<ReturnType<typeof requestsThat>['execute']>>[number];

const listedAs =
  (state: DisclosureRequestRow['state']) =>
  ({ at, extended, ...row }: Row): ListedRequest => ({
    position: at,
    row: { ...row, state, extended: extended === 1 },
  });

async function openRequests(
  db: Db,
  agreement: string,
  after: Extract<DisclosureRequestPlace, { state: 'open' }> | null,
  limit: number,
): Promise<readonly ListedRequest[]> {
  const rows = await requestsThat(db, agreement, 0, limit)
    .$if(after !== null, (query) => {
      const { dueOn, position } = after as NonNullable<typeof after>;
      return query.where(sql<boolean>`(due_on, position) > (${dueOn}, ${position})`);
    })
    .orderBy('due_on')
    .orderBy(sql.ref('disclosure_requests.position'))
    .execute();
  return rows.map(listedAs('open'));
}

async function answeredRequests(
  db: Db,
  agreement: string,
  before: bigint | null,
  limit: number,
): Promise<readonly ListedRequest[]> {
  const rows = await requestsThat(db, agreement, 1, limit)
    .$if(before !== null, (query) => query.where('position', '<', before as bigint))
    .orderBy(sql.ref('disclosure_requests.position'), 'desc')
    .execute();
  return rows.map(listedAs('answered'));
}

/** Ids of open requests due before a Tokyo day. */
export async function disclosureRequestsDue(
  db: Db,
  agreement: string,
  before: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('disclosure_requests')
    .select('disclosure_request as id')
    .where('agreement', '=', agreement)
    .where('answered', '=', 0)
    .where('due_on', '<', before)
    .orderBy('due_on')
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}
