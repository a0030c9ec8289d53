import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wellKnownResidents } from '../../../apps/registry-simulator/src/well-known.js';
import { until } from '../../harness/processes.js';
import { HttpsSiem } from '../../harness/siem-https.js';
import { marksIn } from '../../canary/marks.js';
import { FeedScene, idsOf } from './feed-scene.js';

const MINUTE_MS = 60_000;
const TOKEN = 'of-the-siem-0123456789';

describe('a trail that is fed to a SIEM over HTTPS', () => {
  let scene: FeedScene<HttpsSiem>;
  beforeAll(async () => {
    const start = (identity: { cert: string; key: string }): Promise<HttpsSiem> => HttpsSiem.start(identity);
    scene = await FeedScene.open(start, { KIROKU_FEED_FROM: 'beginning' }, TOKEN);
  });
  afterAll(() => scene.close());

  /** Of all stories: while it is open, the same fault does not open another one. */
  let incident: string;
  const stands = (standing: boolean): Promise<void> =>
    until(`the fault to be ${standing ? 'there' : 'over'}`, async () => {
      await scene.alarm.kiroku.worker.watch();
      return (await scene.alarm.report(incident)).fault?.standing === standing;
    });
  const waiting = async (): Promise<number> => {
    const metrics = await (await fetch(scene.alarm.kiroku.api.metricsUrl)).text();
    return Number(/^kiroku_feed_waiting_seconds (\S+)$/m.exec(metrics)?.[1]);
  };
  const noticed = (): Promise<void> =>
    until('the feed to notice', async () => {
      await scene.alarm.kiroku.worker.bring();
      return (await waiting()) > 0;
    });
  /** Once the longest pause is over. */
  const arrivesAfterAll = async (): Promise<void> => {
    scene.alarm.passAtOnce(5 * MINUTE_MS);
    const events = await scene.everythingArrived();
    expect(scene.siem.uids).toEqual(idsOf(events));
  };

  it('arrives as it is recorded: every event once, in order, from the first', async () => {
    await scene.inquire();
    const events = await scene.everythingArrived();
    expect(scene.siem.arrived.map(({ metadata }) => metadata.uid)).toEqual(idsOf(events));
    const sequences = scene.siem.arrived.map(({ metadata }) => metadata.sequence);
    expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
    expect(new Set(scene.siem.headers.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${TOKEN}`]),
    );
    expect(await waiting()).toBe(0);
  });

  it('is OCSF, by ids: an inquiry, and the sign-in before it', async () => {
    const { operator } = scene.alarm.people.operator;
    const of = (type: string) =>
      scene.siem.arrived.findLast(
        (event) =>
          event.metadata.event_code === type && JSON.stringify(event['actor'] ?? null).includes(operator),
      );
    expect(of('SignedIn')).toMatchObject({ class_uid: 3002, user: { uid: operator } });
    expect(of('InquiryReceived')).toMatchObject({
      class_uid: 6005,
      activity_id: 4,
      status_id: 1,
      actor: { user: { uid: operator } },
      device: { uid: 'terminal-1' },
      metadata: { version: '1.4.0', product: { name: 'Kiroku', version: expect.stringMatching(/^\d/) } },
      unmapped: { purpose: 'rtva-59-1:examination', form: 'by-code' },
    });
  });

  it('holds nobody’s name, and no case', () => {
    const bytes = Buffer.from(JSON.stringify(scene.siem.arrived));
    const residents = wellKnownResidents.flatMap(({ record }) => [record.residentCode, record.name]);
    expect(residents.length).toBeGreaterThan(2);
    expect(marksIn(bytes, [...residents, '窓口 一郎', 'SK-2032-000001', '第1窓口'])).toEqual([]);
  });

  it('goes on where it was after the worker was started again', async () => {
    await scene.alarm.kiroku.stopWorker();
    await scene.inquire();
    await scene.alarm.kiroku.startWorker();
    const events = await scene.everythingArrived();
    expect(scene.siem.arrived.map(({ metadata }) => metadata.uid)).toEqual(idsOf(events));
  });

  it('waits while the receiver is away; after a quarter of an hour that is an incident', async () => {
    await scene.siem.close();
    await scene.inquire();
    await noticed();
    await scene.alarm.pass(15 * MINUTE_MS + 1);
    await scene.alarm.kiroku.worker.watch();
    incident = await scene.alarm.incidentOf('feed-stalled');
    await scene.alarm.mail(incident, 'recipient');
    await scene.inquire();
    await scene.siem.open(scene.identity);
    await arrivesAfterAll();
    await stands(false);
  });

  it.each<[string, () => void]>([
    ['answers with a redirect', () => scene.siem.answerStatus(302, { location: '/elsewhere' })],
    ['refuses the token', () => scene.siem.answerStatus(401)],
  ])('is a fault at once when the receiver %s, and skips nothing', async (_what, refuse) => {
    refuse();
    await scene.inquire();
    await noticed();
    await stands(true);
    scene.siem.answerWith(null);
    await arrivesAfterAll();
    await stands(false);
  });

  it.each<[string, () => void]>([
    ['fails', () => scene.siem.answerStatus(500, { 'retry-after': '3' })],
    ['cuts the connection', () => scene.siem.be('cuts')],
    ['takes it and does not say so', () => scene.siem.be('forgets')],
  ])('arrives all the same after the receiver %s', async (_what, behave) => {
    behave();
    await scene.inquire();
    await noticed();
    scene.siem.answerWith(null);
    scene.siem.be('takes');
    await arrivesAfterAll();
  });
});
