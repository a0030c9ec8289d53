export * from './port.js';
export {
  openSqliteEventReads,
  openSqliteEventStore,
  type SqliteEventReadsOptions,
  type SqliteEventStoreOptions,
} from './sqlite/sqlite-event-store.js';
export {
  EventsUnreadable,
  openSqliteEventsAudit,
  type AuditedRow,
  type EventsAudit,
  type EventsAuditOptions,
  type IndexFault,
  type RowFault,
} from './sqlite/audit.js';
