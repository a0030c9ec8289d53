import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { modes } from '../../apps/registry-simulator/src/behaviour.js';
import { wellKnown, wellKnownResidents } from '../../apps/registry-simulator/src/well-known.js';
import { type Entry, parseEntry } from '#domain';
import type { Reply } from '../harness/caller.js';
import { Deployment } from '../harness/deployment.js';
import {
  ask,
  type FirstPeople,
  firstPeople,
  grant,
  openForBusiness,
  Person,
  PURPOSE,
  registerTerminal,
  today,
} from '../harness/people.js';
import { linkIn } from '../harness/mailbox.js';
import { until } from '../harness/processes.js';
import { filesBelow, leaksIn } from './files.js';
import { marksIn } from './marks.js';
import { attempt, merged, underEveryName } from './thief.js';
import { searchForItEverywhere, sayItEverywhere, sayItOfCases, sayItOfIncidents } from './wrong-inputs.js';

const TIMEOUT_MS = 150_000;
const DAY_MS = 86_400_000;
const CODE = wellKnown.rareCharacters;
const record = wellKnownResidents.find(({ record }) => record.residentCode === CODE)?.record;
if (!record) throw new Error('the marked resident is gone');
const { name: NAME, address: ADDRESS } = record;
const plain = (text: string): string => text.replaceAll(/[\u{E0100}-\u{E01EF}]/gu, '').normalize('NFKC');

const REASON = 'のぞき見ではない理由いろはにほへと';
const NOTE = '補正のための覚え書きちりぬるを';
const OPERATOR = '標 識之助よたれそ';
const CONTACT = '当直番 先之助つねならむ';
const MAIL_NAME = 'shirushi-no-tsuita-renrakusaki';
const MAIL = `${MAIL_NAME}@recipient.example`;
const HOOK = '/himitsu-no-uketsuke-madoguchi';
/** What somebody writes of an incident, and should not have written. */
const DESCRIPTION = `有為の奥山けふ越えて ${NAME}`;
const FINDING = '浅き夢見し酔ひもせす';

/** The marked resident, as kept by the provider and as folded for matching; free texts; who asked; who is alerted. */
const MARKS = [
  CODE,
  NAME,
  ...NAME.split(' '),
  plain(NAME),
  ADDRESS,
  plain(ADDRESS),
  '髙栁荘',
  '1948-11-??',
  '2019-05-07',
  '123456789018',
  REASON,
  NOTE,
  OPERATOR,
  CONTACT,
  ...CONTACT.split(' '),
  MAIL_NAME,
  HOOK.slice(1),
  DESCRIPTION,
  FINDING,
] as const;

describe('a marked resident', () => {
  let deployment: Deployment;
  let people: FirstPeople;
  let operator: Person;
  let inquiry: string;
  const tokens: string[] = [];
  const said: Reply[] = [];

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(async () => undefined, { KIROKU_LOG_LEVEL: 'debug' }));
    await deployment.start('api');
    await deployment.start('retention-worker');
    people = await firstPeople(deployment);
    await openForBusiness(deployment, people);
    await registerTerminal(deployment, people, 'terminal-1');
    operator = await hireMarked();
    await grant(deployment, people, operator);
    tokens.push(...[...Object.values(people), operator].map(({ token }) => String(token)));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  async function hireMarked(): Promise<Person> {
    const { manager, secondManager } = people;
    const day = today(deployment);
    const { body: hired } = await manager
      .post('/v1/operators', { side: 'recipient', name: OPERATOR, unit: 'inspection-1' })
      .expect(201);
    const path = `/v1/operators/${hired.operator}`;
    const { body } = await manager
      .post(`${path}/roles`, { roles: ['operator'], effectiveFrom: day })
      .expect(201);
    await secondManager.post(`${path}/roles/${body.proposal}/approval`).expect(204);
    await manager.post(`${path}/trainings`, { heldOn: day, validUntil: '2033-04-01' }).expect(204);
    await manager.post(`${path}/secrecy`).expect(204);
    await manager.put(`${path}/household`, { names: [`${OPERATOR}の家族`] }).expect(204);
    return new Person(deployment, hired.operator, deployment.pki.clients['terminal-1']).enter(hired.pin);
  }

  it(
    'is shown to the operator who asks, and found again by the officer',
    async () => {
      inquiry = uuidv7();
      const found = await ask(operator, { residentCode: CODE }, { id: inquiry }).expect(200);
      expect(found.body.records[0]).toMatchObject({ residentCode: CODE, name: NAME, address: ADDRESS });
      const byName = await ask(operator, { name: NAME, birthDate: '1948-11-??' }).expect(200);
      expect(byName.body.records[0].residentCode).toBe(CODE);
      await ask(operator, { name: NAME, address: ADDRESS }).expect(200);
      const again = await ask(operator, { residentCode: CODE }, { id: inquiry }).expect(200);
      expect(again.body.redelivered).toBe(true);
      const shown = await operator
        .post(`/v1/inquiries/${inquiry}/disclosures`, { reason: 'case-continued', note: NOTE })
        .expect(201);
      expect(shown.body.records[0].name).toBe(NAME);
      await deployment.settle();
      const trail = await people.security
        .post('/v1/audit/searches', { residentCode: CODE, reason: REASON })
        .expect(200);
      // The question by code, and the record provided by each of the three inquiries; the search itself may be there by now.
      const rows = trail.body.rows.filter(({ type }: { type: string }) => type !== 'TrailSearched');
      expect(rows).toHaveLength(4);
      expect(marksIn(Buffer.from(trail.text), MARKS)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'is named in every field, filter, path and header by mistake: no problem repeats it',
    async () => {
      const caller = deployment.caller(operator, 'terminal-1');
      const officer = deployment.caller(people.security);
      const responder = deployment.caller(people.responder);
      const manager = deployment.caller(people.manager);
      said.push(...(await sayItEverywhere(caller, CODE, NAME)));
      said.push(...(await searchForItEverywhere(officer, CODE, NAME)));
      said.push(...(await sayItOfIncidents(responder, [CODE, NAME])));
      said.push(...(await sayItOfCases(manager, [CODE, NAME])));
      for (const reply of said) expect(marksIn(Buffer.from(reply.text), MARKS)).toEqual([]);
      const statuses = new Set(said.map(({ status }) => status));
      // Searches that can be made are answered; everything else is refused, and nothing falls over.
      expect([...statuses].filter((status) => status >= 500 || status < 200)).toEqual([]);
      expect(said.filter(({ status }) => status >= 400).length).toBeGreaterThan(60);
      for (const each of [caller, officer, responder, manager]) each.close();
    },
    TIMEOUT_MS,
  );

  it(
    'is asked for while the provider fails in every way, and free texts are given wherever there are any',
    async () => {
      const { simulator } = deployment.kiroku;
      const caller = deployment.caller(operator, 'terminal-1');
      const body = { purpose: PURPOSE, caseReference: 'SK-2032-000001', question: { residentCode: CODE } };
      for (const mode of modes.filter((mode) => mode !== 'silent')) {
        simulator.behave(mode);
        said.push(await caller.post('/v1/inquiries', body, { 'idempotency-key': uuidv7() }));
      }
      simulator.behave('normal');
      caller.close();
      const { provider, manager } = people;
      const { body: suspended } = await provider.post('/v1/suspensions', { reason: REASON }).expect(201);
      await provider.post(`/v1/suspensions/${suspended.suspension}/end`).expect(204);
      const spare = await grant(deployment, people, operator);
      await manager.post(`/v1/grants/${spare}/revocation`, { reason: REASON }).expect(204);
      await deployment.settle();
    },
    TIMEOUT_MS,
  );

  it(
    'is spoken of when it is not to be: in the contacts of the parties, and in what people write of an incident',
    async () => {
      const { mailbox, webhooks } = deployment.kiroku;
      const { responder, provider } = people;
      const channels = [
        { kind: 'smtp', address: MAIL },
        { kind: 'webhook', address: webhooks.url(HOOK) },
      ];
      const { body: registered } = await responder
        .post('/v1/contacts', { name: CONTACT, channels })
        .expect(201);
      const confirmation = { version: registered.version };
      await provider.post(`/v1/contacts/${registered.contact}/confirmation`, confirmation).expect(204);
      // Both servers quote in their words whom they were asked for.
      mailbox.be('rejects', MAIL);
      webhooks.be('fails', HOOK);
      const declaration = { kind: 'leak-feared', description: DESCRIPTION };
      const { body: declared } = await responder.post('/v1/incidents', declaration).expect(201);
      const incident = `/v1/incidents/${declared.incident}`;
      const shown = async (): Promise<{ alerts: { contact: string; attempts: number; sentAt: string }[] }> =>
        (await responder.get(incident).expect(200)).body;
      await until('both channels to have refused', async () =>
        (await shown()).alerts.some((each) => each.contact === registered.contact && each.attempts >= 2),
      );
      webhooks.be('takes');
      mailbox.be('takes');
      await until('everybody to be told', async () => {
        const { alerts } = await shown();
        return alerts.length === 3 && alerts.every(({ sentAt }) => sentAt !== null);
      });
      await responder.post(`${incident}/notes`, { note: NOTE }).expect(204);
      await responder.post(`${incident}/closure`, { finding: FINDING }).expect(204);
      const report = await responder.get(incident).expect(200);
      expect(report.body).toMatchObject({ description: DESCRIPTION, finding: FINDING });
    },
    TIMEOUT_MS,
  );

  it(
    'is in no message: not in a mail but for the address that it goes to, not in a webhook',
    async () => {
      const { mailbox, webhooks } = deployment.kiroku;
      expect(mailbox.mails.length + webhooks.received.length).toBeGreaterThan(10);
      for (const { to, raw, text } of mailbox.mails) {
        // Of one mail's headers `To` alone may name anybody, and only the one to whom it goes.
        expect(to).toHaveLength(1);
        const others = MARKS.filter((mark) => !to[0]?.includes(mark));
        expect(marksIn(Buffer.from(raw, 'latin1'), others)).toEqual([]);
        expect(marksIn(Buffer.from(text), MARKS)).toEqual([]);
      }
      for (const { body, headers } of webhooks.received)
        expect(marksIn(Buffer.from(`${body}${JSON.stringify(headers)}`), MARKS)).toEqual([]);
      const links = mailbox.mails.map((mail) => linkIn(mail).path);
      const browser = new Person(deployment, 'nobody');
      const page = await browser.get(links.at(-1) ?? '').expect(200);
      expect(marksIn(Buffer.from(page.text), MARKS)).toEqual([]);
      // Whoever has such a token can acknowledge: it is nowhere but in the messages.
      tokens.push(...links.map((link) => link.split('/').at(-1) ?? ''));
    },
    TIMEOUT_MS,
  );

  it(
    'is nowhere in clear: not in databases, write-ahead logs, log tiles or secrets, while the processes run',
    async () => {
      const files = await frozen(async () => filesBelow(deployment.kiroku.directory));
      const wal = files.get('data/events/events.sqlite-wal');
      expect(wal?.length).toBeGreaterThan(100_000);
      expect([...files.keys()].filter((file) => file.startsWith('data/ledger/log/')).length).toBeGreaterThan(
        2,
      );
      // What must be there, to know that this is where it would be: ids in clear.
      expect(marksIn(wal ?? Buffer.alloc(0), [inquiry])).toEqual([inquiry]);
      expect(leaksIn(files, [...MARKS, ...tokens])).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'is nowhere in clear: not in what the processes say at debug level, in metrics, or in the api’s description',
    async () => {
      const caller = deployment.caller(operator, 'terminal-1');
      const outputs = deployment.daemons.map(({ app, output }) => [app, Buffer.from(output)] as const);
      const metrics = await (await fetch(deployment.api.metricsUrl)).text();
      const description = await caller.get('/openapi.json');
      caller.close();
      expect(metrics).toContain('/v1/inquiries');
      expect(description.status).toBe(200);
      expect(outputs.map(([, output]) => output.length > 100)).toEqual([true, true]);
      const told = new Map([
        ...outputs,
        ['metrics', Buffer.from(metrics)] as const,
        ['openapi', Buffer.from(description.text)] as const,
      ]);
      expect(leaksIn(told, [...MARKS, ...tokens])).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'is unreadable after the erasure, with any backup there ever was and the root keys there are',
    async () => {
      const entry = await recordOf(inquiry);
      const places = join(deployment.kiroku.directory, 'stolen');
      const before = await backup(join(places, 'before'));
      await eraseEverything();
      const after = await backup(join(places, 'after'));
      // So that the attempt below could succeed: the old roots with the old backup open it.
      expect(await attempt(before.data, before.roots, entry)).toBe(NAME);
      expect(await attempt(before.data, after.roots, entry)).toBe('VaultUnavailable');
      expect(await attempt(after.data, after.roots, entry)).toBe('shredded');
      expect(await attempt(after.data, before.roots, entry)).toBe('VaultUnavailable');
      expect(await attempt(before.data, await underEveryName(after.roots, before.roots), entry)).toBe(
        'VaultUnavailable',
      );
      const both = await merged(before.roots, after.roots, join(places, 'both-roots'));
      expect(await attempt(after.data, both, entry)).toBe('shredded');
    },
    TIMEOUT_MS,
  );

  it(
    'leaves neither the old root nor anything in clear in any file once it is erased',
    async () => {
      const roots = filesBelow(join(deployment.kiroku.directory, 'stolen/before/roots'));
      const old = [...roots.values()].map((bytes) => bytes.toString('latin1').trim());
      expect(old.length).toBeGreaterThan(0);
      const { data, secrets } = deployment.kiroku.configuration;
      const files = await frozen(async () => new Map([...filesBelow(data), ...filesBelow(secrets)]));
      expect(leaksIn(files, [...MARKS, ...tokens])).toEqual([]);
      const raw = old.map((hex) => Buffer.from(hex, 'hex'));
      const found = [...files].filter(
        ([, bytes]) => old.some((hex) => bytes.includes(hex)) || raw.some((root) => bytes.includes(root)),
      );
      expect(found.map(([file]) => file)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  /** Looks at the files while every process stands still, as a snapshot of the disk would. */
  async function frozen<T>(look: () => Promise<T>): Promise<T> {
    const living = deployment.daemons.filter(({ lives }) => lives);
    for (const daemon of living) daemon.freeze();
    try {
      return await look();
    } finally {
      for (const daemon of living) daemon.resume();
    }
  }

  /** Everything a thief could have taken at this moment: the whole data directory, and the roots. */
  async function backup(to: string): Promise<{ data: string; roots: string }> {
    const { data, paths } = deployment.kiroku.configuration;
    await frozen(async () => {
      await cp(data, join(to, 'data'), { recursive: true });
      await cp(paths.rootKeys, join(to, 'roots'), { recursive: true });
    });
    return { data: join(to, 'data'), roots: join(to, 'roots') };
  }

  async function recordOf(id: string): Promise<Entry> {
    const events = await deployment.recorded();
    const found = events.find(({ stream, type }) => stream === `inquiry-${id}` && type === 'RecordProvided');
    if (!found) throw new Error('no record was provided');
    return parseEntry(found.entry);
  }

  /** Ninety days pass; two people let the run go on that a jump of the clock stopped. */
  async function eraseEverything(): Promise<void> {
    deployment.clock.advance(100 * DAY_MS);
    const officers = [people.retention, people.security];
    for (const officer of officers) await officer.enter();
    let hold: string | undefined;
    await until('the run to be held', async () => {
      const { body } = await people.retention.get('/v1/retention/due').expect(200);
      hold = body.hold?.run;
      return hold !== undefined;
    });
    for (const officer of officers) await officer.post(`/v1/erasure-holds/${hold}/approvals`).expect(200);
    await until('the erasure to be verified', async () =>
      (await deployment.recorded()).some(({ type }) => type === 'ErasureVerified'),
    );
  }
});
