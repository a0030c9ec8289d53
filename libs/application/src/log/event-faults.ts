import type { RowFault } from '#event-store';
import type { Fault } from '#ledger';

export type EventFaultKind =
  /** The log has an entry here, or the order goes on further on, and there is no row. */
  | 'event-missing'
  /** The row is there, and its entry is not the one in the log. */
  | 'event-differs'
  /** The MAC does not fit: Kiroku did not write this row, or not here (decision 7). */
  | 'event-forged'
  /** The stored leaf hash is not that of the stored entry. */
  | 'event-hash'
  /** The stream has no event of the revision before. */
  | 'event-revision'
  /** Whoever looks for the row by id or by stream does not find it; without a position, an index is out of order. */
  | 'event-hidden'
  /** An index, trigger, view or table is there that Kiroku did not make, or one that it made is changed or gone. */
  | 'events-schema'
  /** The row is none that Kiroku could read. */
  | 'event-malformed'
  /** Rows before the first position, or beyond every number. */
  | 'event-stray'
  /** Events wait for the log longer than is allowed. */
  | 'event-late'
  /** The table cannot be read, or not on from here. */
  | 'events-unreadable';

/** The place of every fault of the events table. */
export const EVENTS = 'events';

/** One fault of the events table. Like the log's faults it holds nothing of what an event says (decision 20). */
export interface EventFault {
  readonly kind: EventFaultKind;
  readonly path: typeof EVENTS;
  /** In the global order; the log's entry is the one before this number. Of several rows the first. */
  readonly position?: number;
  /** The last position, where the fault is that of several rows. */
  readonly last?: number;
  /** The row's stream, where the MAC shows that it is the row's. */
  readonly stream?: string;
  readonly expected?: string;
  readonly found?: string;
  /** The fault as one English sentence without its place. */
  readonly message: string;
}

/** Nothing of the log is there, and what is named here shows that it was; or it would, and cannot be read. */
export interface LogGone {
  readonly kind: 'log-gone' | 'marks-unreadable';
  /** `EVENTS`, or what else remembers the log. */
  readonly path: string;
  /** The row that says so, and its stream. */
  readonly position?: number;
  readonly stream?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly message: string;
}

/** A fault of the log or of the events table. */
export type CheckFault = Fault | EventFault | LogGone;

/** What each fault of a row by itself is called here, and in words. */
export const ofRow: Readonly<Record<RowFault, readonly [EventFaultKind, string]>> = {
  malformed: ['event-malformed', 'a column of the row does not hold what it must'],
  'leaf-hash': ['event-hash', 'the leaf hash of the row is not that of its entry'],
  mac: ['event-forged', 'the MAC of the row does not fit: it was not written by this store, or not here'],
  revision: ['event-revision', 'the revision before this one is not in the stream'],
  index: ['event-hidden', 'an index of the table does not lead to this row'],
};

/** Where to look, without what is wrong there: `tile/0/000`, `tile/entries/000 entry 7`, `events position 17`. */
export function placeOf(fault: CheckFault): string {
  if (fault.path !== EVENTS) {
    const entry = 'entry' in fault ? fault.entry : undefined;
    return entry === undefined ? fault.path : `${fault.path} entry ${entry}`;
  }
  const { position, last } = fault as EventFault;
  if (position === undefined) return EVENTS;
  return last === undefined ? `${EVENTS} position ${position}` : `${EVENTS} positions ${position} to ${last}`;
}
