import { sql, type ExpressionBuilder, type NotNull } from 'kysely';
import type { FaultKind, IncidentKind } from '#domain';
import { readCursor, writeCursor } from './cursor.js';
import type { IncidentPage, IncidentRow, ProjectedEvent, ReadPosition } from './port.js';
import { positionText } from './read-model.js';
import { recorded } from './recorded-event.js';
import type { Db, PositionColumn, Schema } from './schema.js';

/** One incident (事案), from its declaration to its end. */
export interface IncidentsTable {
  incident: string;
  agreement: string;
  /** Of `IncidentDeclared`: later incidents have higher ones. */
  position: PositionColumn;
  kind: IncidentKind;
  cause: FaultKind | null;
  declared_at: string;
  closed_at: string | null;
  closed: 0 | 1;
}

/** What goes wrong behind an incident. A fault opens its incident before it is declared, so it has a row of its own. */
export interface IncidentFaultsTable {
  incident: string;
  /** As last recorded: a fault that goes on is recorded at every doubling. */
  times: number;
  standing: 0 | 1;
}

/** One incident brought to one contact. */
export interface AlertsTable {
  alert: string;
  incident: string;
  /** 1 once a channel took it, or the contact acknowledged it. */
  reached: 0 | 1;
  acknowledged: 0 | 1;
}

export async function createIncidents(db: Db): Promise<void> {
  await db.schema
    .createTable('incidents')
    .addColumn('incident', 'text', (column) => column.primaryKey())
    .addColumn('agreement', 'text', (column) => column.notNull())
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('cause', 'text')
    .addColumn('declared_at', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('closed', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('incidents_listed')
    .on('incidents')
    .columns(['agreement', 'closed', 'position'])
    .execute();
  await db.schema
    .createTable('incident_faults')
    .addColumn('incident', 'text', (column) => column.primaryKey())
    .addColumn('times', 'integer', (column) => column.notNull())
    .addColumn('standing', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('alerts')
    .addColumn('alert', 'text', (column) => column.primaryKey())
    .addColumn('incident', 'text', (column) => column.notNull())
    .addColumn('reached', 'integer', (column) => column.notNull())
    .addColumn('acknowledged', 'integer', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('alerts_by_incident').on('alerts').column('incident').execute();
}

// ---- projection ----

export async function projectIncidents(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  for (const projected of batch) {
    const event = recorded(projected);
    switch (event.type) {
      case 'IncidentDeclared': {
        const { incident, kind, cause } = event.data;
        const [position, declared_at] = [BigInt(projected.position), event.at];
        await db
          .insertInto('incidents')
          .values({
            incident,
            agreement: event.agreement,
            position,
            kind,
            cause,
            declared_at,
            closed_at: null,
            closed: 0,
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        break;
      }
      case 'IncidentClosed':
        await db
          .updateTable('incidents')
          .set({ closed_at: event.at, closed: 1 })
          .where('incident', '=', event.data.incident)
          .execute();
        break;
      case 'FaultOpened':
      case 'FaultRepeated':
        await noteFault(db, { ...event.data, standing: 1 });
        break;
      case 'FaultCleared':
        await noteFault(db, { ...event.data, standing: 0 });
        break;
      default:
        await projectAlert(db, projected);
    }
  }
}

/** The fault of an incident as it stands now: each of its events tells all of it. */
async function noteFault(db: Db, { incident, times, standing }: IncidentFaultsTable): Promise<void> {
  await db
    .insertInto('incident_faults')
    .values({ incident, times, standing })
    .onConflict((conflict) => conflict.column('incident').doUpdateSet({ times, standing }))
    .execute();
}

async function projectAlert(db: Db, projected: ProjectedEvent): Promise<void> {
  const event = recorded(projected);
  switch (event.type) {
    case 'AlertRaised': {
      const { alert, incident } = event.data;
      await db
        .insertInto('alerts')
        .values({ alert, incident, reached: 0, acknowledged: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      break;
    }
    case 'AlertSent':
      await db.updateTable('alerts').set({ reached: 1 }).where('alert', '=', event.data.alert).execute();
      break;
    case 'AlertAcknowledged':
      await db
        .updateTable('alerts')
        .set({ reached: 1, acknowledged: 1 })
        .where('alert', '=', event.data.alert)
        .execute();
      break;
    default:
  }
}

// ---- queries ----

/** A row, and what its cursor is made of. */
interface ListedIncident {
  readonly position: string;
  readonly row: IncidentRow;
}

/** Where a page goes on: after the incident declared at `position`, in the open or the closed part of the list. */
export interface IncidentPlace {
  readonly state: IncidentRow['state'];
  readonly position: bigint;
}

const partOf = (agreement: string, state: IncidentRow['state']): string =>
  JSON.stringify(['incidents', agreement, state]);

/** The place in a cursor; throws `BadCursor` for one that no page of this agreement gave out. */
export function readPlace(cursor: string, agreement: string): IncidentPlace {
  try {
    return { state: 'open', position: readCursor(cursor, partOf(agreement, 'open')) };
  } catch {
    return { state: 'closed', position: readCursor(cursor, partOf(agreement, 'closed')) };
  }
}

/** One page of the incidents of an agreement. Run it inside a transaction: it asks more than once. */
export async function incidentPage(
  db: Db,
  readUpTo: ReadPosition | null,
  agreement: string,
  { limit, after }: { readonly limit: number; readonly after: IncidentPlace | null },
): Promise<IncidentPage> {
  // One row more than asked tells whether there is a next page.
  const found = await listIncidents(db, agreement, after, limit + 1);
  const listed = found.slice(0, limit);
  const last = listed.at(-1);
  const next =
    last && found.length > limit ? writeCursor(last.position, partOf(agreement, last.row.state)) : null;
  return { rows: listed.map(({ row }) => row), next, readUpTo };
}

async function listIncidents(
  db: Db,
  agreement: string,
  after: IncidentPlace | null,
  limit: number,
): Promise<readonly ListedIncident[]> {
  if (after?.state === 'closed') return incidentsThat(db, agreement, 'closed', after.position, limit);
  const open = await incidentsThat(db, agreement, 'open', after?.position ?? null, limit);
  if (open.length === limit) return open;
  return [...open, ...(await incidentsThat(db, agreement, 'closed', null, limit - open.length))];
}

const howMany = sql<number>`cast(count(*) as integer)`;

/** How many contacts an incident is brought to; with `that`, how many of them it came to. Counted over tens of rows. */
const alertsOf = (incident: ExpressionBuilder<Schema, 'incidents'>, that?: 'reached' | 'acknowledged') =>
  incident
    .selectFrom('alerts')
    .select(howMany.as('number'))
    .whereRef('alerts.incident', '=', 'incidents.incident')
    .$if(that !== undefined, (query) => query.where(`alerts.${that as 'reached'}`, '=', 1));

async function incidentsThat(
  db: Db,
  agreement: string,
  state: IncidentRow['state'],
  before: bigint | null,
  limit: number,
): Promise<readonly ListedIncident[]> {
  const rows = await db
    .selectFrom('incidents')
    .leftJoin('incident_faults', 'incident_faults.incident', 'incidents.incident')
    .select((incident) => [
      'incidents.incident',
      'kind',
      'cause',
      'declared_at as declaredAt',
      'closed_at as closedAt',
      'incident_faults.standing',
      'incident_faults.times',
      positionText('incidents.position').as('position'),
      alertsOf(incident).as('contacts'),
      alertsOf(incident, 'reached').as('reached'),
      alertsOf(incident, 'acknowledged').as('acknowledged'),
    ])
    .where('agreement', '=', agreement)
    .where('closed', '=', state === 'open' ? 0 : 1)
    .$if(before !== null, (query) => query.where('incidents.position', '<', before as bigint))
    .orderBy('incidents.position', 'desc')
    .limit(limit)
    .$narrowType<{ contacts: NotNull; reached: NotNull; acknowledged: NotNull }>()
    .execute();
  return rows.map(({ position, standing, times, ...row }) => {
    const fault = standing === null || times === null ? null : { standing: standing === 1, times };
    return { position, row: { ...row, state, fault } };
  });
}

/** How many alerts of open incidents have reached nobody. */
export async function alertsUnreached(db: Db, agreement: string): Promise<number> {
  const { number } = await db
    .selectFrom('incidents')
    .innerJoin('alerts', 'alerts.incident', 'incidents.incident')
    .select(howMany.as('number'))
    .where('agreement', '=', agreement)
    .where('closed', '=', 0)
    .where('reached', '=', 0)
    .executeTakeFirstOrThrow();
  return number;
}
