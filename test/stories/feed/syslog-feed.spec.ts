import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../harness/processes.js';
import type { SiemIdentity } from '../../harness/siem.js';
import { SyslogSiem } from '../../harness/siem-syslog.js';
import { FeedScene, idsOf } from './feed-scene.js';

const MINUTE_MS = 60_000;

describe('a trail that is fed to a SIEM as syslog over mutual TLS', () => {
  let scene: FeedScene<SyslogSiem>;
  beforeAll(async () => {
    const start = (identity: SiemIdentity, ca: string): Promise<SyslogSiem> => SyslogSiem.start(identity, ca);
    scene = await FeedScene.open(start, { KIROKU_FEED_FROM: 'beginning' }, null);
  });
  afterAll(() => scene.close());

  it('arrives as it is recorded: every event once, in order, from the first', async () => {
    await scene.inquire();
    const events = await scene.everythingArrived();
    expect(scene.siem.arrived.map(({ metadata }) => metadata.uid)).toEqual(idsOf(events));
    expect(scene.siem.messages.map(({ messageId }) => messageId)).toEqual(events.map(({ type }) => type));
    expect(new Set(scene.siem.messages.map(({ hostname, appName }) => `${hostname} ${appName}`))).toEqual(
      new Set(['127.0.0.1 kiroku']),
    );
  });

  it('brings the last batch again after a start, and nothing else twice', async () => {
    const before = scene.siem.arrived.length;
    await scene.alarm.kiroku.stopWorker();
    await scene.inquire();
    await scene.alarm.kiroku.startWorker();
    const events = await scene.everythingArrived();
    const uids = scene.siem.arrived.map(({ metadata }) => metadata.uid);
    const again = uids.slice(before).findIndex((uid) => !uids.slice(0, before).includes(uid));
    expect(again).toBeGreaterThan(0);
    expect(uids.slice(before, before + again)).toEqual(uids.slice(before - again, before));
    expect(scene.siem.uids).toEqual(idsOf(events));
  });

  it.each(['cuts', 'forgets'] as const)('arrives all the same after a receiver that %s', async (how) => {
    scene.siem.be(how);
    await scene.inquire();
    await until('the receiver to be asked', async () => {
      await scene.alarm.kiroku.worker.bring();
      const metrics = await (await fetch(scene.alarm.kiroku.api.metricsUrl)).text();
      return /^kiroku_feed_waiting_seconds (?!0$)/m.test(metrics);
    });
    scene.siem.be('takes');
    scene.alarm.passAtOnce(5 * MINUTE_MS);
    const events = await scene.everythingArrived();
    expect(scene.siem.uids).toEqual(idsOf(events));
  });
});
