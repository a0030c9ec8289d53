import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Provisions } from '#notifications';
import { InMemoryChannels, InMemoryHarbour } from '../testing/in-memory-lifeboat.js';
import { AGREEMENT, MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { AcknowledgementLinks } from './acknowledgement-link.js';
import { LifeboatAlarm, type LifeboatBounds, strictLifeboatBounds } from './lifeboat-alarm.js';

const HOUR_MS = 3_600_000;
const OURS = '019d6000-0000-7000-8000-00000000000a';
const THEIRS = '019d6000-0000-7000-8000-00000000000b';
const provisions: Provisions = {
  agreement: AGREEMENT,
  contacts: [
    {
      contact: OURS,
      party: 'recipient',
      version: 1,
      channels: [
        { kind: 'smtp', address: 'ours' },
        { kind: 'webhook', address: 'ours-2' },
      ],
    },
    { contact: THEIRS, party: 'provider', version: 3, channels: [{ kind: 'smtp', address: 'theirs' }] },
  ],
  checkpoint: 'kiroku.example/log\n1\nAAAA\n',
};

describe('the alarm from the lifeboat', () => {
  let clock: MovedClock;
  let harbour: InMemoryHarbour;
  let channels: InMemoryChannels;
  /** A process that has just started. */
  const processOf = (name: string, bounds: Partial<LifeboatBounds> = {}): LifeboatAlarm =>
    new LifeboatAlarm(
      {
        lifeboat: harbour.lifeboatOf(name),
        channels,
        links: new AcknowledgementLinks(randomBytes(32), 'https://kiroku.example'),
        publicUrl: 'https://kiroku.example',
        clock,
        newId: () => uuidv7({ msecs: clock.realNow() }),
      },
      { ...strictLifeboatBounds, ...bounds },
    );
  const noted = () => harbour.lifeboatOf('reader').alarms();
  const addresses = (): readonly string[] => channels.sent.map(({ address }) => address);
  /** Whom one more call tells. */
  const told = async (alarm: LifeboatAlarm): Promise<readonly string[]> => {
    const before = channels.sent.length;
    await alarm.sound('store-failed');
    return addresses().slice(before);
  };

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    harbour = new InMemoryHarbour();
    harbour.stocked = JSON.stringify(provisions);
    channels = new InMemoryChannels();
  });

  it('reaches every contact of both parties, and notes the incident and each message', async () => {
    expect(await processOf('api').sound('store-failed')).toEqual({ contacts: 2, reached: 2 });
    expect(addresses().toSorted()).toEqual(['ours', 'theirs']);
    const [alarm, ...others] = noted();
    expect(others).toEqual([]);
    expect(alarm).toMatchObject({ kind: 'store-failed', since: MONDAY_MORNING });
    expect(alarm?.deliveries.map(({ contact, message, at, why }) => [contact, message, at, why])).toEqual([
      [OURS, `${alarm?.incident}-${OURS}.0.0`, MONDAY_MORNING, null],
      [THEIRS, `${alarm?.incident}-${THEIRS}.0.0`, MONDAY_MORNING, null],
    ]);
  });

  it('says which incident, what happened and how to acknowledge, and nothing of the contact', async () => {
    await processOf('api').sound('store-failed');
    const [alarm] = noted();
    for (const { message } of channels.sent) {
      expect(message.text).toContain(alarm?.incident);
      expect(message.text).toContain('https://kiroku.example/acknowledge/');
      expect(message.text).toContain('kiroku.example/log');
      expect(JSON.stringify(message)).not.toMatch(/ours|theirs/);
    }
  });

  it('tries the next channel at once when one does not take it, and notes why', async () => {
    channels.behave('ours', 'refuses');
    expect(await processOf('api').sound('store-failed')).toEqual({ contacts: 2, reached: 2 });
    expect(addresses().toSorted()).toEqual(['ours', 'ours-2', 'theirs']);
    const own = noted()[0]?.deliveries.filter(({ contact }) => contact === OURS);
    expect(own?.map(({ channel, kind, at, why }) => [channel, kind, at, why])).toEqual([
      [0, 'smtp', null, 'refused'],
      [1, 'webhook', MONDAY_MORNING, null],
    ]);
  });

  it('comes to an end although a receiver does not, having told the others', async () => {
    channels.behave('ours', 'hangs');
    const alarm = processOf('api', { wholeMs: 5 });
    expect(await alarm.sound('store-failed')).toEqual({ contacts: 2, reached: 1 });
    expect(noted()[0]?.deliveries.map(({ contact }) => contact)).toEqual([THEIRS]);
  });

  it('reaches nobody, and says so, where nobody was ever stocked', async () => {
    harbour.stocked = null;
    expect(await processOf('api').sound('store-failed')).toEqual({ contacts: 0, reached: 0 });
    expect(noted()).toEqual([]);
  });

  it('is one call however often it is asked at once', async () => {
    const alarm = processOf('api');
    await Promise.all([alarm.sound('store-failed'), alarm.sound('store-failed')]);
    expect(addresses().toSorted()).toEqual(['ours', 'theirs']);
  });

  it('tells nobody twice within the hour, however often the process starts again', async () => {
    await processOf('api').sound('store-failed');
    for (let restart = 0; restart < 3_000; restart += 1) {
      clock.advance(1_000);
      expect(await told(processOf('api'))).toEqual([]);
    }
    expect(noted()).toHaveLength(1);
  });

  it('tells again after an hour, by the next channel under another id, and three times at most', async () => {
    await processOf('api').sound('store-failed');
    clock.advance(HOUR_MS);
    expect((await told(processOf('api'))).toSorted()).toEqual(['ours-2', 'theirs']);
    clock.advance(HOUR_MS);
    expect((await told(processOf('api'))).toSorted()).toEqual(['ours', 'theirs']);
    clock.advance(HOUR_MS);
    expect(await told(processOf('api'))).toEqual([]);
    const ids = channels.sent.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.slice(0, 36)))).toEqual(new Set([noted()[0]?.incident]));
  });

  it('is a new incident when the fault comes back after a day without a word of it', async () => {
    await processOf('api').sound('store-failed');
    clock.advance(25 * HOUR_MS);
    expect(await told(processOf('api'))).toHaveLength(2);
    expect(new Set(noted().map(({ incident }) => incident)).size).toBe(2);
  });

  it('is about one incident in every process, and skips whom another one has told', async () => {
    channels.behave('ours', 'refuses');
    channels.behave('ours-2', 'refuses');
    await processOf('api').sound('store-failed');
    channels.behave('ours', 'takes');
    expect(await told(processOf('retention-worker'))).toEqual(['ours']);
    expect(new Set(noted().map(({ incident }) => incident)).size).toBe(1);
  });

  it('is about one incident although two processes begin at once', async () => {
    const [api, worker] = [processOf('api'), processOf('retention-worker')];
    await Promise.all([api.sound('store-failed'), worker.sound('store-failed')]);
    expect(new Set(noted().map(({ incident }) => incident)).size).toBe(1);
    expect(new Set(channels.sent.map(({ id }) => id)).size).toBe(2);
  });

  it('is told under the same id when the process died between the receiver’s yes and its own note', async () => {
    // The note that the lost one replaced: the alarm had begun, and nobody had been told yet.
    await processOf('api').sound('store-failed');
    const [alarm] = noted();
    const first = channels.sent.map(({ id }) => id).sort();
    if (alarm) harbour.lifeboatOf('api').note({ ...alarm, deliveries: [] });
    await processOf('api').sound('store-failed');
    expect(
      channels.sent
        .slice(2)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(first);
  });

  it('waits longer and longer before it tries again what was not taken', async () => {
    channels.behave('theirs', 'refuses');
    const alarm = processOf('worker');
    await alarm.sound('store-failed');
    const tries: number[] = [];
    for (let second = 0; second < 2 * 3_600; second += 5) {
      clock.advance(5_000);
      if ((await told(alarm)).includes('theirs')) tries.push(second);
    }
    expect(tries.length).toBeGreaterThan(5);
    expect(tries.length).toBeLessThan(12);
    channels.behave('theirs', 'takes');
    clock.advance(strictLifeboatBounds.longestPauseMs);
    expect(await told(alarm)).toContain('theirs');
  });

  it('does not wait until a clock that was put back has come round again', async () => {
    channels.behave('theirs', 'refuses');
    const alarm = processOf('worker');
    await alarm.sound('store-failed');
    clock.moveTo('2025-04-06T00:00:00.000Z');
    expect((await told(alarm)).toSorted()).toEqual(['ours', 'theirs']);
  });

  it('is given although nothing can be noted, and not twice by the same process', async () => {
    harbour.full = true;
    const alarm = processOf('api');
    await alarm.sound('store-failed');
    expect(addresses().toSorted()).toEqual(['ours', 'theirs']);
    clock.advance(5_000);
    expect(await told(alarm)).toEqual([]);
  });

  it('keeps faults of different kinds apart', async () => {
    const alarm = processOf('api');
    await alarm.sound('store-failed');
    await alarm.sound('key-trouble');
    expect(noted().map(({ kind }) => kind)).toEqual(['store-failed', 'key-trouble']);
    expect(addresses()).toHaveLength(4);
  });
});
