import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { DenialCounter, FailureCounter } from '#application';
import { type DemoPki, makeDemoPki } from '#wiring';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, grant, ordinaryDay, Person } from '../../harness/people.js';
import { onRecord } from './trail.js';
import { pass } from './time.js';

type Place = DemoPki['api'];
const found = { residentCode: wellKnown.found };
const FAR = '2040-01-01T00:00:00.000Z';

describe('a terminal is a client certificate', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let places: DemoPki['clients'];
  let otherAuthority: DemoPki;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    const names = ['stolen', 'retired', 'spare', 'short-lived'];
    const more = await makeDemoPki(kiroku.pki.directory, { now: new Date(), names });
    places = { ...kiroku.pki.clients, ...more.clients };
    const now = new Date();
    otherAuthority = await makeDemoPki(join(kiroku.directory, 'other'), { now, names: ['terminal-1'] });
  });
  afterAll(() => kiroku.stop());

  const place = (name: string): Place => places[name] as Place;
  /** The operator of the day, signed in somewhere else. */
  const operatorAt = (where?: Place): Promise<Person> =>
    new Person(kiroku, people.operator.operator, where).enter();
  const register = (name: string, notAfter = FAR) =>
    people.manager
      .post('/v1/terminals', {
        terminal: name,
        label: '窓口',
        certificate: place(name).fingerprint,
        notAfter,
      })
      .expect(201);
  const answerOf = async (call: ReturnType<Person['get']>): Promise<[number, string[]]> => {
    const response = await call;
    return [response.status, codesOf(response)];
  };

  it('so a token that was taken elsewhere opens nothing there, and is still good at its own terminal', async () => {
    for (const elsewhere of [undefined, place('terminal-2'), place('stranger')]) {
      const thief = people.operator.at(elsewhere);
      expect(await answerOf(ask(thief, found))).toEqual([401, ['session-elsewhere']]);
      expect(await answerOf(thief.get('/v1/agreement'))).toEqual([401, ['session-elsewhere']]);
      expect(await answerOf(thief.delete('/v1/sessions/current'))).toEqual([401, ['session-elsewhere']]);
    }
    const forged = otherAuthority.clients['terminal-1'];
    expect(await answerOf(ask(people.operator.at(forged), found))).toEqual([401, ['session-elsewhere']]);
    await ask(people.operator, found).expect(200);
  });

  it('so a session that was opened at a desk asks nothing of the register, wherever it is used', async () => {
    const desk = await operatorAt();
    const disclosure = `/v1/inquiries/${uuidv7()}/disclosures`;
    for (const person of [desk, desk.at(place('terminal-1'))]) {
      const refused = [403, ['terminal-certificate-missing']];
      expect(await answerOf(ask(person, found))).toEqual(refused);
      expect(await answerOf(person.post(disclosure, { reason: 'audit' }))).toEqual(refused);
      await person.get('/v1/agreement').expect(200);
    }
  });

  it('so knocking from a desk is a denial on record', async () => {
    const desk = await operatorAt();
    await ask(desk, found).expect(403);
    await ask(desk, found).expect(403);
    await kiroku.api.app.get(DenialCounter).flush('all');
    const denials = await onRecord(kiroku, people.security, 'AccessDenied', { operator: desk.operator });
    expect(denials.at(-1)?.data).toMatchObject({
      action: 'inquire',
      codes: ['terminal-certificate-missing'],
    });
  });

  it('so a certificate of our authority that is bound to no terminal is a desk', async () => {
    const stranger = await operatorAt(place('stranger'));
    expect(await answerOf(ask(stranger, found))).toEqual([403, ['terminal-certificate-missing']]);
    expect(await answerOf(stranger.at().get('/v1/agreement'))).toEqual([401, ['session-elsewhere']]);
  });

  it('so a certificate of another authority does not even sign in, and is counted', async () => {
    const stranger = new Person(kiroku, people.operator.operator, otherAuthority.clients['terminal-1']);
    expect(await answerOf(stranger.signIn())).toEqual([403, ['certificate-not-trusted']]);
    const certificate = otherAuthority.clients['terminal-1']?.fingerprint;
    const same = { terminal: 'forged', label: '窓口', certificate, notAfter: FAR };
    // Not even once a terminal manager was talked into binding it.
    await people.manager.post('/v1/terminals', same).expect(201);
    expect(await answerOf(stranger.signIn())).toEqual([403, ['certificate-not-trusted']]);
    await kiroku.api.app.get(FailureCounter).flush('all');
    const counted = await onRecord(kiroku, people.security, 'FailuresCounted');
    expect(counted.map(({ data }) => data['kind'])).toContain('unknown-certificate');
  });

  it('so withdrawing the certificate stops the session that is open, and every later sign-in there', async () => {
    await register('stolen');
    const operator = await operatorAt(place('stolen'));
    await grant(kiroku, people, operator, { terminal: 'stolen' });
    await ask(operator, found).expect(200);
    await people.manager.delete(`/v1/certificates/${place('stolen').fingerprint}`).expect(204);
    const refused = [403, ['terminal-not-valid', 'certificate-retired']];
    expect(await answerOf(ask(operator, found))).toEqual(refused);
    expect(await answerOf(operator.get('/v1/agreement'))).toEqual(refused);
    expect(await answerOf(operator.signIn())).toEqual(refused);
    expect(await answerOf(people.manager.delete(`/v1/certificates/${place('stolen').fingerprint}`))).toEqual([
      409,
      ['certificate-retired'],
    ]);
    const events = await onRecord(kiroku, people.security, 'CertificateRetired');
    expect(events.map(({ data }) => data['certificate'])).toEqual([place('stolen').fingerprint]);
  });

  it('so retiring the terminal stops all of its certificates, and its name is never used again', async () => {
    await register('retired');
    const second = { certificate: place('spare').fingerprint, notAfter: FAR };
    await people.manager.post('/v1/terminals/retired/certificates', second).expect(204);
    const first = await operatorAt(place('retired'));
    const other = await operatorAt(place('spare'));
    await grant(kiroku, people, first, { terminal: 'retired' });
    await ask(first, found).expect(200);
    await ask(other, found).expect(200);
    await people.manager.delete('/v1/terminals/retired').expect(204);
    for (const person of [first, other]) {
      expect(await answerOf(ask(person, found))).toEqual([403, ['terminal-not-valid', 'terminal-retired']]);
      expect(await answerOf(person.signIn())).toEqual([403, ['terminal-not-valid', 'terminal-retired']]);
    }
    const again = {
      terminal: 'retired',
      label: '窓口',
      certificate: place('stranger').fingerprint,
      notAfter: FAR,
    };
    expect(await answerOf(people.manager.post('/v1/terminals', again))).toEqual([409, ['terminal-exists']]);
  });

  it('so a session stays with the certificate it was opened with, also at one terminal', async () => {
    const second = { certificate: place('terminal-2').fingerprint, notAfter: FAR };
    await people.manager.post('/v1/terminals/terminal-1/certificates', second).expect(204);
    const replaced = people.operator.at(place('terminal-2'));
    expect(await answerOf(ask(replaced, found))).toEqual([401, ['session-elsewhere']]);
    await ask(await replaced.enter(), found).expect(200);
  });

  it.each([
    ['bound before', { certificate: 'terminal-1' }, 409, 'certificate-already-bound'],
    ['no fingerprint', { certificate: 'ABCDEF' }, 422, 'certificate-malformed'],
    ['expired', { notAfter: '2032-04-05T00:59:59Z' }, 422, 'certificate-expired'],
  ])('so binding one that is %s is refused', async (_what, part, status, code) => {
    const certificate = 'ab'.repeat(32);
    const body = { certificate, notAfter: FAR, ...part };
    if (body.certificate === 'terminal-1') body.certificate = place('terminal-1').fingerprint;
    const refused = await people.manager.post('/v1/terminals/terminal-1/certificates', body);
    expect([refused.status, codesOf(refused)]).toEqual([status, [code]]);
  });

  it('so it ends with the validity on record, in business time', async () => {
    await register('short-lived', new Date(Date.parse(kiroku.clock.now()) + 3_600_000).toISOString());
    const operator = await operatorAt(place('short-lived'));
    await grant(kiroku, people, operator, { terminal: 'short-lived' });
    await ask(operator, found).expect(200);
    await pass(kiroku, 3_600_000);
    const refused = [403, ['terminal-not-valid', 'certificate-expired']];
    expect(await answerOf(ask(operator, found))).toEqual(refused);
    expect(await answerOf(operator.signIn())).toEqual(refused);
  });
});
