export * from './port.js';
export {
  openSqliteEventReads,
  openSqliteEventStore,
} from './sqlite/sqlite-event-store.js';
export {
  EventsUnreadable,
  openSqliteEventsAudit,
  type AuditedRow,
  type EventsAudit,
  type IndexFault,
  type RowFault,
} from './sqlite/audit.js';
