import { logStream, timeOfUuid7 } from '#domain';
import type { AuditedRow, EventsAudit, IndexFault } from '#event-store';
import type { Hash } from '#ledger';
import { EVENTS, type EventFault, type LogGone, ofRow } from './event-faults.js';

/** Rows read at a time, and looked at between two turns of the event loop: a few milliseconds, more on a slow disk. */
export const PAGE = 64;
/** After so many faults the table is beyond listing. */
const FAULT_LIMIT = 10_000;
/** How the streams of all logs begin. */
const LOG_STREAMS = logStream('');

/** What a check found of the events table. */
export interface ComparedEvents {
  /** Rows read. */
  readonly events: number;
  /** Genuine rows behind the log's end. */
  readonly unsequenced: number;
  readonly faults: readonly EventFault[];
  /** The comparison was given up after 10,000 faults: there are more. */
  readonly stopped: boolean;
}

/**
 * Walks the events table beside the log, row by row, in the memory of a page. Positions of the embedded store have no
 * gaps, so position n is the log's leaf n − 1, whatever was taken out before it: one row gone is one fault.
 */
export class EventsAgainstLog {
  private readonly faults: EventFault[] = [];
  private events = 0;
  private page: readonly AuditedRow[] = [];
  private taken = 0;
  private after = 0;
  /** The table could not be read on. */
  private isCutShort = false;
  /** Missing rows that were not yet said, for one that is missing seldom is alone. */
  private missing: { first: number; last: number } | null = null;

  constructor(private readonly audit: Omit<EventsAudit, 'close'>) {
    if (this.audit.schemaHolds()) return;
    const message = 'the tables, indexes and triggers are not those that this program made';
    this.add({ kind: 'events-schema', message });
  }

  /** The rows of these leaves, the first of them number `start`; null for one that the log itself has lost. */
  compare(start: number, leaves: readonly (Hash | null)[]): void {
    for (const [at, leaf] of leaves.entries()) {
      const position = start + at + 1;
      const row = this.take(position);
      if (this.isFinished) return;
      if (row === null) this.miss(position);
      else this.judge(row, leaf);
    }
  }

  /** The rows behind the log's end, a page of them; whether there may be more. */
  compareRest(behind: Rest): boolean {
    for (let rows = 0; rows < PAGE; rows++) {
      const row = this.next();
      if (row === null || this.isFinished) return false;
      const expected = behind.end + 1;
      if (row.position > expected) this.miss(expected, row.position - 1);
      this.judge(row, null);
      behind.add(row);
    }
    return true;
  }

  /** The rows that were read, among each other and by the indexes; to be run after the last of them. Yields to pause. */
  *compareIndexes(): Generator<void, void, void> {
    this.sayMissing();
    if (this.faults.length >= FAULT_LIMIT) return;
    for (const fault of this.audit.indexFaults()) {
      if (fault) this.add(ofIndex(fault));
      else yield;
      if (this.faults.length >= FAULT_LIMIT) return;
    }
  }

  /** To be called once, at the end. */
  conclude(behind: Rest, unsequencedMs: number): ComparedEvents {
    this.sayMissing();
    const strays = this.isCutShort ? 0 : this.audit.strays();
    if (strays > 0)
      this.add({ kind: 'event-stray', message: `${strays} rows stand where no append puts any` });
    const late = behind.late(unsequencedMs);
    if (late) this.add(late);
    const { events, faults } = this;
    return { events, unsequenced: behind.unsequenced, faults, stopped: faults.length >= FAULT_LIMIT };
  }

  private get isFinished(): boolean {
    return this.isCutShort || this.faults.length >= FAULT_LIMIT;
  }

  private judge(row: AuditedRow, leaf: Hash | null): void {
    this.sayMissing();
    this.events += 1;
    const { position, stream, leafHash } = row;
    const place = { position, ...(stream === null ? {} : { stream }) };
    for (const fault of row.faults) {
      const [kind, message] = ofRow[fault];
      this.add({ kind, ...place, message });
    }
    const expected = leaf?.toString('hex');
    if (expected === undefined || leafHash === null || leafHash === expected) return;
    const message = 'the entry of the row is not the one in the log';
    this.add({ kind: 'event-differs', ...place, expected, found: leafHash, message });
  }

  private miss(first: number, last = first): void {
    if (this.missing) this.missing.last = last;
    else this.missing = { first, last };
  }

  private sayMissing(): void {
    if (this.missing === null) return;
    const { first, last } = this.missing;
    this.missing = null;
    const place = first === last ? { position: first } : { position: first, last };
    this.add({ kind: 'event-missing', ...place, message: 'there is no such row: it was taken out' });
  }

  private add(fault: Omit<EventFault, 'path'>): void {
    if (this.faults.length < FAULT_LIMIT) this.faults.push({ path: EVENTS, ...fault });
  }

  /** The row at a position; null when there is none. */
  private take(position: number): AuditedRow | null {
    const row = this.peek();
    if (row?.position !== position) return null;
    this.taken += 1;
    return row;
  }

  private next(): AuditedRow | null {
    const row = this.peek();
    if (row !== null) this.taken += 1;
    return row;
  }

  private peek(): AuditedRow | null {
    if (this.taken === this.page.length && !this.isCutShort) this.turnPage();
    return this.page[this.taken] ?? null;
  }

  private turnPage(): void {
    this.taken = 0;
    try {
      this.page = this.audit.rows(this.after, PAGE);
      this.after = this.page.at(-1)?.position ?? this.after;
    } catch {
      this.page = [];
      this.isCutShort = true;
      this.sayMissing();
      const message = `the table cannot be read on after position ${this.after}`;
      this.add({ kind: 'events-unreadable', position: this.after + 1, message });
    }
  }
}

const ofIndex = ({ kind, position, stream }: IndexFault): Omit<EventFault, 'path'> => {
  const [name, message] = ofRow[kind];
  if (position === null) return { kind: name, message: 'an index of the table is out of order' };
  return { kind: name, position, ...(stream === null ? {} : { stream }), message };
};

/** What stands behind the log's end. */
export class Rest {
  unsequenced = 0;
  private oldest: { readonly position: number; readonly at: number } | null = null;
  private logKey: { readonly position: number; readonly stream: string } | null = null;

  constructor(
    /** The last position that was looked at: at first the log's size. */
    public end: number,
    /** When the log's end was read, in milliseconds of real time: what came since had no time to be sequenced. */
    private readonly asOf: number,
  ) {}

  add({ position, id, stream }: AuditedRow): void {
    this.end = position;
    // Of a row that is not genuine nobody knows when it was written, and it will never be sequenced.
    if (id === null) return;
    this.unsequenced += 1;
    const at = timeOfUuid7(id);
    this.oldest ??= { position, at };
    if (stream?.startsWith(LOG_STREAMS) && at < this.asOf) this.logKey ??= { position, stream };
  }

  /**
   * The fault of a log that is not there although the worker put its key on record, which it does once it has made the log;
   * null where no key of a log is on record since before the check began.
   */
  gone(): LogGone | null {
    if (this.logKey === null) return null;
    const message = 'there is no log, and the key of one is on record here: it was taken away';
    return { kind: 'log-gone', path: EVENTS, ...this.logKey, message };
  }

  /** The fault that the oldest has waited for longer than `unsequencedMs`; null when it has not. */
  late(unsequencedMs: number): Omit<EventFault, 'path'> | null {
    if (this.oldest === null || this.asOf - this.oldest.at <= unsequencedMs) return null;
    const waits = Math.floor((this.asOf - this.oldest.at) / 1_000);
    return {
      kind: 'event-late',
      position: this.oldest.position,
      expected: `in the log within ${Math.floor(unsequencedMs / 1_000)} s`,
      found: `${waits} s`,
      message: 'the event has waited for the log for too long',
    };
  }
}
