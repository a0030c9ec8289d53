import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { drawBelow } from '../../apps/registry-simulator/src/chance.js';
import type { StoredEvent } from '#event-store';
import { Deployment } from '../harness/deployment.js';
import { type FirstPeople, firstPeople } from '../harness/people.js';
import { type Daemon, until } from '../harness/processes.js';
import { byStream, typesOf } from './evidence.js';
import { lapse, ofType } from './alarms.js';

const TIMEOUT_MS = 180_000;
const SEED = 20_320_405;
const KILLS = 10;
/** What a drill leads to when nobody is killed: declared by the api; two alerts raised and sent by the worker. */
const EVENTS = 5;

describe('a worker killed while it delivers', () => {
  let deployment: Deployment;
  let people: FirstPeople;

  beforeAll(async () => {
    const settings = { KIROKU_SILENCE_SECONDS: '3600' };
    ({ deployment, prepared: people } = await Deployment.make(firstPeople, settings));
    await deployment.start('api');
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  /** An incident without a cause, declared by the responder through the api. */
  async function drill(): Promise<string> {
    const caller = deployment.caller(people.responder);
    const { status, body } = await caller.post('/v1/incidents', { kind: 'drill', description: '訓練' });
    caller.close();
    expect(status).toBe(201);
    return body['incident'] as string;
  }

  /** A worker, once it is active. */
  const start = (): Promise<Daemon> => deployment.start('retention-worker');

  async function kill(worker: Daemon): Promise<void> {
    await worker.kill('SIGKILL');
    deployment.forgetTheDead('retention-worker');
    lapse(deployment, 'alarm');
  }

  const mails = (incident: string): readonly string[] =>
    deployment.kiroku.mailbox.mails
      .filter(({ text }) => text.includes(incident))
      .map(({ headers }) => /^<(.+)@/.exec(headers['message-id'] ?? '')?.[1] ?? '');
  const webhooks = (incident: string): readonly string[] =>
    deployment.kiroku.webhooks.received.filter(({ body }) => body.includes(incident)).map(({ id }) => id);

  const alertsOf = async (incident: string): Promise<readonly (readonly StoredEvent[])[]> =>
    [...byStream(await deployment.recorded())].flatMap(([stream, events]) =>
      stream.startsWith(`alert-${incident}-`) ? [events] : [],
    );

  /** A worker lives on: each alert is raised once and sent once, and every message had the id of its alert. */
  async function expectDelivered(incident: string): Promise<void> {
    const worker = await start();
    await until('both alerts to be sent', async () => {
      const alerts = await alertsOf(incident);
      return alerts.length === 2 && alerts.every((events) => typesOf(events).includes('AlertSent'));
    });
    await kill(worker);
    for (const events of await alertsOf(incident)) {
      const types = typesOf(events).filter((type) => type !== 'AlertDeliveryFailed');
      expect(types).toEqual(['AlertRaised', 'AlertSent']);
    }
    const sent = ofType(await deployment.recorded(), 'AlertSent').map(({ data }) => data.message);
    expect(sent.filter((message) => message.startsWith(incident))).toHaveLength(2);
    for (const told of [mails(incident), webhooks(incident)]) {
      expect(new Set(told).size).toBe(1);
      expect(sent).toContain(told[0]);
    }
  }

  it(
    'after the receiver took the message and before it could say so: it is sent again under the same id',
    async () => {
      const { mailbox } = deployment.kiroku;
      mailbox.be('holds');
      const incident = await drill();
      const worker = await start();
      await until('the mail server to have the mail', () => mailbox.holding > 0);
      await until('the webhook to be there', () => webhooks(incident).length > 0);
      await kill(worker);
      mailbox.be('takes');
      expect(mails(incident)).toHaveLength(1);
      await expectDelivered(incident);
      expect(mails(incident)).toHaveLength(2);
    },
    TIMEOUT_MS,
  );

  it(
    'after the receiver said yes and before that is on record: likewise',
    async () => {
      const { mailbox, webhooks: receiver } = deployment.kiroku;
      mailbox.be('holds');
      receiver.be('hangs');
      const incident = await drill();
      const worker = await start();
      await until('the mail server to have the mail', () => mailbox.holding > 0);
      await until('the webhook to be there', () => webhooks(incident).length > 0);
      // Stopped where it is, it cannot hear the yes that comes now.
      worker.freeze();
      mailbox.be('takes');
      receiver.be('takes');
      await until('the mail to be taken', () => mails(incident).length === 1);
      await kill(worker);
      expect(ofType(await deployment.recorded(), 'AlertSent').map(({ data }) => data.incident)).not.toContain(
        incident,
      );
      await expectDelivered(incident);
      expect([mails(incident).length, webhooks(incident).length]).toEqual([2, 2]);
    },
    TIMEOUT_MS,
  );

  it(
    'at whatever step: nothing is lost, nothing is raised twice, and the ids stay',
    async () => {
      const progress = progressOf(deployment);
      for (let round = 0; round < KILLS; round += 1) {
        const from = progress.now();
        const incident = await drill();
        const target = from + 1 + drawBelow(SEED, round, 1, EVENTS);
        const worker = await start();
        await until('the worker to get so far', () => progress.now() >= target, 0);
        await kill(worker);
        await expectDelivered(incident);
      }
      progress.close();
    },
    TIMEOUT_MS,
  );

  it('and what was sent is sent no more', async () => {
    const before = deployment.kiroku.mailbox.attempts.length;
    const worker = await start();
    await deployment.settle();
    expect(deployment.kiroku.mailbox.attempts.length).toBe(before);
    await kill(worker);
  });
});

/** How many events of incidents and alerts there are, counted from outside. */
function progressOf(deployment: Deployment): { now(): number; close(): void } {
  const events = new Database(deployment.paths.events, { readonly: true, timeout: 5_000 });
  const count = events
    .prepare<[], number>("SELECT count(*) FROM events WHERE type LIKE 'Incident%' OR type LIKE 'Alert%'")
    .pluck();
  return { now: () => count.get() ?? 0, close: () => void events.close() };
}
