export type { Clock, Credentials, Lease, Leases, Marks, Session, Sessions } from './port.js';
export { marksKept } from './sqlite/marks.js';
export { ClockRefused, openBusinessClock, type BusinessClock } from './clock.js';
export { movableClock, type MovableClock } from './movable-clock.js';
export { OperationsSchemaTooNew } from './sqlite/database.js';
export { openOperations, type Operations } from './sqlite/operations.js';
export { openCredentials, type CredentialStore } from './sqlite/credentials.js';
export { GenuineMarks } from './genuine-marks.js';
