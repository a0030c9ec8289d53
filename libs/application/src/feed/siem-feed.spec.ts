import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedFrom } from '#domain';
import type { FeedAnswer } from '#notifications';
import { genuine, InMemoryMarks } from '../testing/alarm-scene.js';
import { InMemoryBeginnings, recordForFeed, ScriptedFeedWay } from '../testing/feed-scene.js';
import { InMemory } from '../testing/in-memory.js';
import { feedWaitedMs, SIEM_FEED } from './feed-mark.js';
import { SiemFeed, strictFeedBounds } from './siem-feed.js';

const MINUTE_MS = 60_000;
const ALARM_MS = 15 * MINUTE_MS;
const away: FeedAnswer = { state: 'later', why: 'connection', retryAfterMs: null };
const refused: FeedAnswer = { state: 'refused', why: 'refused' };

describe('the feed to a SIEM', () => {
  let memory: InMemory;
  let marks: InMemoryMarks;
  let beginnings: InMemoryBeginnings;
  let way: ScriptedFeedWay;
  let feed: SiemFeed;
  const start = (from: FeedFrom = 'beginning', bounds = strictFeedBounds): SiemFeed => {
    const source = { version: '1.2.3', logName: 'kiroku.example/log' };
    const settings = { from, alarmMs: ALARM_MS, source };
    feed = new SiemFeed(memory.store, genuine(marks), beginnings, way, memory.clock, settings, bounds);
    return feed;
  };
  beforeEach(() => {
    memory = new InMemory();
    marks = new InMemoryMarks();
    beginnings = new InMemoryBeginnings();
    way = new ScriptedFeedWay(true);
    start();
  });

  const happens = (count: number, leftOut = false) => recordForFeed(memory, count, leftOut);

  it('brings every event once, in order, as OCSF', async () => {
    const ids = await happens(3);
    expect(await feed.catchUp()).toBe(3);
    expect(await feed.catchUp()).toBe(0);
    expect(way.uids).toEqual(ids);
    const [item] = way.taken;
    expect(item).toMatchObject({ code: 'KeyGenerated', severity: 1, loggedAt: expect.stringMatching(/Z$/) });
    expect(JSON.parse(item?.json ?? '')).toMatchObject({ class_uid: 3004, metadata: { uid: ids[0] } });
  });

  it('begins with what comes, where it is told to', async () => {
    await happens(2);
    start('now');
    expect(await feed.catchUp()).toBe(0);
    const ids = await happens(2);
    expect(await feed.catchUp()).toBe(2);
    expect(way.uids).toEqual(ids);
  });

  it('begins anew when it is told to begin elsewhere, and not when it is told the same again', async () => {
    const early = await happens(2);
    await start('now').catchUp();
    const late = await happens(1);
    await start('now').catchUp();
    expect(way.uids).toEqual(late);
    await start('beginning').catchUp();
    expect(way.uids).toEqual([...late, ...early, ...late]);
  });

  it('keeps within the bounds of a batch', async () => {
    const ids = await happens(7);
    await start('beginning', { ...strictFeedBounds, mostEvents: 3 }).catchUp();
    expect(way.sizes).toEqual([3, 3, 1]);
    marks.forget(SIEM_FEED);
    const bytes = Buffer.byteLength(way.taken[0]?.json ?? '');
    await start('beginning', { ...strictFeedBounds, mostBytes: 2.5 * bytes }).catchUp();
    expect(way.sizes.slice(3)).toEqual([2, 2, 2, 1]);
    expect(way.uids).toEqual([...ids, ...ids]);
  });

  it('sends an event that is larger than a batch by itself', async () => {
    await happens(2);
    await start('beginning', { ...strictFeedBounds, mostBytes: 10 }).catchUp();
    expect(way.sizes).toEqual([1, 1]);
  });

  it('passes over what is left out, and remembers that it did', async () => {
    await happens(2, true);
    expect(await feed.catchUp()).toBe(0);
    expect(way.offered).toEqual([]);
    memory.clock.advance(5_000);
    await feed.catchUp();
    const ids = await happens(1);
    await start().catchUp();
    expect(way.uids).toEqual(ids);
    expect(genuine(marks).read<{ position: string }>(SIEM_FEED)?.position).toBe('3');
  });

  it('says of an event of a type that it does not know that it happened', async () => {
    const entry = JSON.stringify({
      ...JSON.parse((await happens(1), (await memory.entries())[0]) ?? ''),
      id: memory.journal.newId(),
      type: 'HouseSold',
      data: { owner: 'MARK' },
    });
    const { id } = JSON.parse(entry) as { id: string };
    await memory.store.append('house-1', 'no-stream', [{ id, type: 'HouseSold', entry }]);
    expect(await feed.catchUp()).toBe(2);
    expect(way.taken[1]?.json).toMatch(/HouseSold/);
    expect(way.taken[1]?.json).not.toMatch(/MARK/);
  });

  describe('after a failure', () => {
    /** One attempt, after which nothing is tried for so long and no longer. */
    const failsAndWaits = async (pause: number): Promise<void> => {
      await feed.catchUp();
      const tries = way.offered.length;
      memory.clock.advance(pause - 1);
      await feed.catchUp();
      expect(way.offered).toHaveLength(tries);
      memory.clock.advance(1);
    };

    it('waits, longer each time, and brings the same batch again', async () => {
      const ids = await happens(2);
      way.answers.push(away, away, away);
      for (const pause of [1_000, 2_000, 4_000]) await failsAndWaits(pause);
      expect(feed.state).toBe('connection');
      expect(await feed.catchUp()).toBe(2);
      expect(feed.state).toBe('flowing');
      expect(way.uids).toEqual(ids);
    });

    it('waits for as long as the receiver wishes, within bounds', async () => {
      await happens(1);
      const busy = (retryAfterMs: number): FeedAnswer => ({ state: 'later', why: 'busy', retryAfterMs });
      way.answers.push(busy(30_000), busy(0), busy(86_400_000));
      for (const pause of [30_000, 1_000, 300_000]) await failsAndWaits(pause);
      expect(await feed.catchUp()).toBe(1);
    });

    it('never waits longer than the longest pause', async () => {
      await happens(1);
      way.answers.push(...Array.from({ length: 40 }, () => away));
      for (let tries = 0; tries < 40; tries += 1) {
        await feed.catchUp();
        memory.clock.advance(300_000);
      }
      expect(way.offered).toHaveLength(40);
      expect(await feed.catchUp()).toBe(1);
    });

    it('halves a batch that is too large, until the receiver takes it', async () => {
      const ids = await happens(10);
      way.most = 3;
      expect(await feed.catchUp()).toBe(10);
      expect(way.sizes).toEqual([10, 5, 3, 3, 3, 1]);
      expect(way.uids).toEqual(ids);
    });

    it('does not skip one event that is too large: it is a fault', async () => {
      const ids = await happens(2);
      way.most = 0;
      expect(await feed.catchUp()).toBe(0);
      expect([feed.state, feed.stalled()]).toEqual(['too-large', true]);
      way.most = 1;
      memory.clock.advance(1_000);
      expect(await feed.catchUp()).toBe(2);
      expect(way.uids).toEqual(ids);
    });

    it('does not note as a failure what it was told to stop', async () => {
      await happens(1);
      const stop = new AbortController();
      way.during = () => stop.abort();
      way.answers.push(away);
      await feed.catchUp(stop.signal);
      expect(feed.state).toBe('flowing');
      expect(await feed.catchUp()).toBe(1);
    });
  });

  describe('killed at any write of its mark', () => {
    it.each([0, 1, 2, 3])(
      'brings everything all the same, what came twice beside itself: %d',
      async (left) => {
        const ids = await happens(6);
        marks.writesLeft = left;
        const bounds = { ...strictFeedBounds, mostEvents: 2 };
        await expect(start('beginning', bounds).catchUp()).rejects.toThrow('killed');
        marks.writesLeft = Infinity;
        await start('beginning', bounds).catchUp();
        expect([...new Set(way.uids)]).toEqual(ids);
        expect(way.uids.length).toBeLessThanOrEqual(ids.length + 2);
      },
    );
  });

  describe('whose receiver acknowledges nothing', () => {
    const bounds = { ...strictFeedBounds, mostEvents: 2 };
    beforeEach(() => {
      way = new ScriptedFeedWay(false);
      start('beginning', bounds);
    });

    it('brings the last batch again after a start', async () => {
      const ids = await happens(4);
      await feed.catchUp();
      await start('beginning', bounds).catchUp();
      expect(way.uids).toEqual([...ids, ...ids.slice(2)]);
    });

    it('brings the last batch again after a failure, before the next one', async () => {
      const ids = await happens(2);
      await feed.catchUp();
      const more = await happens(2);
      way.answers.push(away);
      await feed.catchUp();
      memory.clock.advance(1_000);
      await feed.catchUp();
      expect(way.uids).toEqual([...ids, ...ids, ...more]);
    });

    it('brings nothing again while all is well', async () => {
      await happens(3);
      await feed.catchUp();
      memory.clock.advance(MINUTE_MS);
      expect(await feed.catchUp()).toBe(0);
      expect(way.offered).toHaveLength(2);
    });
  });

  describe('is stalled', () => {
    it('not before it has looked, and not while it brings everything', async () => {
      expect(feed.stalled()).toBeNull();
      await happens(1);
      await feed.catchUp();
      memory.clock.advance(ALARM_MS * 2);
      expect(feed.stalled()).toBe(false);
    });

    it('when events wait for longer than the alarm’s time, until everything was brought', async () => {
      await feed.catchUp();
      memory.clock.advance(1);
      await happens(3);
      way.answers.push(away);
      await feed.catchUp();
      memory.clock.advance(ALARM_MS - MINUTE_MS);
      expect(feed.stalled()).toBe(false);
      memory.clock.advance(2 * MINUTE_MS);
      expect(feed.stalled()).toBe(true);
      expect(feedWaitedMs(genuine(marks), memory.clock)).toBeGreaterThan(ALARM_MS);
      const stop = new AbortController();
      way.during = () => stop.abort();
      await feed.catchUp(stop.signal);
      expect(feed.stalled()).toBeNull();
      way.during = () => undefined;
      await feed.catchUp();
      expect(feed.stalled()).toBe(false);
      expect(feedWaitedMs(genuine(marks), memory.clock)).toBe(0);
    });

    it('at once when the receiver refuses, until it does no longer', async () => {
      await happens(1);
      way.answers.push(refused);
      await feed.catchUp();
      expect(feed.stalled()).toBe(true);
      memory.clock.advance(1_000);
      await feed.catchUp();
      expect(feed.stalled()).toBe(false);
    });

    it('also for a process that starts while events wait', async () => {
      await feed.catchUp();
      await happens(1);
      way.answers.push(away, away);
      await feed.catchUp();
      memory.clock.advance(ALARM_MS + 1);
      await start().catchUp();
      expect(feed.stalled()).toBe(true);
    });

    it('not by the age of what it brings from the beginning, but when nothing of it gets through', async () => {
      await happens(1);
      memory.clock.advance(100 * ALARM_MS);
      way.answers.push(away);
      await feed.catchUp();
      expect(feed.stalled()).toBe(false);
      memory.clock.advance(ALARM_MS + 1);
      expect(feed.stalled()).toBe(true);
    });
  });

  it('refuses to go on from an event that the store does not hold, until it is told where to begin', async () => {
    await happens(2);
    await feed.catchUp();
    const other = new InMemory();
    memory = other;
    await happens(2);
    await expect(start().catchUp()).rejects.toMatchObject({
      code: 'follower-diverged',
      follower: SIEM_FEED,
      position: '2',
    });
    expect(await start('now').catchUp()).toBe(0);
    await happens(1);
    expect(await feed.catchUp()).toBe(1);
  });

  it('goes on from where another process has brought it', async () => {
    const ids = await happens(1);
    const first = feed;
    await first.catchUp();
    const more = await happens(1);
    await start().catchUp();
    const last = await happens(1);
    await first.catchUp();
    expect(way.uids).toEqual([...ids, ...more, ...last]);
  });
});
