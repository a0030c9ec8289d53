import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FailureCounter } from '#application';
import type { Side } from '#domain';
import { linkIn } from '../../harness/mailbox.js';
import { codesOf, Person } from '../../harness/people.js';
import { pass } from '../access/time.js';
import { onRecord } from '../access/trail.js';
import { raw, type RawAnswer } from '../manners/raw.js';
import { AlarmScene } from './alarm-scene.js';

const NOTHING = '00000000-0000-7000-8000-000000000000';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the link of a message', () => {
  let scene: AlarmScene;
  let incident: string;
  /** Path of the link that the recipient's contact got. */
  let path: string;
  let alert: string;
  let token: string;

  beforeAll(async () => {
    scene = await AlarmScene.open();
    incident = await scene.drill();
    ({ path } = linkIn(await scene.mail(incident, 'recipient')));
    [alert = '', token = ''] = path.split('/').slice(2);
    await delivered('recipient');
    await delivered('provider');
  });
  afterAll(() => scene.close());

  const delivered = (party: Side) =>
    scene.alertThat(incident, party, 'delivered', ({ state }) => state === 'delivered');
  const open = (link = path): Promise<RawAnswer> => raw(scene.kiroku, { path: link });
  const press = (link = path, headers: Record<string, string> = FORM, body = ''): Promise<RawAnswer> =>
    raw(scene.kiroku, {
      method: 'POST',
      path: link,
      headers: { 'content-length': String(Buffer.byteLength(body)), ...headers },
      body,
    });
  const acknowledged = () => onRecord(scene.kiroku, scene.people.security, 'AlertAcknowledged');

  it('opens a page in Japanese and English, for whoever holds it, without a session', async () => {
    const { status, headers, text } = await open();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<html lang="ja">');
    expect(text).toContain('通報の確認');
    expect(text).toMatch(/lang="en">[^<]*[Aa]cknowledge/);
    expect(text).toContain(incident);
  });

  it('which runs no script, is shown in nobody’s frame, and tells no other site where it came from', async () => {
    for (const { headers } of [await open(), await open(`/acknowledge/${alert}/wrong`)]) {
      const policy = String(headers['content-security-policy']);
      expect(policy.split(';').map((part) => part.split(' ')[0])).toEqual([
        'default-src',
        'style-src',
        'form-action',
        'base-uri',
        'frame-ancestors',
      ]);
      expect(policy).toMatch(
        /default-src 'none';style-src 'sha256-[^']+';form-action 'self';base-uri 'none'/,
      );
      expect(policy).toMatch(/frame-ancestors 'none'$/);
      expect(headers).toMatchObject({
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('changes nothing when it is opened, however often and by whatever method that reads', async () => {
    for (let looks = 0; looks < 3; looks += 1) await open();
    expect((await raw(scene.kiroku, { method: 'HEAD', path })).status).toBe(200);
    expect(await acknowledged()).toEqual([]);
    expect(await scene.alertOf(incident, 'recipient')).toMatchObject({ state: 'delivered' });
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['a form with something in it', FORM, 'a=1', 400],
    ['a form that comes piece by piece', { ...FORM, 'transfer-encoding': 'chunked' }, '', 400],
    ['a file', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--\r\n', 415],
    ['plain text', { 'content-type': 'text/plain' }, 'x', 415],
    ['something larger than any command', FORM, 'x'.repeat(100_000), 400],
  ])('takes nothing but its button: %s is refused', async (_what, headers, body, status) => {
    const chunked = 'transfer-encoding' in headers;
    const answer = await (chunked
      ? raw(scene.kiroku, { method: 'POST', path, headers, body })
      : press(path, headers, body));
    expect(answer.status).toBe(status);
    expect(await acknowledged()).toEqual([]);
  });

  it('acknowledges by its button: once, however often it is pressed and at how many places at once', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => press()));
    for (const { status, headers, text } of answers) {
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(text).toContain('記録されています');
      expect(text).not.toContain('<form');
    }
    const events = await acknowledged();
    expect(events.map(({ data }) => data)).toEqual([
      { alert, incident, contact: scene.kiroku.contacts.recipient.contact, by: 'link' },
    ]);
    expect(await scene.alertOf(incident, 'recipient')).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'link',
    });
    const { text } = await open();
    expect(text).not.toContain('<form');
  });

  it('acknowledges for a machine as well, which posts nothing or an empty object', async () => {
    expect((await press(path, {})).status).toBe(200);
    expect((await press(path, { 'content-type': 'application/json' }, '{}')).status).toBe(200);
    expect(await acknowledged()).toHaveLength(1);
  });

  it('is of one alert only', async () => {
    const other = (await scene.alertOf(incident, 'provider')).alert;
    expect((await press(`/acknowledge/${other}/${token}`)).status).toBe(404);
    expect(await scene.alertOf(incident, 'provider')).toMatchObject({ state: 'delivered' });
  });

  describe('that is wrong', () => {
    const wrong = (): readonly string[] => [
      `/acknowledge/${alert}/${'A'.repeat(43)}`,
      `/acknowledge/${alert}/${token.slice(0, -1)}`,
      `/acknowledge/${alert}/${token}A`,
      `/acknowledge/${alert}/${token.toLowerCase()}`,
      `/acknowledge/${alert.toUpperCase()}/${token}`,
      `/acknowledge/${NOTHING}-${NOTHING}/${token}`,
      `/acknowledge/${NOTHING}-${NOTHING}/${'A'.repeat(43)}`,
      `/acknowledge/${incident}/${token}`,
      `/acknowledge/nobody/nothing`,
      `/acknowledge/%00/%F0%9F%98%80`,
      `/acknowledge/..%2F${alert}/${token}`,
    ];
    /** All that could tell one answer from another. */
    const seen = ({ status, headers, text }: RawAnswer): unknown => {
      const { date: _date, 'x-correlation-id': _id, ...told } = headers;
      return { status, told, text };
    };

    it('is answered alike, whatever is wrong with it and whether there is such an alert', async () => {
      const [first, ...others] = await Promise.all(wrong().flatMap((link) => [open(link), press(link)]));
      expect(first).toMatchObject({ status: 404 });
      expect(first?.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(first?.text).toContain('lang="en"');
      for (const other of others) expect(seen(other)).toEqual(seen(first as RawAnswer));
      for (const part of [alert, token, incident]) expect(first?.text).not.toContain(part);
      expect(await acknowledged()).toHaveLength(1);
    });

    it('is a problem like any other when it is no link at all', async () => {
      for (const link of [`/acknowledge/${alert}`, '/acknowledge', `/acknowledge/${alert}/${token}/more`]) {
        const answer = await press(link);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, 'route-not-found']);
      }
      const huge = await open(`/acknowledge/${alert}/${'a'.repeat(9_000)}`);
      expect([huge.status, huge.text.includes('aaaa')]).toEqual([400, false]);
    });

    it('is counted by where it came from, and put on record without what was tried', async () => {
      const { kiroku, people } = scene;
      await pass(kiroku, 60_000 - (Date.parse(kiroku.clock.now()) % 60_000));
      for (let tries = 0; tries < 3; tries += 1) await open(`/acknowledge/${alert}/${tries}`);
      await press(`/acknowledge/${alert}/3`);
      await open();
      await pass(kiroku, 60_000);
      await kiroku.api.app.get(FailureCounter).flush();
      const [event] = (await onRecord(kiroku, people.security, 'FailuresCounted')).slice(-1);
      expect(event?.data).toMatchObject({ kind: 'unknown-token', count: 4 });
      expect(JSON.stringify(event)).not.toContain(alert);
    });
  });

  it('is the only place that takes a form', async () => {
    for (const [link, status] of [
      ['/v1/sessions', 415],
      [`/v1/alerts/${alert}/acknowledgement`, 415],
      ['/nowhere', 404],
    ] as const) {
      expect((await press(link)).status).toBe(status);
    }
  });

  it('still acknowledges when the incident was closed meanwhile: whoever reads late has read', async () => {
    const late = await scene.drill();
    const mail = await scene.mail(late, 'recipient');
    for (const party of ['recipient', 'provider'] as const)
      await scene.alertThat(late, party, 'delivered', ({ state }) => state === 'delivered');
    await scene.people.responder.post(`/v1/incidents/${late}/closure`, { finding: '終えた。' }).expect(204);
    expect((await press(linkIn(mail).path)).status).toBe(200);
    expect(await scene.alertOf(late, 'recipient')).toMatchObject({ state: 'acknowledged' });
  });

  describe('is not needed by somebody who is signed in', () => {
    const say = (person: Person, id: string) => person.post(`/v1/alerts/${id}/acknowledgement`);

    it('and of the contact’s own party', async () => {
      const { provider, responder, security } = scene.people;
      const theirs = (await scene.alertOf(incident, 'provider')).alert;
      for (const stranger of [responder, security]) {
        const refused = await say(stranger, theirs);
        expect([refused.status, codesOf(refused)]).toEqual([403, ['alert-of-other-party']]);
      }
      const answers = await Promise.all([1, 2, 3].map(() => say(provider, theirs)));
      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204]);
      expect(await scene.alertOf(incident, 'provider')).toMatchObject({
        state: 'acknowledged',
        acknowledgedBy: 'person',
      });
      const events = (await acknowledged()).filter(({ data }) => data['alert'] === theirs);
      expect(events.map(({ operator, data }) => [operator, data['by']])).toEqual([
        [provider.operator, 'person'],
      ]);
    });

    it.each([NOTHING, `${NOTHING}-${NOTHING}`, 'nothing', '25208017643'])(
      'but there has to be such an alert: %s',
      async (id) => {
        for (const person of [scene.people.responder, scene.people.provider]) {
          const refused = await say(person, id);
          expect([refused.status, codesOf(refused)]).toEqual([404, ['alert-not-found']]);
          expect(refused.text).not.toContain(id);
        }
      },
    );
  });
});
