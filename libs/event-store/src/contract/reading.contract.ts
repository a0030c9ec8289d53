import { expect, it } from '@jest/globals';
import { comparePositions, type Position } from '../port.js';
import {
  codeOf,
  eventOf,
  nextId,
  nextStream,
  readEverything,
  type Reopen,
  type Subject,
} from './specimens.contract.js';

export function streams(store: Subject): void {
  it('is empty before its first event', async () => {
    const stream = nextStream();
    expect(await store().readStream(stream)).toEqual([]);
    expect(await store().headRevisions([stream])).toEqual([-1]);
  });

  it('shows its events in order, revisions from 0, as they were appended', async () => {
    const stream = nextStream();
    const [first, second, third] = [eventOf('a'), eventOf('b', 'Revised'), eventOf('c')];
    await store().append(stream, 'no-stream', [first]);
    await store().append(stream, 0, [second, third]);
    const events = await store().readStream(stream);
    expect(events.map(({ id, type, entry }) => ({ id, type, entry }))).toEqual([first, second, third]);
    expect(events.map((event) => event.revision)).toEqual([0, 1, 2]);
    expect(events.every((event) => event.stream === stream)).toBe(true);
  });

  it('tells head revisions in the order asked, -1 where there is no stream', async () => {
    const [one, none, three] = [nextStream(), nextStream(), nextStream()];
    await store().append(one, 'no-stream', [eventOf()]);
    await store().append(three, 'no-stream', [eventOf(), eventOf(), eventOf()]);
    expect(await store().headRevisions([three, none, one, three])).toEqual([2, -1, 0, 2]);
    expect(await store().headRevisions([])).toEqual([]);
  });

  it('shares nothing with a stream whose name begins alike', async () => {
    const stream = nextStream();
    await store().append(stream, 'no-stream', [eventOf()]);
    await store().append(`${stream}-2`, 'no-stream', [eventOf(), eventOf()]);
    expect(await store().readStream(stream)).toHaveLength(1);
    expect(await store().readStream(stream.toUpperCase())).toEqual([]);
  });

  it('gives an event by its id, and null for an id that is not there', async () => {
    const stream = nextStream();
    const event = eventOf();
    await store().append(stream, 'no-stream', [eventOf(), event]);
    expect(await store().readEvent(event.id)).toEqual((await store().readStream(stream))[1]);
    expect(await store().readEvent(nextId())).toBeNull();
  });
}

export function globalOrder(store: Subject, reopen: Reopen): void {
  it('is empty in an empty store', async () => {
    expect(await store().readAll(null, 10)).toEqual([]);
    expect(await store().lastPosition()).toBeNull();
  });

  it('is the order of the commits, the events of one append adjacent, positions strictly increasing', async () => {
    const [one, other] = [nextStream(), nextStream()];
    const written = [eventOf(), eventOf(), eventOf(), eventOf()] as const;
    await store().append(one, 'no-stream', [written[0]]);
    await store().append(other, 'no-stream', [written[1], written[2]]);
    await store().append(one, 0, [written[3]]);
    const all = await store().readAll(null, 100);
    expect(all.map((event) => event.id)).toEqual(written.map((event) => event.id));
    const positions = all.map((event) => event.position);
    expect(
      positions
        .slice(1)
        .every((position, index) => comparePositions(positions[index] as string, position) < 0),
    ).toBe(true);
    expect(await store().lastPosition()).toBe(positions.at(-1));
  });

  it('reads the same whatever the size of the page, and ends after the last event', async () => {
    const stream = nextStream();
    await store().append(
      stream,
      'no-stream',
      Array.from({ length: 17 }, () => eventOf()),
    );
    const whole = await store().readAll(null, 1000);
    expect(whole).toHaveLength(17);
    for (const page of [1, 4, 16, 17, 18]) expect(await readEverything(store(), page)).toEqual(whole);
    expect(await store().readAll(await store().lastPosition(), 10)).toEqual([]);
  });

  it('shows what was committed after a reader had reached the end', async () => {
    await store().append(nextStream(), 'no-stream', [eventOf()]);
    const end = await store().lastPosition();
    const late = eventOf();
    await store().append(nextStream(), 'no-stream', [late]);
    expect((await store().readAll(end, 10)).map((event) => event.id)).toEqual([late.id]);
  });

  it('counts the events at or before a position, those of every stream, whatever follows', async () => {
    const [first] = await store().append(nextStream(), 'no-stream', [eventOf()]);
    const [second, third] = await store().append(nextStream(), 'no-stream', [eventOf(), eventOf()]);
    const counts = (): Promise<readonly number[]> =>
      Promise.all([first, second, third].map((receipt) => store().count(receipt?.position ?? '')));
    expect(await counts()).toEqual([1, 2, 3]);
    await store().append(nextStream(), 'no-stream', [eventOf()]);
    expect(await counts()).toEqual([1, 2, 3]);
  });

  it('is the same after a restart, and goes on from there', async () => {
    await store().append(nextStream(), 'no-stream', [eventOf(), eventOf()]);
    const before = await store().readAll(null, 10);
    const again = await reopen();
    expect(await again.readAll(null, 10)).toEqual(before);
    const [receipt] = await again.append(nextStream(), 'no-stream', [eventOf()]);
    expect(comparePositions(receipt?.position ?? '', before.at(-1)?.position ?? '')).toBe(1);
  });

  it('refuses a page without events', async () => {
    await expect(store().readAll(null, 0)).rejects.toThrow(RangeError);
  });
}

export function commits(store: Subject): void {
  it('is called after an append, when the event can be read', async () => {
    const heard = new Promise<Position | null>((resolve) => {
      const end = store().onCommit(() => {
        end();
        resolve(store().lastPosition());
      });
    });
    const [receipt] = await store().append(nextStream(), 'no-stream', [eventOf()]);
    expect(await heard).toBe(receipt?.position);
  });

  it('is not called any more once it has ended, while others are', async () => {
    let calls = 0;
    store().onCommit(() => {
      calls += 1;
    })();
    const other = new Promise<void>((resolve) => {
      const end = store().onCommit(() => {
        end();
        resolve();
      });
    });
    await store().append(nextStream(), 'no-stream', [eventOf()]);
    await other;
    expect(calls).toBe(0);
  });
}

export function closing(store: Subject): void {
  it('has written the appends that were under way', async () => {
    const appends = Array.from({ length: 20 }, () => store().append(nextStream(), 'no-stream', [eventOf()]));
    await store().close();
    expect(await Promise.all(appends.map((append) => codeOf(append)))).toEqual(appends.map(() => 'appended'));
  });

  it('refuses appends and reads, and may be closed again', async () => {
    await store().close();
    await store().close();
    expect(await codeOf(store().append(nextStream(), 'no-stream', [eventOf()]))).toBe('store-failed');
    expect(await codeOf(store().readAll(null, 1))).toBe('store-failed');
  });
}
