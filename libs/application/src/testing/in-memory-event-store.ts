import { createHash, createHmac } from 'node:crypto';
import {
  DuplicateEventId,
  EntryTooLarge,
  type EventStore,
  EventsMissing,
  type ExpectedRevision,
  ForgedEvent,
  MAX_ENTRY_BYTES,
  type NewEvent,
  type Position,
  type Receipt,
  RevisionConflict,
  StoreFailed,
  type StoredEvent,
} from '#event-store';

const APPEND_KEY = 'the append key of specifications';

const leafHashOf = (entry: string): string =>
  createHash('sha256').update(Buffer.of(0)).update(entry).digest('hex');

const macOf = ({ leafHash, position, stream, revision, id, type }: Omit<StoredEvent, 'mac'>): string =>
  createHmac('sha256', APPEND_KEY)
    .update(JSON.stringify([leafHash, position, stream, revision, id, type]))
    .digest('hex');

const receiptOf = ({ id, position, stream, revision, leafHash, mac }: StoredEvent): Receipt => ({
  id,
  position,
  stream,
  revision,
  leafHash,
  mac,
});

/**
 * An event store for specifications: everything its port promises, but durability. Appends are atomic because
 * nothing is awaited between the check and the write.
 */
export class InMemoryEventStore implements EventStore {
  private readonly log: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly byId = new Map<string, StoredEvent>();
  private readonly listeners = new Set<() => void>();
  private readonly faults: ('before' | 'after')[] = [];
  private readonly interruptions: (() => Promise<void>)[] = [];

  /** The next append fails: `before` anything is written, or `after`, as when the answer got lost. */
  failNextAppend(when: 'before' | 'after'): void {
    this.faults.push(when);
  }

  /** Runs `act` when the next append arrives, before it is looked at: somebody else writes first. */
  beforeNextAppend(act: () => Promise<void>): void {
    this.interruptions.push(act);
  }

  /** Changes a stored entry behind the store's back, as somebody with the database file could. */
  tamper(stream: string, revision: number, entry: string): void {
    const stored = this.streams.get(stream)?.[revision];
    if (!stored) throw new RangeError('no such event');
    Object.assign(stored, { entry });
  }

  /** Gives the last event another position behind the store's back. */
  move(id: string, position: Position): void {
    const stored = this.byId.get(id);
    if (!stored || stored !== this.log.at(-1)) throw new RangeError('not the last event');
    Object.assign(stored, { position });
  }

  /** Takes an event out behind the store's back; when it was the last, the next append is given its position. */
  remove(id: string): void {
    const stored = this.byId.get(id);
    if (!stored) throw new RangeError('no such event');
    this.byId.delete(id);
    this.log.splice(this.log.indexOf(stored), 1);
    const rest = (this.streams.get(stored.stream) ?? []).filter((event) => event !== stored);
    this.streams.set(stored.stream, rest);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<readonly Receipt[]> {
    await this.interruptions.shift()?.();
    const fault = this.faults.shift();
    if (fault === 'before') throw new StoreFailed('the disk is full');
    const receipts = this.write(stream, expected, events);
    if (fault === 'after') throw new StoreFailed('the answer got lost');
    return receipts;
  }

  readStream(stream: string): Promise<readonly StoredEvent[]> {
    return settled(() => (this.streams.get(stream) ?? []).map(genuine));
  }

  headRevisions(streams: readonly string[]): Promise<readonly number[]> {
    return settled(() => streams.map((stream) => this.headOf(stream)));
  }

  readAll(after: Position | null, limit: number): Promise<readonly StoredEvent[]> {
    const begin = after === null ? 0 : Number(after);
    return settled(() => {
      const first = this.log.findIndex(({ position }) => Number(position) > begin);
      return first === -1 ? [] : adjacent(begin, this.log.slice(first, first + limit)).map(genuine);
    });
  }

  readEvent(id: string): Promise<StoredEvent | null> {
    return settled(() => {
      const found = this.byId.get(id);
      return found ? genuine(found) : null;
    });
  }

  count(upTo: Position): Promise<number> {
    return settled(() => this.log.filter(({ position }) => Number(position) <= Number(upTo)).length);
  }

  lastPosition(): Promise<Position | null> {
    return settled(() => this.log.at(-1)?.position ?? null);
  }

  onCommit(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): Promise<void> {
    this.listeners.clear();
    return Promise.resolve();
  }

  private headOf(stream: string): number {
    return (this.streams.get(stream)?.length ?? 0) - 1;
  }

  private write(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): readonly Receipt[] {
    this.validate(stream, events);
    const first = expected === 'no-stream' ? 0 : expected + 1;
    const resent = this.resent(stream, first, events);
    if (resent) return resent;
    const head = this.headOf(stream);
    if (head !== first - 1) throw new RevisionConflict(stream, expected, head);
    const stored = events.map((event, index) => this.store(stream, first + index, event));
    for (const listener of this.listeners) queueMicrotask(listener);
    return stored.map(receiptOf);
  }

  private validate(stream: string, events: readonly NewEvent[]): void {
    if (events.length === 0) throw new RangeError('no events');
    for (const { type, entry } of events) {
      if (!entry.isWellFormed() || !stream.isWellFormed()) throw new RangeError('ill-formed text');
      const bytes = Buffer.byteLength(entry);
      if (bytes > MAX_ENTRY_BYTES) throw new EntryTooLarge(type, bytes);
    }
    const ids = events.map(({ id }) => id);
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
    if (repeated !== undefined) throw new DuplicateEventId(repeated);
  }

  /** The first receipts, when these events are stored at this very place already; null when all are new. */
  private resent(stream: string, first: number, events: readonly NewEvent[]): readonly Receipt[] | null {
    const known = events.flatMap((event, index) => {
      const stored = this.byId.get(event.id);
      if (!stored) return [];
      const { entry, type } = event;
      const same = stored.stream === stream && stored.revision === first + index;
      if (!same || stored.entry !== entry || stored.type !== type) throw new DuplicateEventId(event.id);
      return [receiptOf(genuine(stored))];
    });
    if (known.length === 0) return null;
    if (known.length < events.length) throw new RevisionConflict(stream, first - 1, this.headOf(stream));
    return known;
  }

  private store(stream: string, revision: number, { id, type, entry }: NewEvent): StoredEvent {
    const position = String(Number(this.log.at(-1)?.position ?? 0) + 1);
    const row = { id, type, entry, position, stream, revision, leafHash: leafHashOf(entry) };
    const stored = { ...row, mac: macOf(row) };
    this.log.push(stored);
    this.byId.set(id, stored);
    this.streams.set(stream, [...(this.streams.get(stream) ?? []), stored]);
    return stored;
  }
}

/** The events, after their positions were seen to follow `begin` without a gap. */
function adjacent(begin: number, events: readonly StoredEvent[]): readonly StoredEvent[] {
  for (const [index, { position }] of events.entries()) {
    const previous = begin + index;
    if (Number(position) !== previous + 1)
      throw new EventsMissing(previous === 0 ? null : String(previous), position);
  }
  return events;
}

/** The event, after its MAC was checked over the bytes that are there now. */
function genuine(stored: StoredEvent): StoredEvent {
  if (macOf({ ...stored, leafHash: leafHashOf(stored.entry) }) !== stored.mac) {
    throw new ForgedEvent(stored.stream, stored.revision, stored.position);
  }
  return { ...stored };
}

/** Resolves or rejects with what `read` returns or throws, a turn later, like a real store. */
async function settled<T>(read: () => T): Promise<T> {
  await Promise.resolve();
  return read();
}
