import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import type { StoredEvent } from '#event-store';
import type { Acknowledgements } from '../harness/load.js';

/** Events by stream, each stream in the order of its revisions. */
export function byStream(events: readonly StoredEvent[]): ReadonlyMap<string, readonly StoredEvent[]> {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return streams;
}

export const typesOf = (stream: readonly StoredEvent[] = []): readonly string[] =>
  stream.map(({ type }) => type);

/** The streams of inquiries, by the inquiry's id. */
export const inquiriesIn = (events: readonly StoredEvent[]): ReadonlyMap<string, readonly StoredEvent[]> =>
  new Map(
    [...byStream(events)].flatMap(([stream, of]) =>
      stream.startsWith('inquiry-') ? [[stream.slice('inquiry-'.length), of] as const] : [],
    ),
  );

/** Every acknowledged inquiry is there, once, exactly as its receipts say; its leaf hash is that of its bytes. */
export function expectNothingLost(list: Acknowledgements, events: readonly StoredEvent[]): void {
  const inquiries = inquiriesIn(events);
  const lost: string[] = [];
  for (const [inquiry, receipts] of list.answered) {
    const stored = inquiries.get(inquiry) ?? [];
    const asStored = stored.map(({ id, position, stream, revision, leafHash, mac }) => ({
      id,
      position,
      stream,
      revision,
      leafHash,
      mac,
    }));
    expect([inquiry, receipts.length >= 2]).toEqual([inquiry, true]);
    if (JSON.stringify(sorted(receipts)) !== JSON.stringify(sorted(asStored))) lost.push(inquiry);
  }
  expect(lost).toEqual([]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  expect(events.filter(({ entry, leafHash }) => leafOf(entry) !== leafHash)).toEqual([]);
}

/** RFC 6962, section 2.1. */
const leafOf = (entry: string): string =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.of(0), Buffer.from(entry, 'utf8')]))
    .digest('hex');

const sorted = (receipts: readonly object[]): readonly object[] =>
  receipts.map((receipt) => Object.fromEntries(Object.entries(receipt).sort(([a], [b]) => (a < b ? -1 : 1))));
