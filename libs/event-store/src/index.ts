export * from './port.js';
export {
  openSqliteEventReads,
  openSqliteEventStore,
  type SqliteEventReadsOptions,
  type SqliteEventStoreOptions,
} from './sqlite/sqlite-event-store.js';
