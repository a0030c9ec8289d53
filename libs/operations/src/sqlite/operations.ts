import type { Clock, Leases, Marks, Sessions } from '../port.js';
import { openConnection, type Migration } from './database.js';
import { leasesIn } from './leases.js';
import { marksIn } from './marks.js';
import { sessionsIn } from './sessions.js';

/** Append only (STYLE 13): step n lifts schema n − 1 to n. */
const migrations: readonly Migration[] = [
  `CREATE TABLE sessions (
     token_hash BLOB NOT NULL PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     operator TEXT NOT NULL,
     terminal TEXT,
     certificate TEXT,
     pin_change_only INTEGER NOT NULL,
     expires_at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX sessions_by_operator ON sessions (operator);
   CREATE INDEX sessions_by_expiry ON sessions (expires_at);
   CREATE TABLE leases (
     name TEXT NOT NULL PRIMARY KEY,
     holder TEXT NOT NULL,
     fence INTEGER NOT NULL,
     until INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE marks (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
];

export interface Operations {
  readonly sessions: Sessions;
  readonly leases: Leases;
  readonly marks: Marks;
  close(): void;
}

/**
 * Opens sessions, leases and marks in one SQLite file, shared by every process of the machine. Calls are
 * synchronous and take microseconds, but for the fsync of a lease or a mark.
 *
 * Two connections, two promises:
 * - Sessions commit with `synchronous=NORMAL`, without an fsync, because the HTTP thread never waits for one
 *   (decision 5). A kill loses nothing. A power loss may lose the last seconds: a lost `open` means signing in
 *   again; a lost `close` revives a session until it expires, for somebody who held its token, and whose rights
 *   are judged anew from the streams on every request (decision 17). The next lease renewal, seconds later,
 *   syncs the same journal and ends even that.
 * - Leases and marks commit with `synchronous=FULL`: a fence that went back would be handed out twice. Where the file
 *   itself was lost or is an old one, whoever takes up work lifts its fence above those seen (`Leases.liftFence`).
 *
 * Throws `OperationsSchemaTooNew` for a file of a newer program.
 */
export function openOperations({ file, clock }: { file: string; clock: Clock }): Operations {
  const durable = openConnection(file, 'FULL', migrations);
  const quick = openConnection(file, 'NORMAL', migrations);
  return {
    sessions: sessionsIn(quick, clock),
    leases: leasesIn(durable, clock),
    marks: marksIn(durable),
    close() {
      quick.close();
      durable.close();
    },
  };
}
