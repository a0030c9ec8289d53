import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, Person } from '../../harness/people.js';
import { onRecord } from '../access/trail.js';

const found = { residentCode: wellKnown.found };
const NOBODYS = '00000000-0000-7000-8000-000000000000';
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

const mail = { name: '緊急 当番', channels: [{ kind: 'smtp', address: 'toban@recipient.example' }] };
const webhook = {
  name: '提供者 当直',
  channels: [
    { kind: 'webhook', address: 'https://alerts.provider.example/kiroku?to=1' },
    { kind: 'smtp', address: 'toban@provider.example' },
  ],
};

const fieldsOf = ({ body }: { body: { errors: { field?: string }[] } }): (string | undefined)[] =>
  body.errors.map(({ field }) => field);

interface Told {
  readonly contact: string;
  readonly party: string;
  readonly version: number;
  readonly confirmed: boolean;
  readonly name: string | null;
  readonly channels: readonly object[] | null;
}

describe('the contacts of the parties', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  /** The first contact of each party, as registered. */
  const first = { recipient: '', provider: '' };

  beforeAll(async () => {
    kiroku = await Kiroku.start({}, { contacts: false });
    people = await ordinaryDay(kiroku);
  });
  afterAll(() => kiroku.stop());

  const list = async (person: Person): Promise<{ contacts: Told[]; missing: string[] }> =>
    (await person.get('/v1/contacts').expect(200)).body;
  const told = async (contact: string): Promise<Told | undefined> =>
    (await list(people.responder)).contacts.find((each) => each.contact === contact);
  const readiness = async (): Promise<unknown> =>
    (await people.operator.get('/v1/agreement').expect(200)).body.readiness;
  const confirm = (person: Person, contact: string, version: number) =>
    person.post(`/v1/contacts/${contact}/confirmation`, { version });
  const missing = (...parties: string[]) => parties.map((party) => ({ party, what: 'contact' }));

  describe('an agreement without them', () => {
    it('is not ready, and names the parties that nobody could call', async () => {
      expect(await readiness()).toEqual({ ready: false, missing: missing('recipient', 'provider') });
      expect(await list(people.provider)).toEqual({ contacts: [], missing: ['recipient', 'provider'] });
    });

    it('allows no inquiry; the refusal is on record (annex 2, 4(1))', async () => {
      const refused = await ask(people.operator, found);
      expect([refused.status, fieldsOf(refused)]).toEqual([422, ['recipient', 'provider']]);
      expect(new Set(codesOf(refused))).toEqual(new Set(['contact-missing']));
      const [event] = await onRecord(kiroku, people.security, 'InquiryRefused');
      expect(event?.data['reasons']).toContain('contact-missing');
      expect(kiroku.simulator.statistics().requests).toBe(0);
    });

    it('is told by /readyz, which lets the api go on: how else would they be registered?', async () => {
      const { body } = await people.security.get('/readyz');
      expect(body.checks.contacts).toEqual({ ok: false, value: 'recipient provider' });
    });
  });

  describe('are registered', () => {
    it('each by its own party; a webhook’s secret is told now and never again', async () => {
      const ours = await people.responder.post('/v1/contacts', mail).expect(201);
      expect(ours.body).toEqual({ contact: expect.any(String), version: 1, webhookSecret: null });
      const theirs = await people.provider.post('/v1/contacts', webhook).expect(201);
      expect(theirs.body).toMatchObject({ version: 1, webhookSecret: expect.stringMatching(SECRET) });
      first.recipient = ours.body.contact;
      first.provider = theirs.body.contact;
      const { text } = await people.provider.get('/v1/contacts').expect(200);
      expect(text).not.toContain('whsec_');
    });

    it('and both parties see all of them, with whom they name and how', async () => {
      const expected = {
        contacts: [
          { contact: first.recipient, party: 'recipient', ...mail, kinds: ['smtp'] },
          { contact: first.provider, party: 'provider', ...webhook, kinds: ['webhook', 'smtp'] },
        ].map((contact) => ({ ...contact, version: 1, confirmed: false })),
        missing: ['recipient', 'provider'],
      };
      for (const person of [people.responder, people.provider, people.security])
        expect(await list(person)).toEqual(expected);
    });

    it('with nothing in clear that says who they are', async () => {
      const events = await onRecord(kiroku, people.security, 'ContactRegistered');
      expect(events.map(({ data }) => [data['party'], data['kinds']])).toEqual([
        ['recipient', ['smtp']],
        ['provider', ['webhook', 'smtp']],
      ]);
      expect(JSON.stringify(events)).not.toMatch(/当番|当直|example/);
    });
  });

  describe('are confirmed', () => {
    it('by the other party, never by one’s own', async () => {
      for (const person of [people.responder, people.security]) {
        const own = await confirm(person, first.recipient, 1);
        expect([own.status, codesOf(own)]).toEqual([403, ['contact-of-own-party']]);
      }
      await confirm(people.provider, first.recipient, 1).expect(204);
      expect(await readiness()).toEqual({ ready: false, missing: missing('provider') });
      const refused = await ask(people.operator, found);
      expect([refused.status, codesOf(refused)]).toEqual([422, ['contact-missing']]);
      expect(fieldsOf(refused)).toEqual(['provider']);
    });

    it('and with one of each the agreement is ready, and the register may be asked', async () => {
      await confirm(people.responder, first.provider, 1).expect(204);
      expect(await readiness()).toEqual({ ready: true, missing: [] });
      await ask(people.operator, found).expect(200);
      const { body } = await people.security.get('/readyz');
      expect(body.checks.contacts).toEqual({ ok: true, value: null });
    });

    it('once, however often and at how many places at once', async () => {
      const { body } = await people.responder.post('/v1/contacts', mail).expect(201);
      const before = (await onRecord(kiroku, people.security, 'ContactConfirmed')).length;
      const answers = await Promise.all(
        [1, 2, 3, 4, 5].map(() => confirm(people.provider, body.contact, 1).then(({ status }) => status)),
      );
      expect(answers).toEqual([204, 204, 204, 204, 204]);
      expect(await onRecord(kiroku, people.security, 'ContactConfirmed')).toHaveLength(before + 1);
      await people.responder.delete(`/v1/contacts/${body.contact}`).expect(204);
    });

    it('in the version that was told: one that was changed meanwhile is to be looked at again', async () => {
      const old = await people.provider.put(`/v1/contacts/${first.provider}`, webhook).expect(200);
      const other = await people.provider.put(`/v1/contacts/${first.provider}`, webhook).expect(200);
      expect([old.body.version, other.body.version]).toEqual([2, 3]);
      expect(new Set([old, other].map(({ body }) => body.webhookSecret)).size).toBe(2);
      expect(await told(first.provider)).toMatchObject({ version: 3, confirmed: false });
      for (const version of [1, 2, 4]) {
        const outdated = await confirm(people.responder, first.provider, version);
        expect([outdated.status, codesOf(outdated)]).toEqual([409, ['contact-version-outdated']]);
      }
      // Correcting an address does not close the counters.
      expect(await readiness()).toEqual({ ready: true, missing: [] });
      await confirm(people.responder, first.provider, 3).expect(204);
      expect(await told(first.provider)).toMatchObject({ version: 3, confirmed: true });
    });
  });

  it('are changed and removed by nobody of the other party', async () => {
    const attempts = [
      people.provider.put(`/v1/contacts/${first.recipient}`, mail),
      people.provider.delete(`/v1/contacts/${first.recipient}`),
      people.responder.put(`/v1/contacts/${first.provider}`, webhook),
      people.security.delete(`/v1/contacts/${first.provider}`),
    ];
    for (const attempt of attempts) {
      const refused = await attempt;
      expect([refused.status, codesOf(refused)]).toEqual([403, ['contact-of-other-party']]);
    }
  });

  it('are never without the last one, nor without the last that the other party knows', async () => {
    const last = await people.responder.delete(`/v1/contacts/${first.recipient}`);
    expect([last.status, codesOf(last)]).toEqual([409, ['contact-last']]);
    const { body } = await people.responder.post('/v1/contacts', mail).expect(201);
    const known = await people.responder.delete(`/v1/contacts/${first.recipient}`);
    expect([known.status, codesOf(known)]).toEqual([409, ['contact-last']]);
    await confirm(people.provider, body.contact, 1).expect(204);
    await people.responder.delete(`/v1/contacts/${first.recipient}`).expect(204);
    const again = await people.responder.delete(`/v1/contacts/${first.recipient}`);
    expect([again.status, codesOf(again)]).toEqual([404, ['contact-not-found']]);
    expect(await told(first.recipient)).toBeUndefined();
    first.recipient = body.contact;
  });

  it.each([NOBODYS, 'nobody', '25208017643', '%E6%A8%99%E8%AD%98', 'x'.repeat(90)])(
    'that nobody registered are not found: %s',
    async (contact) => {
      const answers = [
        await people.responder.put(`/v1/contacts/${contact}`, mail),
        await people.responder.delete(`/v1/contacts/${contact}`),
        await confirm(people.responder, contact, 1),
      ];
      for (const answer of answers) {
        expect([answer.status, codesOf(answer)]).toEqual([404, ['contact-not-found']]);
        expect(answer.text).not.toContain(contact);
      }
    },
  );

  it.each<[string, object[], string]>([
    ['no way to be reached', [], 'channels-empty'],
    ['a mail address with a name', [{ kind: 'smtp', address: '当番 <a@b.example>' }], 'channel-malformed'],
    [
      'two mail addresses in one',
      [{ kind: 'smtp', address: 'a@b.example,c@d.example' }],
      'channel-malformed',
    ],
    ['a line too many', [{ kind: 'smtp', address: 'a@b.example\r\nBcc: c@d.example' }], 'channel-malformed'],
    ['a webhook without TLS', [{ kind: 'webhook', address: 'http://b.example/' }], 'channel-malformed'],
    ['a file', [{ kind: 'webhook', address: 'file:///etc/passwd' }], 'channel-malformed'],
    ['a password in the URL', [{ kind: 'webhook', address: 'https://a:b@c.example/' }], 'channel-malformed'],
    ['one way twice', [mail.channels[0] ?? {}, mail.channels[0] ?? {}], 'channel-repeated'],
    [
      'six ways',
      [1, 2, 3, 4, 5, 6].map((n) => ({ kind: 'smtp', address: `a${n}@b.example` })),
      'channels-too-many',
    ],
  ])('have %s: refused, with a reason and without a word of it', async (_what, channels, code) => {
    const before = await list(people.responder);
    const refused = await people.responder.post('/v1/contacts', { name: '当番', channels });
    expect([refused.status, codesOf(refused)]).toEqual([422, [code]]);
    expect(refused.text).not.toMatch(/example|当番|passwd/);
    expect(await list(people.responder)).toEqual(before);
  });

  it('are no more than twenty of a party', async () => {
    const { contacts } = await list(people.responder);
    const ours = contacts.filter(({ party }) => party === 'recipient').length;
    for (let more = ours; more < 20; more += 1)
      await people.security.post('/v1/contacts', { ...mail, name: `当番 ${more}` }).expect(201);
    const tooMany = await people.responder.post('/v1/contacts', mail);
    expect([tooMany.status, codesOf(tooMany)]).toEqual([409, ['contacts-too-many']]);
  });
});
