import { beforeEach, describe, expect, it } from '@jest/globals';
import { type FeedFrom, feedStream } from '#domain';
import { GenuineMarks } from '#operations';
import { workerContext } from '../journal.js';
import { genuine, InMemoryMarks } from '../testing/alarm-scene.js';
import { recordForFeed, ScriptedFeedWay } from '../testing/feed-scene.js';
import { AGREEMENT, InMemory } from '../testing/in-memory.js';
import { FeedBeginnings } from './feed-beginnings.js';
import { SIEM_FEED } from './feed-mark.js';
import { SiemFeed, strictFeedBounds } from './siem-feed.js';

interface Sealed {
  readonly value: object;
  readonly mac: string;
}

describe('the feed to a SIEM, whose mark another hand has moved', () => {
  let memory: InMemory;
  let marks: InMemoryMarks;
  let way: ScriptedFeedWay;
  let feed: SiemFeed;
  /** A process that starts now. */
  const start = (from: FeedFrom = 'beginning'): SiemFeed => {
    const { journal, store, clock } = memory;
    const source = { version: '1.2.3', logName: 'kiroku.example/log' };
    const beginnings = new FeedBeginnings(journal, () => workerContext(journal, AGREEMENT));
    const settings = { from, alarmMs: 15 * 60_000, source };
    feed = new SiemFeed(store, genuine(marks), beginnings, way, clock, settings, strictFeedBounds);
    return feed;
  };
  beforeEach(() => {
    memory = new InMemory();
    marks = new InMemoryMarks();
    way = new ScriptedFeedWay(true);
    start();
  });
  const happens = (count: number) => recordForFeed(memory, count);
  const honest = (): Sealed => marks.read<Sealed>(SIEM_FEED) ?? { value: {}, mac: '' };
  const all = async (): Promise<readonly string[]> =>
    (await memory.store.readAll(null, 10_000)).map(({ id }) => id);
  const beginnings = async (): Promise<readonly unknown[]> =>
    (await memory.journal.load(feedStream(AGREEMENT))).recorded.map(({ data }) => data);
  const standsStill = async (running: SiemFeed): Promise<void> => {
    const before = way.offered.length;
    expect(await running.catchUp()).toBe(0);
    expect([running.state, running.stalled(), way.offered.length]).toEqual(['mark-forged', true, before]);
  };

  /** What lies in the mark, and the place of a genuine event behind those that wait. */
  const moved = async (changes: object = {}): Promise<Sealed> => {
    const last = (await memory.store.readAll(null, 10_000)).at(-1);
    const { value, mac } = honest();
    return { value: { ...value, position: last?.position, eventId: last?.id, ...changes }, mac };
  };

  it.each<[string, () => Promise<unknown>]>([
    ['behind what waits', moved],
    ['as if it were to begin elsewhere', () => moved({ from: 'now' })],
    ['with a MAC of its own making', async () => ({ ...(await moved()), mac: 'a'.repeat(64) })],
    ['and left nothing that can be read', () => Promise.resolve(17)],
  ])('stands still, and that is alarmed, %s', async (_what, forge) => {
    await happens(1);
    await feed.catchUp();
    const kept = honest();
    const waiting = await happens(3);
    marks.write(SIEM_FEED, await forge());
    for (const running of [feed, start(), start('now')]) await standsStill(running);
    marks.write(SIEM_FEED, kept);
    await start().catchUp();
    expect([feed.state, feed.stalled()]).toEqual(['flowing', false]);
    expect(way.uids.slice(-3)).toEqual(waiting);
    expect(way.uids).toEqual(await all());
  });

  it('stands still where it is gone while it runs, and is content once it is back', async () => {
    await start('now').catchUp();
    const kept = honest();
    const waiting = await happens(2);
    marks.forget(SIEM_FEED);
    await standsStill(feed);
    marks.write(SIEM_FEED, kept);
    expect(await feed.catchUp()).toBe(2);
    expect(way.uids.slice(-2)).toEqual(waiting);
  });

  it('stands still where it was gone before a start that would begin with what comes', async () => {
    await happens(2);
    await start('now').catchUp();
    const kept = honest();
    const waiting = await happens(2);
    marks.forget(SIEM_FEED);
    await standsStill(start('now'));
    await standsStill(feed);
    marks.write(SIEM_FEED, kept);
    expect(await feed.catchUp()).toBe(2);
    expect([feed.state, way.uids.slice(-2)]).toEqual(['flowing', waiting]);
    expect(await beginnings()).toHaveLength(1);
  });

  it('brings everything once more where it is gone and the feed begins with the first event', async () => {
    await happens(2);
    await feed.catchUp();
    await happens(2);
    marks.forget(SIEM_FEED);
    way.taken.splice(0);
    await start().catchUp();
    expect(way.uids).toEqual(await all());
    expect(await beginnings()).toMatchObject([{ from: 'beginning' }, { from: 'beginning', position: null }]);
  });

  it('begins anew where it is gone and somebody says where', async () => {
    await happens(2);
    await start('now').catchUp();
    await happens(2);
    marks.forget(SIEM_FEED);
    await standsStill(start('now'));
    way.taken.splice(0);
    await start('beginning').catchUp();
    expect([feed.state, way.uids]).toEqual(['flowing', await all()]);
  });

  it('is not taken in by the mark of another installation', async () => {
    await happens(1);
    await feed.catchUp();
    const kept = genuine(marks).read<object>(SIEM_FEED);
    new GenuineMarks(marks, Buffer.alloc(32, 9)).write(SIEM_FEED, kept);
    await standsStill(start());
  });

  describe('back to an older one', () => {
    it('brings what came since once more', async () => {
      await start('now').catchUp();
      const older = honest();
      const ids = await happens(2);
      await feed.catchUp();
      marks.write(SIEM_FEED, older);
      for (const running of [feed, start('now')]) {
        way.taken.splice(0);
        marks.write(SIEM_FEED, older);
        await running.catchUp();
        expect(way.uids.slice(-2)).toEqual(ids);
      }
    });

    it('stands still where that began elsewhere: it would begin anew, behind what waits', async () => {
      await happens(1);
      await start('beginning').catchUp();
      const older = honest();
      await start('now').catchUp();
      const latest = honest();
      const waiting = await happens(2);
      marks.write(SIEM_FEED, older);
      await standsStill(start('now'));
      await standsStill(start('beginning'));
      marks.write(SIEM_FEED, latest);
      await start('now').catchUp();
      expect(way.uids.slice(-2)).toEqual(waiting);
    });
  });

  describe('and which was killed as it began', () => {
    it('before its mark: begins the next time', async () => {
      const ids = await happens(2);
      marks.writesLeft = 0;
      await expect(feed.catchUp()).rejects.toThrow('killed');
      marks.writesLeft = Infinity;
      await start().catchUp();
      expect(way.uids.slice(0, 2)).toEqual(ids);
      expect(await beginnings()).toHaveLength(1);
    });

    it.each(['before', 'after'] as const)(
      'at its record, failing %s the commit: passes over nothing, and puts it on record once',
      async (when) => {
        const early = await happens(2);
        memory.store.failNextAppend(when);
        await expect(start('now').catchUp()).rejects.toMatchObject({ code: 'store-failed' });
        const late = await happens(2);
        for (const running of [feed, start('now')]) await running.catchUp();
        expect(way.uids).toEqual(expect.arrayContaining([...late]));
        expect(way.uids).not.toEqual(expect.arrayContaining([early[0]]));
        expect(await beginnings()).toEqual([
          { beginning: expect.any(String), from: 'now', position: expect.any(String) },
        ]);
        // And it is as safe as any other from now on.
        marks.forget(SIEM_FEED);
        await standsStill(start('now'));
      },
    );
  });
});
