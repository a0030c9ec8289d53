import { describe, expect, it } from '@jest/globals';
import { parseEntry, recordedEvent } from './entry.js';
import { defineEvent, type Entry } from './event.js';
import { record } from './specification.js';
import { UnknownSchemaVersion, type Upcasters } from './upcast.js';

const ParcelSent = defineEvent<{ parcel: string; grams: number; remark: string }>()(
  'ParcelSent',
  2,
  { en: 'A parcel was sent.', ja: '小包が発送された。' },
  { parcel: 'clear', grams: 'clear', remark: 'trail' },
);
const definitions = { ParcelSent };
const upcasters: Upcasters = {
  ParcelSent: [(old) => ({ ...old, data: { parcel: old.data['parcel'] ?? null, grams: 0 } })],
};

const entry = (changes: Partial<Entry> = {}): Entry => ({
  id: '01968f00-0000-7000-8000-000000000001',
  type: 'ParcelSent',
  v: 2,
  stream: 'parcel-1',
  at: '2026-04-10T01:00:00.000Z',
  agreement: 'agreement-1',
  actor: { operator: 'operator-1', terminal: 'terminal-1' },
  correlation: '01968f00-0000-7000-8000-000000000002',
  data: { parcel: 'parcel-1', grams: 250 },
  sealed: { remark: { key: 'key-1', box: 'AAAA' } },
  keys: { 'key-1': { cohort: 'a/b/2026-07-09', wrap: 'AAAA' } },
  ...changes,
});

describe('the recorded event', () => {
  const { sealed: _sealed, keys: _keys, ...clear } = entry();

  it('is the header and the clear fields of its entry: no box, no key', () => {
    expect(recordedEvent(entry(), definitions, upcasters)).toEqual(clear);
  });

  it('is the same once every key is destroyed, and where there was never a seal', () => {
    const never: Entry = clear;
    expect(recordedEvent(never, definitions, upcasters)).toEqual(clear);
  });

  it('is lifted to the current version', () => {
    const old = entry({ v: 1, data: { parcel: 'parcel-1' } });
    expect(recordedEvent(old, definitions, upcasters)).toEqual({
      ...clear,
      data: { parcel: 'parcel-1', grams: 0 },
    });
  });

  it('leaves the entry as it is', () => {
    const stored = entry({ v: 1, data: { parcel: 'parcel-1' } });
    const text = JSON.stringify(stored);
    recordedEvent(stored, definitions, upcasters);
    expect(JSON.stringify(stored)).toBe(text);
  });

  it('is what a specification records of the same fact', () => {
    const fact = { type: 'ParcelSent', data: { parcel: 'parcel-1', grams: 250, remark: 'free text' } };
    const { id, stream, at, agreement, actor, correlation } = clear;
    expect(record(ParcelSent, fact, { id, stream, at, agreement, actor, correlation })).toEqual(clear);
  });

  it.each(['ParcelLost', 'constructor', '__proto__', 'toString', ''])(
    'of the type %j, which is not in the catalogue, is an error',
    (type) => {
      expect(() => recordedEvent(entry({ type }), definitions, upcasters)).toThrow(
        `event type ${type} is not in the catalogue`,
      );
    },
  );

  it('of a newer version is an error', () => {
    expect(() => recordedEvent(entry({ v: 3 }), definitions, upcasters)).toThrow(UnknownSchemaVersion);
  });
});

describe('the text of an entry', () => {
  it('is read as it was written, code point for code point', () => {
    const data = { parcel: '\u{845B}\u{E0100}\u{E000}\u{20BB7}', grams: 1 };
    expect(parseEntry(JSON.stringify(entry({ data }))).data).toEqual(data);
  });

  it('does not become a prototype by naming one', () => {
    const read = parseEntry('{"data":{"__proto__":{"grams":1}}}');
    expect(Object.getPrototypeOf(read.data)).toBe(Object.prototype);
  });

  it('that is no JSON is an error', () => {
    expect(() => parseEntry('')).toThrow();
  });
});
