import { type Actor, catalogue, type EventHeader, timeOfUuid7 } from '#domain';
import type { Position } from '#event-store';
import {
  isLeftOut,
  OCSF_VERSION,
  ocsfActivities,
  ocsfClasses,
  type OcsfRow,
  type OcsfSeverity,
  ocsfSeverities,
  ocsfStatuses,
} from './ocsf-row.js';
import { ocsfTable } from './ocsf-table.js';

/** Who speaks. */
export interface OcsfSource {
  /** Version of this program. */
  readonly version: string;
  /** The log that the events are in: its origin. */
  readonly logName: string;
}

/** An event as a SIEM gets it: an object of OCSF 1.4, JSON values only. */
export type OcsfEvent = Readonly<Record<string, unknown>> & { readonly severity_id: number };

/** A recorded event: its header and its clear fields, and none but these. */
export type ClearEvent = EventHeader & { readonly data: object };

type Data = Readonly<Record<string, unknown>>;

const OTHER = 99;
const PRODUCT = 'Kiroku';
/** Who is to look at incidents: the role of whoever declares them. */
const RESPONDERS = 'incident-responder';

/** What is said of a type that the table does not have: that it happened, and nothing of its data. */
const unknownRow: OcsfRow = { class: 'base', activity: 'other', status: 'unknown' };

/**
 * The OCSF event of a recorded event, or null where its type is left out. Pure; only fields that the table names get
 * into it. `time` is the event's business time in milliseconds, `metadata.logged_time` the real time of its id.
 */
export function ocsfOf(event: ClearEvent, position: Position, source: OcsfSource): OcsfEvent | null {
  const row = Object.hasOwn(ocsfTable, event.type) ? ocsfTable[event.type] : unknownRow;
  if (row === undefined || isLeftOut(row)) return null;
  const data = event.data as Data;
  const activity = activityOf(row);
  const class_uid = ocsfClasses[row.class];
  return {
    category_uid: Math.floor(class_uid / 1_000),
    class_uid,
    activity_id: activity,
    ...(activity === OTHER ? { activity_name: event.type } : {}),
    type_uid: class_uid * 100 + activity,
    time: Date.parse(event.at),
    severity_id: ocsfSeverities[severityOf(row, data)],
    status_id: statusOf(row, data),
    ...given('status_detail', because(row, data)),
    ...given('message', messageOf(event.type)),
    ...given('count', row.count && data[row.count]),
    metadata: metadataOf(event, position, source),
    actor: actorOf(event.actor),
    ...placeOf(event.actor, row),
    ...partsOf(row, data),
    unmapped: unmappedOf(row, data, event, position),
  };
}

/** A member that is there when it has something to say. */
const given = (name: string, value: unknown): object =>
  value === undefined || value === null || value === '' ? {} : { [name]: value };

const activityOf = (row: OcsfRow): number =>
  (ocsfActivities[row.class] as Readonly<Record<string, number>>)[row.activity] ?? OTHER;

function severityOf({ severity = 'informational', severityBy }: OcsfRow, data: Data): OcsfSeverity {
  const value = severityBy && data[severityBy.field];
  return (typeof value === 'string' ? severityBy?.of[value] : undefined) ?? severity;
}

/** Of findings and incidents where they are (1 new, 2 in progress, 4 resolved, 5 closed); of the rest how it ended. */
function statusOf({ class: class_, activity, status = 'success', failsBy }: OcsfRow, data: Data): number {
  const states: Readonly<Record<string, number>> = { create: 1, update: 2 };
  if (class_ === 'detection-finding') return states[activity] ?? 4;
  if (class_ === 'incident-finding') return states[activity] ?? 5;
  const failed = failsBy?.values.includes(String(data[failsBy.field])) === true;
  return ocsfStatuses[failed ? 'failure' : status];
}

function because({ because: field }: OcsfRow, data: Data): string | undefined {
  const value = field && data[field];
  return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : undefined;
}

/** What the catalogue says of a type: the same for all its events. */
function messageOf(type: string): string | undefined {
  const summary = Object.hasOwn(catalogue, type) ? catalogue[type]?.summary : undefined;
  return summary && `${summary.ja} ${summary.en}`;
}

function metadataOf(event: ClearEvent, position: Position, { version, logName }: OcsfSource): object {
  const sequence = Number(position);
  return {
    version: OCSF_VERSION,
    profiles: ['host'],
    product: { name: PRODUCT, vendor_name: PRODUCT, version },
    uid: event.id,
    event_code: event.type,
    correlation_uid: event.correlation,
    log_name: logName,
    original_time: event.at,
    logged_time: timeOfUuid7(event.id),
    // Positions are opaque texts: a number only where an engine counts.
    ...(Number.isSafeInteger(sequence) ? { sequence } : {}),
  };
}

const actorOf = (actor: Actor): object =>
  'operator' in actor
    ? { user: userOf(actor.operator), ...(actor.session ? { session: { uid: actor.session } } : {}) }
    : { app_name: actor.system };

/** 1 is an ordinary user; 0 nobody knows. */
const userOf = (operator: unknown): object =>
  typeof operator === 'string' ? { uid: operator, type_id: 1 } : { uid: 'unknown', type_id: 0 };

/** From where: the terminal's id, never an address. What sort of machine a terminal is, nobody says (0). */
function placeOf(actor: Actor, row: OcsfRow): object {
  const terminal = 'operator' in actor ? actor.terminal : undefined;
  const service = 'operator' in actor ? 'api' : actor.system;
  const isFinding = row.finding !== undefined || row.class === 'base';
  return {
    ...(terminal === undefined ? {} : { device: { uid: terminal, type_id: 0 } }),
    ...(isFinding
      ? {}
      : { src_endpoint: terminal === undefined ? { svc_name: service } : { uid: terminal } }),
  };
}

/** What the class asks for beyond what every class has. */
function partsOf(row: OcsfRow, data: Data): object {
  const value = (field: string | undefined): unknown => (field === undefined ? undefined : data[field]);
  const { user, session, entity, database, privileges, operation } = row;
  return {
    ...(user === undefined ? {} : { user: userOf(user === null ? null : data[user]) }),
    ...(session === undefined ? {} : { session: { uid: value(session) } }),
    ...(row.class === 'authentication' ? { service: { name: PRODUCT } } : {}),
    ...(entity ? { entity: { type: entity[0], uid: value(entity[1]) } } : {}),
    ...(database === undefined
      ? {}
      : { database: { name: database, type: database, type_id: OTHER }, type_id: 1 }),
    ...given('privileges', value(privileges)),
    ...(operation === undefined
      ? {}
      : { api: { operation: value(operation) ?? 'unknown', service: { name: PRODUCT } } }),
    ...findingOf(row, data),
  };
}

function findingOf({ class: class_, activity, finding }: OcsfRow, data: Data): object {
  if (!finding) return {};
  const [type, field] = finding;
  const info = { uid: data[field], title: type };
  return class_ === 'incident-finding'
    ? { finding_info_list: [info], assignee_group: { name: RESPONDERS } }
    : { finding_info: info, is_alert: activity === 'create' };
}

function unmappedOf(row: OcsfRow, data: Data, event: ClearEvent, position: Position): object {
  const carried = (row.carries ?? []).filter((field) => data[field] !== null && data[field] !== undefined);
  return {
    ...Object.fromEntries(carried.map((field) => [field, data[field]])),
    agreement: event.agreement,
    schemaVersion: event.v,
    position,
  };
}
