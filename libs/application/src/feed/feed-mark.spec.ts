import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryMarks } from '../testing/alarm-scene.js';
import { recordForFeed, ScriptedFeedWay } from '../testing/feed-scene.js';
import { InMemory } from '../testing/in-memory.js';
import { type FeedFrom, FeedMark, SIEM_FEED } from './feed-mark.js';
import { SiemFeed, strictFeedBounds } from './siem-feed.js';

describe('the feed to a SIEM, whose mark another hand has moved', () => {
  let memory: InMemory;
  let marks: InMemoryMarks;
  let way: ScriptedFeedWay;
  let feed: SiemFeed;
  const start = (from: FeedFrom = 'beginning'): SiemFeed => {
    const source = { version: '1.2.3', logName: 'kiroku.example/log' };
    const mark = new FeedMark(marks, Buffer.alloc(32, 7));
    const settings = { from, alarmMs: 15 * 60_000, source };
    feed = new SiemFeed(memory.store, mark, way, memory.clock, settings, strictFeedBounds);
    return feed;
  };
  beforeEach(() => {
    memory = new InMemory();
    marks = new InMemoryMarks();
    way = new ScriptedFeedWay(true);
    start();
  });
  const happens = (count: number) => recordForFeed(memory, count);

  /** What lies in the mark, and the place of a genuine event behind those that wait. */
  const moved = async (): Promise<object> => {
    const last = (await memory.store.readAll(null, 10_000)).at(-1);
    return { ...marks.read<object>(SIEM_FEED), position: last?.position, eventId: last?.id };
  };

  it.each<[string, () => Promise<unknown>]>([
    ['behind what waits', moved],
    ['as if it were to begin elsewhere', async () => ({ ...(await moved()), from: 'now' })],
    ['with a MAC of its own making', async () => ({ ...(await moved()), mac: 'a'.repeat(64) })],
    ['and left nothing that can be read', () => Promise.resolve(17)],
  ])('stands still, and that is alarmed, %s', async (_what, forge) => {
    await happens(1);
    await feed.catchUp();
    const honest = marks.read(SIEM_FEED);
    const waiting = await happens(3);
    marks.write(SIEM_FEED, await forge());
    for (const running of [feed, start(), start('now')]) {
      expect(await running.catchUp()).toBe(0);
      expect([running.state, running.stalled()]).toEqual(['mark-forged', true]);
    }
    marks.write(SIEM_FEED, honest);
    await start().catchUp();
    expect([feed.state, feed.stalled()]).toEqual(['flowing', false]);
    expect(way.uids.slice(1)).toEqual(waiting);
  });

  it('stands still where it is gone while it runs, and is content once it is back', async () => {
    await start('now').catchUp();
    const honest = marks.read(SIEM_FEED);
    const waiting = await happens(2);
    marks.forget(SIEM_FEED);
    expect(await feed.catchUp()).toBe(0);
    expect([feed.state, feed.stalled()]).toEqual(['mark-forged', true]);
    marks.write(SIEM_FEED, honest);
    expect(await feed.catchUp()).toBe(2);
    expect(way.uids).toEqual(waiting);
  });

  it('is not taken in by the mark of another installation', async () => {
    await happens(1);
    await feed.catchUp();
    const other = new FeedMark(marks, Buffer.alloc(32, 8));
    const kept = marks.read<never>(SIEM_FEED);
    other.write(kept ?? ({} as never));
    expect(await start().catchUp()).toBe(0);
    expect(feed.stalled()).toBe(true);
  });
});
