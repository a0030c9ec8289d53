import { expect, it } from '@jest/globals';
import { type NewEvent } from '../port.js';
import {
  codeOf,
  eventOf,
  leafHash,
  nextId,
  nextStream,
  readEverything,
  type Reopen,
  type Subject,
} from './specimens.contract.js';

export function appends(store: Subject): void {
  it('answers with a receipt for each event, which the stored event bears out', async () => {
    const stream = nextStream();
    const receipts = await store().append(stream, 'no-stream', [eventOf(), eventOf()]);
    const stored = await store().readStream(stream);
    expect(receipts).toEqual(stored.map(({ type: _type, entry: _entry, ...receipt }) => receipt));
    for (const event of stored) {
      expect(event.leafHash).toBe(leafHash(event.entry));
      expect(event.mac).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('gives equal entries different MACs at different places', async () => {
    const [one, other] = [nextStream(), nextStream()];
    const entry = '{"v":1}';
    const twin = (): NewEvent => ({ id: nextId(), type: 'Noted', entry });
    await store().append(one, 'no-stream', [twin(), twin()]);
    await store().append(other, 'no-stream', [twin()]);
    const events = [...(await store().readStream(one)), ...(await store().readStream(other))];
    expect(new Set(events.map((event) => event.leafHash)).size).toBe(1);
    expect(new Set(events.map((event) => event.mac)).size).toBe(3);
  });

  const conflicts: readonly (readonly [string, number, 'no-stream' | number, number])[] = [
    ['no stream, where there is one', 1, 'no-stream', 0],
    ['a revision behind the head', 3, 1, 2],
    ['a revision ahead of the head', 3, 3, 2],
    ['a revision of a stream that is not there', 0, 0, -1],
  ];
  it.each(conflicts)('is refused when it expects %s', async (_case, length, expected, actual) => {
    const stream = nextStream();
    const given = Array.from({ length }, () => eventOf());
    if (given.length > 0) await store().append(stream, 'no-stream', given);
    const append = store().append(stream, expected, [eventOf(), eventOf()]);
    await expect(append).rejects.toMatchObject({ code: 'revision-conflict', stream, expected, actual });
    expect(await store().readStream(stream)).toHaveLength(length);
  });

  it('is refused without any event, or for a revision that is none', async () => {
    await expect(store().append(nextStream(), 'no-stream', [])).rejects.toThrow(RangeError);
    await expect(store().append(nextStream(), -1, [eventOf()])).rejects.toThrow(RangeError);
    await expect(store().append(nextStream(), 0.5, [eventOf()])).rejects.toThrow(RangeError);
  });

  it('is written whole or not at all', async () => {
    const [stream, used] = [nextStream(), eventOf()];
    await store().append(nextStream(), 'no-stream', [used]);
    const last = await store().lastPosition();
    const fresh = eventOf();
    expect(
      await codeOf(store().append(stream, 'no-stream', [fresh, eventOf(), { ...eventOf(), id: used.id }])),
    ).toBe('duplicate-event-id');
    expect(await codeOf(store().append(stream, 'no-stream', [fresh, fresh]))).toBe('duplicate-event-id');
    expect(await store().readStream(stream)).toEqual([]);
    expect(await store().readEvent(fresh.id)).toBeNull();
    expect(await store().lastPosition()).toBe(last);
  });

  it('harms no other append that is committed together with it', async () => {
    const taken = nextStream();
    await store().append(taken, 'no-stream', [eventOf()]);
    const streams = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? taken : nextStream()));
    const outcomes = await Promise.all(
      streams.map((stream) => codeOf(store().append(stream, 'no-stream', [eventOf(), eventOf()]))),
    );
    expect(outcomes).toEqual(streams.map((stream) => (stream === taken ? 'revision-conflict' : 'appended')));
    expect(await store().readStream(taken)).toHaveLength(1);
    for (const stream of streams)
      if (stream !== taken) expect(await store().readStream(stream)).toHaveLength(2);
  });
}

export function resends(store: Subject, reopen: Reopen): void {
  it('is answered with the first receipts, and writes nothing', async () => {
    const stream = nextStream();
    const events = [eventOf(), eventOf()];
    const receipts = await store().append(stream, 'no-stream', events);
    expect(await store().append(stream, 'no-stream', events)).toEqual(receipts);
    expect(await store().readStream(stream)).toHaveLength(2);
  });

  it('is answered with the first receipts also after a restart, and when later events follow', async () => {
    const stream = nextStream();
    const [first, second] = [[eventOf(), eventOf()], [eventOf()]];
    const receipts = await store().append(stream, 'no-stream', first);
    const later = await store().append(stream, 1, second);
    await store().append(nextStream(), 'no-stream', [eventOf()]);
    const again = await reopen();
    expect(await again.append(stream, 'no-stream', first)).toEqual(receipts);
    expect(await again.append(stream, 1, second)).toEqual(later);
  });

  it('is answered with the first receipts also when its events came one by one, others in between', async () => {
    const stream = nextStream();
    const [first, second] = [eventOf(), eventOf()];
    const receipts = [...(await store().append(stream, 'no-stream', [first]))];
    await store().append(nextStream(), 'no-stream', [eventOf()]);
    receipts.push(...(await store().append(stream, 0, [second])));
    expect(await store().append(stream, 'no-stream', [first, second])).toEqual(receipts);
  });

  it('while the first is still under way, is answered like it', async () => {
    const stream = nextStream();
    const events = [eventOf(), eventOf()];
    const [one, two] = await Promise.all([
      store().append(stream, 'no-stream', events),
      store().append(stream, 'no-stream', events),
    ]);
    expect(two).toEqual(one);
    expect(await store().readStream(stream)).toHaveLength(2);
  });

  it('with other bytes, another type or to another place is a duplicate event id', async () => {
    const [stream, other] = [nextStream(), nextStream()];
    const [first, second] = [eventOf(), eventOf()];
    await store().append(stream, 'no-stream', [first, second]);
    await store().append(other, 'no-stream', [eventOf()]);
    const changed = { ...second, entry: eventOf('changed').entry };
    const renamed = { ...second, type: 'Renamed' };
    const misuse: readonly (readonly [string, 'no-stream' | number, readonly NewEvent[], string])[] = [
      [stream, 'no-stream', [first, changed], second.id],
      [stream, 'no-stream', [first, renamed], second.id],
      [stream, 'no-stream', [second, first], second.id],
      [stream, 1, [first], first.id],
      [other, 0, [first, second], first.id],
      [nextStream(), 'no-stream', [eventOf(), second], second.id],
    ];
    for (const [target, expected, events, id] of misuse) {
      const append = store().append(target, expected, events);
      await expect(append).rejects.toMatchObject({ code: 'duplicate-event-id', id });
    }
    expect(await store().headRevisions([stream, other])).toEqual([1, 0]);
  });

  it('with more events than the first time is a revision conflict: the stream has moved', async () => {
    const stream = nextStream();
    const first = eventOf();
    await store().append(stream, 'no-stream', [first]);
    const append = store().append(stream, 'no-stream', [first, eventOf()]);
    await expect(append).rejects.toMatchObject({ code: 'revision-conflict', actual: 0 });
    expect(await store().readStream(stream)).toHaveLength(1);
  });

  it('with a part of its events is answered for that part', async () => {
    const stream = nextStream();
    const events = [eventOf(), eventOf(), eventOf()];
    const receipts = await store().append(stream, 'no-stream', events);
    expect(await store().append(stream, 'no-stream', events.slice(0, 2))).toEqual(receipts.slice(0, 2));
    expect(await store().append(stream, 0, events.slice(1))).toEqual(receipts.slice(1));
  });
}

export function concurrency(store: Subject): void {
  const CALLERS = 64;
  const callers = Array.from({ length: CALLERS }, (_, caller) => caller);

  it('to one stream: of two at the same revision one wins, and every one gets through in the end', async () => {
    const stream = nextStream();
    await Promise.all(
      callers.map(async (caller) => {
        for (;;) {
          const [head = -1] = await store().headRevisions([stream]);
          const append = store().append(stream, head < 0 ? 'no-stream' : head, [
            eventOf(`${caller}`),
            eventOf(),
          ]);
          const outcome = await codeOf(append);
          if (outcome === 'appended') return;
          expect(outcome).toBe('revision-conflict');
        }
      }),
    );
    const events = await store().readStream(stream);
    expect(events.map((event) => event.revision)).toEqual(
      Array.from({ length: 2 * CALLERS }, (_, index) => index),
    );
    expect(new Set(events.map((event) => event.id)).size).toBe(2 * CALLERS);
  });

  it('to one new stream: exactly one wins', async () => {
    const stream = nextStream();
    const outcomes = await Promise.all(
      callers.map(() => codeOf(store().append(stream, 'no-stream', [eventOf()]))),
    );
    expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'revision-conflict')).toHaveLength(CALLERS - 1);
  });

  it('to many streams: all are written, each append adjacent, nothing twice', async () => {
    const receipts = await Promise.all(
      callers.map(async () => {
        const stream = nextStream();
        const first = await store().append(stream, 'no-stream', [eventOf(), eventOf(), eventOf()]);
        return [first, await store().append(stream, 2, [eventOf()])];
      }),
    );
    const all = await readEverything(store(), 50);
    expect(all).toHaveLength(4 * CALLERS);
    const order = new Map(all.map((event, index) => [event.id, index]));
    for (const append of receipts.flat()) {
      const indices = append.map((receipt) => order.get(receipt.id) ?? -1);
      expect(indices).toEqual(indices.map((_, index) => (indices[0] ?? -1) + index));
      for (const receipt of append) expect(all[order.get(receipt.id) ?? -1]).toMatchObject(receipt);
    }
  });
}
