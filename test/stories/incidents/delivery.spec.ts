import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Mood } from '../../harness/mailbox.js';
import { until } from '../../harness/processes.js';
import type { Answering } from '../../harness/webhook-receiver.js';
import { AlarmScene, type AlertReport } from './alarm-scene.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

const delivered = ({ state }: AlertReport): boolean => state === 'delivered';
const tried =
  (times: number) =>
  ({ attempts }: AlertReport): boolean =>
    attempts >= times;

describe('an alert', () => {
  let scene: AlarmScene;

  beforeAll(async () => {
    scene = await AlarmScene.open();
  });
  afterEach(() => {
    scene.kiroku.mailbox.be('takes');
    scene.kiroku.webhooks.be('takes');
  });
  afterAll(() => scene.close());

  const message = (incident: string, party: 'recipient' | 'provider', channel: number, round = 0): string =>
    `${incident}-${scene.kiroku.contacts[party].contact}.${channel}.${round}`;

  describe('by mail', () => {
    const passing: readonly (readonly [what: string, mood: Mood, why: string])[] = [
      ['is not wanted just now', 'defers', 'refused'],
      ['is cut off in the middle', 'drops', 'connection'],
    ];

    it.each(passing)(
      'that %s is brought again after a pause, as the same message',
      async (_what, mood, why) => {
        scene.kiroku.mailbox.be(mood);
        const incident = await scene.drill();
        const failing = await scene.alertThat(incident, 'recipient', 'failing', tried(1));
        expect(failing).toMatchObject({ state: 'failing', sentAt: null, lastFailure: { why, kind: 'smtp' } });
        expect(Date.parse(failing.nextAt ?? '')).toBeGreaterThan(Date.parse(failing.lastFailure?.at ?? ''));
        scene.kiroku.mailbox.be('takes');
        await scene.pass(5 * SECOND_MS);
        await scene.alertThat(incident, 'recipient', 'delivered', delivered);
        const ids = scene.mails(incident, 'recipient').map(({ headers }) => headers['message-id']);
        expect(new Set(ids)).toEqual(new Set([`<${message(incident, 'recipient', 0)}@kiroku.example>`]));
        expect(scene.webhooks(incident, 'recipient')).toEqual([]);
      },
    );

    it('that was taken by a server which then failed to say so comes twice, as the same message', async () => {
      scene.kiroku.mailbox.be('forgets-to-answer');
      const incident = await scene.drill();
      await scene.alertThat(incident, 'recipient', 'failing', tried(1));
      scene.kiroku.mailbox.be('takes');
      await scene.pass(5 * SECOND_MS);
      await scene.alertThat(incident, 'recipient', 'delivered', delivered);
      const ids = scene.mails(incident, 'recipient').map(({ headers }) => headers['message-id']);
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    });

    it('waits longer each time, and is there when the server comes back', async () => {
      await scene.kiroku.mailbox.goAway();
      const incident = await scene.drill();
      const pauses: number[] = [];
      for (let attempts = 1; attempts <= 3; attempts += 1) {
        const { lastFailure, nextAt } = await scene.alertThat(
          incident,
          'recipient',
          'failing',
          tried(attempts),
        );
        expect(lastFailure?.why).toBe('connection');
        const pause = Date.parse(nextAt ?? '') - Date.parse(lastFailure?.at ?? '');
        pauses.push(pause);
        if (attempts < 3) await scene.pass(pause);
      }
      expect(pauses).toEqual([5 * SECOND_MS, 10 * SECOND_MS, 20 * SECOND_MS]);
      await scene.kiroku.mailbox.comeBack();
      await scene.pass(20 * SECOND_MS);
      await scene.alertThat(incident, 'recipient', 'delivered', delivered);
      expect(scene.mails(incident, 'recipient')).toHaveLength(1);
    });

    it('to an address that does not exist goes to the next channel at once', async () => {
      scene.kiroku.mailbox.be('rejects');
      const incident = await scene.drill();
      const webhook = await scene.webhook(incident, 'recipient');
      expect(webhook.id).toBe(message(incident, 'recipient', 1));
      const alert = await scene.alertThat(incident, 'recipient', 'delivered', delivered);
      expect(alert).toMatchObject({
        attempts: 2,
        channelsTried: ['smtp', 'webhook'],
        lastFailure: { why: 'rejected', kind: 'smtp' },
      });
    });

    it('that has failed for two minutes goes by the next channel too', async () => {
      scene.kiroku.mailbox.be('defers');
      const incident = await scene.drill();
      await scene.alertThat(incident, 'recipient', 'failing', tried(1));
      await scene.pass(2 * MINUTE_MS - 1);
      expect(scene.webhooks(incident, 'recipient')).toEqual([]);
      await scene.pass(1);
      await scene.webhook(incident, 'recipient');
      await scene.alertThat(incident, 'recipient', 'delivered', delivered);
    });

    it('to one contact does not wait for another whose server hangs', async () => {
      const { recipient, provider } = scene.kiroku.contacts;
      scene.kiroku.webhooks.be('gone', provider.path);
      scene.kiroku.mailbox.be('holds', recipient.mail);
      const incident = await scene.drill();
      await scene.mail(incident, 'provider');
      await scene.alertThat(incident, 'provider', 'delivered', delivered);
      expect(scene.mails(incident, 'recipient')).toEqual([]);
    });
  });

  describe('by webhook', () => {
    const passing: readonly (readonly [what: string, answering: Answering, why: string])[] = [
      ['is answered with 500', 'fails', 'server-error'],
      ['is answered with a redirect', 'redirects', 'redirect'],
    ];

    it.each(passing)(
      'that %s is brought again after a pause, as the same message',
      async (_what, answering, why) => {
        scene.kiroku.webhooks.be(answering);
        const incident = await scene.drill();
        const failing = await scene.alertThat(incident, 'provider', 'failing', tried(1));
        expect(failing).toMatchObject({
          state: 'failing',
          sentAt: null,
          lastFailure: { why, kind: 'webhook' },
        });
        scene.kiroku.webhooks.be('takes');
        await scene.pass(5 * SECOND_MS);
        await scene.alertThat(incident, 'provider', 'delivered', delivered);
        const ids = scene.webhooks(incident, 'provider').map(({ id }) => id);
        expect(ids.length).toBeGreaterThanOrEqual(2);
        expect(new Set(ids)).toEqual(new Set([message(incident, 'provider', 0)]));
        expect(scene.kiroku.webhooks.followed).toEqual([]);
      },
    );

    it('to a receiver that is gone for good goes by mail at once, and never there again', async () => {
      scene.kiroku.webhooks.be('gone');
      const incident = await scene.drill();
      const mail = await scene.mail(incident, 'provider');
      expect(mail.headers['message-id']).toBe(`<${message(incident, 'provider', 1)}@kiroku.example>`);
      await scene.alertThat(incident, 'provider', 'delivered', delivered);
      scene.kiroku.webhooks.be('takes');
      for (let rounds = 2; rounds <= 3; rounds += 1) {
        await scene.pass(15 * MINUTE_MS);
        await scene.mail(incident, 'provider', rounds);
        // On record before time goes on, or the next one would be counted from then.
        await scene.alertThat(incident, 'provider', `sent ${rounds} times`, tried(rounds + 1));
      }
      expect(scene.webhooks(incident, 'provider')).toHaveLength(1);
    });
  });

  it('that nobody acknowledges goes round the channels three times, and then no more', async () => {
    const incident = await scene.drill();
    await scene.alertThat(incident, 'recipient', 'delivered', delivered);
    for (let attempts = 2; attempts <= 6; attempts += 1) {
      await scene.pass(15 * MINUTE_MS);
      const alert = await scene.alertThat(incident, 'recipient', `sent ${attempts} times`, tried(attempts));
      expect(alert).toMatchObject({ attempts, lastFailure: null });
    }
    const rounds = [0, 1, 2];
    expect(scene.mails(incident, 'recipient').map(({ headers }) => headers['message-id'])).toEqual(
      rounds.map((round) => `<${message(incident, 'recipient', 0, round)}@kiroku.example>`),
    );
    expect(scene.webhooks(incident, 'recipient').map(({ id }) => id)).toEqual(
      rounds.map((round) => message(incident, 'recipient', 1, round)),
    );
    await scene.pass(60 * MINUTE_MS);
    expect(await scene.alertOf(incident, 'recipient')).toMatchObject({
      attempts: 6,
      nextAt: null,
      overdue: true,
    });
  });

  it('goes out after the worker was stopped before it could send it', async () => {
    await scene.kiroku.stopWorker();
    const incident = await scene.drill();
    expect((await scene.report(incident)).state).toBe('open');
    await scene.kiroku.startWorker();
    await scene.mail(incident, 'recipient');
    await scene.webhook(incident, 'provider');
    for (const party of ['recipient', 'provider'] as const)
      await scene.alertThat(incident, party, 'delivered', delivered);
  });

  it('to a contact that changed its address goes to the new one', async () => {
    await scene.kiroku.mailbox.goAway();
    scene.kiroku.webhooks.be('fails');
    const incident = await scene.drill();
    await scene.alertThat(incident, 'recipient', 'failing', tried(1));
    await scene.kiroku.mailbox.comeBack();
    const { contact } = scene.kiroku.contacts.recipient;
    const channels = [{ kind: 'smtp', address: 'atarashii@recipient.example' }];
    await scene.people.responder.put(`/v1/contacts/${contact}`, { name: '新 当番', channels }).expect(200);
    await until('the mail at the new address', () =>
      scene.kiroku.mailbox.to('atarashii@recipient.example').some(({ text }) => text.includes(incident)),
    );
  });
});

describe('whoever does not answer in time', () => {
  let scene: AlarmScene;

  beforeAll(async () => {
    scene = await AlarmScene.open({ KIROKU_ALERT_TIMEOUT_SECONDS: '1' });
  });
  afterAll(() => scene.close());

  const servers = [
    ['recipient', 'smtp'],
    ['provider', 'webhook'],
  ] as const;

  it.each(servers)('is asked again: the %s’s contact by %s', async (party, kind) => {
    scene.kiroku.mailbox.be('holds');
    scene.kiroku.webhooks.be('hangs');
    const incident = await scene.drill();
    const failing = await scene.alertThat(incident, party, 'failing', tried(1));
    expect(failing).toMatchObject({ state: 'failing', sentAt: null, lastFailure: { why: 'timeout', kind } });
    scene.kiroku.mailbox.be('takes');
    scene.kiroku.webhooks.be('takes');
    await scene.pass(5 * SECOND_MS);
    expect((await scene.alertThat(incident, party, 'delivered', delivered)).channelsTried).toEqual([kind]);
  });
});
