import { createHash } from 'node:crypto';
import type { EventStore, NewEvent, Position, StoredEvent } from '../port.js';

/** The store of the running test. */
export type Subject = () => EventStore;
/** Closes that store and opens its place again. */
export type Reopen = () => Promise<EventStore>;

let serial = 0;

/** A UUIDv7 by form: deterministic, and ascending within a run. */
export const nextId = (): string => {
  serial += 1;
  return `01900000-0000-7000-8000-${serial.toString(16).padStart(12, '0')}`;
};

/** A stream that no other test has used. */
export const nextStream = (): string => `inquiry-${nextId()}`;

/** An event whose entry carries `text` verbatim. */
export const eventOf = (text = 'x', type = 'Noted'): NewEvent => {
  const id = nextId();
  return { id, type, entry: `{"data":{"text":${JSON.stringify(text)}},"id":"${id}","type":"${type}","v":1}` };
};

/** RFC 6962 leaf hash, made here a second time, independently of the store's own. */
export const leafHash = (entry: string): string =>
  createHash('sha256').update(Uint8Array.of(0)).update(Buffer.from(entry, 'utf8')).digest('hex');

/** Every event of the store, `page` at a time. */
export async function readEverything(
  store: Pick<EventStore, 'readAll'>,
  page: number,
): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = [];
  let after: Position | null = null;
  for (;;) {
    const events: readonly StoredEvent[] = await store.readAll(after, page);
    if (events.length === 0) return all;
    all.push(...events);
    after = events.at(-1)?.position ?? after;
  }
}

/** The code with which an append was refused, or `appended`. */
export const codeOf = (append: Promise<unknown>): Promise<string> =>
  append.then(
    () => 'appended',
    (error: unknown) => String((error as { code?: string }).code),
  );
