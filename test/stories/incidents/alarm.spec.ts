import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { ask, codesOf } from '../../harness/people.js';
import { linkIn } from '../../harness/mailbox.js';
import { until } from '../../harness/processes.js';
import { WebhookReceiver } from '../../harness/webhook-receiver.js';
import { AlarmScene } from './alarm-scene.js';

const found = { residentCode: wellKnown.found };
const MINUTE_MS = 60_000;

describe('the provider fails', () => {
  let scene: AlarmScene;
  let incident: string;

  beforeAll(async () => {
    scene = await AlarmScene.open();
  });
  afterAll(() => scene.close());

  const fail = (): unknown => ask(scene.people.operator, found).expect(502);

  it('and one inquiry that shows it makes an incident', async () => {
    expect(await scene.listed()).toEqual([]);
    scene.kiroku.simulator.behave('refuse');
    await fail();
    incident = await scene.incidentOf('provider-unreachable');
    expect(await scene.report(incident)).toMatchObject({
      state: 'open',
      kind: 'failure',
      cause: 'provider-unreachable',
      description: null,
      fault: { kind: 'provider-unreachable', standing: true, times: 1 },
    });
  });

  it('tells both contacts at once, each by the channel that comes first', async () => {
    const { recipient, provider } = scene.kiroku.contacts;
    const mail = await scene.mail(incident, 'recipient');
    const webhook = await scene.webhook(incident, 'provider');
    expect(mail).toMatchObject({ to: [recipient.mail], from: 'kiroku@kiroku.example', encrypted: true });
    expect(mail.headers['message-id']).toBe(`<${incident}-${recipient.contact}.0.0@kiroku.example>`);
    expect(webhook.id).toBe(`${incident}-${provider.contact}.0.0`);
    expect(WebhookReceiver.isGenuine(webhook, provider.webhookSecret)).toBe(true);
    expect(WebhookReceiver.isGenuine(webhook, recipient.webhookSecret)).toBe(false);
    for (const party of ['recipient', 'provider'] as const) {
      const alert = await scene.alertThat(incident, party, 'delivered', ({ state }) => state === 'delivered');
      expect(alert).toMatchObject({ overdue: false, attempts: 1, lastFailure: null });
    }
    expect((await scene.report(incident)).reached).toEqual({ recipient: true, provider: true });
    expect(scene.webhooks(incident, 'recipient')).toEqual([]);
    expect(scene.mails(incident, 'provider')).toEqual([]);
  });

  it('says in both languages what happened, where to look and what to do', async () => {
    const { text, headers } = await scene.mail(incident, 'recipient');
    expect(text).toMatch(/[\p{Script=Han}\p{Script=Hiragana}]{4}/u);
    expect(text).toMatch(/provider/i);
    expect(text.search(/[\p{Script=Hiragana}]/u)).toBeLessThan(text.search(/[a-z]{4} [a-z]{2,} /));
    expect(text).toContain(incident);
    expect(linkIn(await scene.mail(incident, 'recipient')).url).toMatch(/^https:\/\/127\.0\.0\.1:8443\/ack/);
    expect(text).toContain('kiroku.example/log');
    expect(headers['auto-submitted']).toBe('auto-generated');
    const { body } = await scene.webhook(incident, 'provider');
    expect(JSON.parse(body)).toMatchObject({
      type: 'incident.declared',
      data: { incident, kind: 'failure', cause: 'provider-unreachable', agreement: 'mlit-2019' },
    });
  });

  it('is counted while it lasts, and told once', async () => {
    for (let times = 0; times < 4; times += 1) await fail();
    await until('the failures to be counted', async () => {
      const { fault } = await scene.report(incident);
      // Five by now; while it lasts the record falls short by less than half.
      return (fault?.times ?? 0) >= 3;
    });
    expect((await scene.listed()).map((each) => each.incident)).toEqual([incident]);
    expect(scene.mails(incident, 'recipient')).toHaveLength(1);
    expect(scene.webhooks(incident, 'provider')).toHaveLength(1);
  });

  it('is not acknowledged by whoever only opens the link, as mail scanners do', async () => {
    const mail = await scene.mail(incident, 'recipient');
    for (let looks = 0; looks < 3; looks += 1) {
      const { text } = await scene.follow(mail, 'open').expect(200);
      expect(text).toContain('<form');
    }
    expect(await scene.alertOf(incident, 'recipient')).toMatchObject({
      state: 'delivered',
      acknowledgedAt: null,
    });
  });

  it('is acknowledged by the button behind the link of the mail', async () => {
    const mail = await scene.mail(incident, 'recipient');
    await scene.follow(mail, 'press').expect(200);
    expect(await scene.alertOf(incident, 'recipient')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'link',
      acknowledgedAt: expect.any(String),
      overdue: false,
    });
    const { text } = await scene.follow(mail, 'press').expect(200);
    expect(text).not.toContain('<form');
  });

  it('is told again by the next channel to whoever has not acknowledged in fifteen minutes', async () => {
    await scene.pass(14 * MINUTE_MS);
    await scene.kiroku.worker.raise();
    expect(scene.mails(incident, 'provider')).toEqual([]);
    expect(await scene.alertOf(incident, 'provider')).toMatchObject({ state: 'delivered', overdue: false });
    await scene.pass(MINUTE_MS);
    const { provider } = scene.kiroku.contacts;
    const mail = await scene.mail(incident, 'provider');
    expect(mail.headers['message-id']).toBe(`<${incident}-${provider.contact}.1.0@kiroku.example>`);
    const alert = await scene.alertThat(incident, 'provider', 'sent again', ({ attempts }) => attempts === 2);
    expect(alert.channelsTried).toEqual(['webhook', 'smtp']);
    expect(scene.webhooks(incident, 'provider')).toHaveLength(1);
    expect(scene.mails(incident, 'recipient')).toHaveLength(1);
  });

  it('is acknowledged by somebody of the contact’s own party who is signed in, and by nobody else', async () => {
    const { alert } = await scene.alertOf(incident, 'provider');
    const { responder, provider } = scene.people;
    const refused = await responder.post(`/v1/alerts/${alert}/acknowledgement`);
    expect([refused.status, codesOf(refused)]).toEqual([403, ['alert-of-other-party']]);
    await provider.post(`/v1/alerts/${alert}/acknowledgement`).expect(204);
    await scene.pass(30 * MINUTE_MS);
    await scene.kiroku.worker.raise();
    expect(await scene.alertOf(incident, 'provider')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'person',
      nextAt: null,
    });
    expect(scene.webhooks(incident, 'provider')).toHaveLength(1);
  });

  it('is over when good answers have come for a minute', async () => {
    await fail();
    scene.kiroku.simulator.behave('normal');
    await ask(scene.people.operator, found).expect(200);
    await scene.kiroku.settle();
    expect((await scene.report(incident)).fault?.standing).toBe(true);
    await scene.pass(MINUTE_MS + 1);
    await ask(scene.people.operator, found).expect(200);
    await until('the fault to be over', async () => (await scene.report(incident)).fault?.standing === false);
    expect((await scene.report(incident)).fault).toEqual({
      kind: 'provider-unreachable',
      standing: false,
      times: 6,
    });
    expect(await scene.report(incident)).toMatchObject({ state: 'open' });
  });

  it('and the incident is closed by the responder, with what was found', async () => {
    const { responder, provider, security } = scene.people;
    await provider.post(`/v1/incidents/${incident}/notes`, { note: '回線を切り替えた。' }).expect(204);
    const finding = '提供者側の回線障害。照会は再開した。';
    for (const other of [provider, security])
      await other.post(`/v1/incidents/${incident}/closure`, { finding }).expect(403);
    await responder.post(`/v1/incidents/${incident}/closure`, { finding }).expect(204);
    const again = await responder.post(`/v1/incidents/${incident}/closure`, { finding });
    expect([again.status, codesOf(again)]).toEqual([409, ['incident-closed']]);
    expect(await scene.report(incident)).toMatchObject({
      state: 'closed',
      finding,
      notes: [{ by: provider.operator, note: '回線を切り替えた。' }],
    });
  });

  it('and when it fails again after that, it is another incident, of which everybody is told', async () => {
    scene.kiroku.simulator.behave('wrong');
    await fail();
    scene.kiroku.simulator.behave('refuse');
    await fail();
    const wrong = await scene.incidentOf('provider-answers-wrongly');
    const unreachable = await scene.incidentOf('provider-unreachable', [incident]);
    expect(unreachable).not.toBe(incident);
    for (const each of [wrong, unreachable]) {
      await scene.mail(each, 'recipient');
      await scene.webhook(each, 'provider');
    }
    scene.kiroku.simulator.behave('normal');
  });
});

describe('a party of which nobody was reached', () => {
  let scene: AlarmScene;
  let incident: string;
  const finding = '訓練を終えた。';

  beforeAll(async () => {
    scene = await AlarmScene.open();
  });
  afterAll(() => scene.close());

  const unreachedIn = ({ body }: { body: { errors: readonly { field: string }[] } }): readonly string[] =>
    body.errors.map(({ field }) => field);
  const close = () => scene.people.responder.post(`/v1/incidents/${incident}/closure`, { finding });

  it('keeps an incident open', async () => {
    await scene.kiroku.mailbox.goAway();
    scene.kiroku.webhooks.be('fails');
    incident = await scene.drill();
    for (const party of ['recipient', 'provider'] as const)
      await scene.alertThat(incident, party, 'failing', ({ state }) => state === 'failing');
    const refused = await close();
    expect([refused.status, refused.body.code]).toEqual([409, 'incident-party-unreached']);
    expect(unreachedIn(refused)).toEqual(['recipient', 'provider']);
    expect((await scene.report(incident)).reached).toEqual({ recipient: false, provider: false });
  });

  it('is shown when the bound is over', async () => {
    expect((await scene.alertOf(incident, 'provider')).overdue).toBe(false);
    await scene.pass(15 * MINUTE_MS);
    for (const party of ['recipient', 'provider'] as const) {
      const alert = await scene.alertOf(incident, party);
      expect(alert).toMatchObject({ overdue: true, sentAt: null, state: 'failing' });
    }
  });

  it('still keeps it open when only the other one was reached', async () => {
    scene.kiroku.webhooks.be('takes', scene.kiroku.contacts.provider.path);
    await scene.pass(30 * MINUTE_MS);
    await scene.alertThat(incident, 'provider', 'delivered', ({ state }) => state === 'delivered');
    const refused = await close();
    expect([refused.status, codesOf(refused)]).toEqual([409, ['incident-party-unreached']]);
    expect(unreachedIn(refused)).toEqual(['recipient']);
    expect((await scene.report(incident)).reached).toEqual({ recipient: false, provider: true });
  });

  it('lets it be closed once it was reached', async () => {
    await scene.kiroku.mailbox.comeBack();
    await scene.pass(30 * MINUTE_MS);
    await scene.alertThat(incident, 'recipient', 'delivered', ({ state }) => state === 'delivered');
    await close().expect(204);
  });
});
