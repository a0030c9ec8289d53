import { expect, it } from '@jest/globals';
import { parseEntry, UnknownSchemaVersion, upcast, type Entry, type Upcasters } from '#domain';
import { MAX_ENTRY_BYTES, type NewEvent, type StoredEvent } from '../port.js';
import { eventOf, leafHash, nextId, nextStream, type Reopen, type Subject } from './specimens.contract.js';

export function entries(store: Subject, reopen: Reopen): void {
  const texts: readonly (readonly [string, string])[] = [
    ['ideographic variation sequences', '葛\u{E0100}城 辻\u{E0101} 邉\u{E010E}'],
    ['private-use characters of all three areas', '\uE000\uF8FF\u{F0000}\u{10FFFD}'],
    ['astral and compatibility ideographs', '𠮷野 神 𩸽 﨑'],
    ['combining marks, not composed', 'か\u3099 e\u0301 \u212B'],
    ['noncharacters, controls and a byte order mark', '\uFFFE\u{1FFFF}\u0000\u001F\u007F\u2028\uFEFF'],
  ];
  it.each(texts)('keeps %s, byte for byte', async (_name, text) => {
    const stream = nextStream();
    const event = eventOf(text);
    await store().append(stream, 'no-stream', [event]);
    const [stored] = await (await reopen()).readStream(stream);
    expect(Buffer.from(stored?.entry ?? '').equals(Buffer.from(event.entry))).toBe(true);
    expect(stored?.leafHash).toBe(leafHash(event.entry));
    expect((parseEntry(stored?.entry ?? '').data as { text: string }).text).toBe(text);
  });

  it('is never serialised again: spacing and the order of members stay', async () => {
    const event = { id: nextId(), type: 'Noted', entry: '{ "z":1.0, "a" : [ 1e3 ] }' };
    await store().append(nextStream(), 'no-stream', [event]);
    expect((await store().readEvent(event.id))?.entry).toBe(event.entry);
  });

  it('may have 65,535 bytes of UTF-8 and not one more', async () => {
    const stream = nextStream();
    const padded = (bytes: number): NewEvent => ({
      ...eventOf(),
      entry: `"${'あ'.repeat((bytes - 3) / 3)}x"`,
    });
    const largest = padded(MAX_ENTRY_BYTES);
    expect(Buffer.byteLength(largest.entry)).toBe(MAX_ENTRY_BYTES);
    await store().append(stream, 'no-stream', [largest]);
    expect((await store().readEvent(largest.id))?.entry).toBe(largest.entry);
    const tooLarge = { ...eventOf(), entry: `${largest.entry} ` };
    const append = store().append(stream, 0, [eventOf(), tooLarge]);
    await expect(append).rejects.toMatchObject({ code: 'entry-too-large', bytes: MAX_ENTRY_BYTES + 1 });
    expect(await store().readStream(stream)).toHaveLength(1);
  });

  it('with a lone surrogate is refused: it has no bytes that could be hashed', async () => {
    const append = store().append(nextStream(), 'no-stream', [{ ...eventOf(), entry: '"\uD842"' }]);
    await expect(append).rejects.toThrow(RangeError);
  });
}

export function schemaVersions(store: Subject): void {
  const CURRENT = 2;
  /** Version 2 of the synthetic event splits `name` into `family` and `given`. */
  const upcasters: Upcasters = {
    SyntheticNamed: [
      (entry) => {
        const [family = '', given = ''] = (entry.data.name as string).split(' ');
        return { ...entry, data: { family, given } };
      },
    ],
  };
  const named = (v: number, data: Entry['data']): NewEvent => {
    const id = nextId();
    return { id, type: 'SyntheticNamed', entry: JSON.stringify({ data, id, type: 'SyntheticNamed', v }) };
  };
  const current = (event: StoredEvent): Entry => upcast(parseEntry(event.entry), CURRENT, upcasters);

  it('of old and new read as the current one, and the stored bytes and hashes stay what they were', async () => {
    const stream = nextStream();
    const written = [named(1, { name: 'Yamada Hanako' }), named(2, { family: 'Sato', given: 'Taro' })];
    const receipts = await store().append(stream, 'no-stream', written);
    const stored = await store().readStream(stream);
    expect(stored.map((event) => current(event)).map(({ v, data }) => ({ v, data }))).toEqual([
      { v: 2, data: { family: 'Yamada', given: 'Hanako' } },
      { v: 2, data: { family: 'Sato', given: 'Taro' } },
    ]);
    const afterwards = await store().readStream(stream);
    expect(afterwards.map((event) => event.entry)).toEqual(written.map((event) => event.entry));
    expect(afterwards.map((event) => event.leafHash)).toEqual(receipts.map((receipt) => receipt.leafHash));
    expect(afterwards[0]?.leafHash).toBe(leafHash(written[0]?.entry ?? ''));
  });

  it('newer than the program are stored and refused on reading, rather than misread', async () => {
    const stream = nextStream();
    await store().append(stream, 'no-stream', [named(3, { whole: 'Suzuki' })]);
    const [event] = await store().readStream(stream);
    expect(event && (() => current(event))).toThrow(UnknownSchemaVersion);
  });
}
