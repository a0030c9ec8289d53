import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, grant, ordinaryDay, type Person } from '../../harness/people.js';

describe('an operator at the counter', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
  });
  afterAll(() => kiroku.stop());

  it('is given a record found by resident code, with the receipts of what recorded it', async () => {
    const { body } = await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
    expect(body).toMatchObject({ outcome: 'found', redelivered: false, usableThrough: '2032-07-04' });
    expect(body.records).toEqual([
      expect.objectContaining({ residentCode: wellKnown.found, name: '記録 花子' }),
    ]);
    expect(body.receipts.map(({ revision }: { revision: number }) => revision)).toEqual([0, 1, 2]);
  });

  it.each([
    [
      'several',
      { name: wellKnown.several.name, birthDate: wellKnown.several.birthDate },
      { outcome: 'several' },
    ],
    ['too many', { ...wellKnown.tooMany }, { outcome: 'too-many', count: 25, records: [] }],
    ['not found', { residentCode: wellKnown.nobody }, { outcome: 'not-found', records: [] }],
    ['a deleted record', { residentCode: wellKnown.deleted }, { outcome: 'deleted-record', records: [] }],
  ])('is told the outcome: %s', async (_name, question, expected) => {
    const { body } = await ask(people.operator, question).expect(200);
    expect(body).toMatchObject(expected);
  });

  it('is never shown an individual number that the provider sends by mistake', async () => {
    const response = await ask(people.operator, { residentCode: wellKnown.withIndividualNumber }).expect(200);
    expect(response.text).not.toContain('123456789018');
    await kiroku.settle();
    const { body } = await people.security.post('/v1/audit/searches', {
      type: 'AnswerFaulty',
      reason: 'daily review',
    });
    expect(body.rows.length).toBeGreaterThan(0);
  });

  it.each([
    [
      'an unlisted purpose',
      { residentCode: wellKnown.found },
      { purpose: 'rtva-97-3-1:response' },
      422,
      'purpose-unlisted',
    ],
    [
      'no case reference',
      { residentCode: wellKnown.found },
      { caseReference: '' },
      422,
      'case-reference-missing',
    ],
    [
      'a case off its pattern',
      { residentCode: wellKnown.found },
      { caseReference: 'XX-1' },
      422,
      'case-reference-malformed',
    ],
    ['a wrong check digit', { residentCode: '25208017644' }, {}, 422, 'check-digit-wrong'],
    ['a malformed question', { name: '記録 花子' }, {}, 422, 'question-malformed'],
    ['an individual number', { individualNumber: '123456789018' }, {}, 422, 'individual-number-not-allowed'],
    [
      'a purpose outside the grant',
      { residentCode: wellKnown.found },
      { purpose: 'rtva-59-1:response' },
      403,
      'grant-purpose-not-covered',
    ],
  ])('is refused with an event and a reasoned problem: %s', async (_name, question, asked, status, code) => {
    const id = uuidv7();
    const response = await ask(people.operator, question, { ...asked, id });
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(codesOf(response)).toContain(code);
    expect(response.status).toBe(status);
    await kiroku.settle();
    const { body } = await people.security.post('/v1/audit/searches', {
      outcome: 'refused',
      limit: 500,
      reason: 'daily review',
    });
    expect(body.rows.map(({ inquiry }: { inquiry: string }) => inquiry)).toContain(id);
  });

  it('repeats an inquiry safely: the same answer again, recorded as redelivered', async () => {
    const id = uuidv7();
    const first = await ask(people.operator, { residentCode: wellKnown.found }, { id }).expect(200);
    const again = await ask(people.operator, { residentCode: wellKnown.found }, { id }).expect(200);
    expect(again.body).toMatchObject({ redelivered: true, records: first.body.records });
    expect(kiroku.simulator.statistics().repeats).toBe(0);
    const other = await ask(people.operator, { residentCode: wellKnown.deleted }, { id });
    expect([other.status, other.body.code]).toEqual([422, 'inquiry-question-differs']);
  });

  it('gets one inquiry out of two identical requests at once', async () => {
    const id = uuidv7();
    const before = kiroku.simulator.statistics().inquiries;
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask(people.operator, { residentCode: wellKnown.found }, { id })),
    );
    expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 409)).toBe(
      true,
    );
    expect(answers.some(({ body }) => body.redelivered === false)).toBe(true);
    expect(kiroku.simulator.statistics().inquiries).toBe(before + 1);
  });

  it('needs an idempotency key that is a UUIDv7', async () => {
    const body = {
      purpose: 'rtva-59-1:examination',
      caseReference: 'SK-2032-000001',
      question: { residentCode: wellKnown.found },
    };
    await people.operator.post('/v1/inquiries', body).expect(400);
    await people.operator
      .post('/v1/inquiries', body)
      .set('idempotency-key', '7d3f0a52-7a0d-4c66-9c4e-2d3c0f6c5b11')
      .expect(400);
  });

  it('is told that the provider cannot answer, and the inquiry is on record all the same', async () => {
    kiroku.simulator.behave('refuse');
    const id = uuidv7();
    const failed = await ask(people.operator, { residentCode: wellKnown.found }, { id });
    kiroku.simulator.behave('normal');
    expect([failed.status, failed.body.code]).toEqual([502, 'provider-unavailable']);
    await kiroku.settle();
    const { body } = await people.security.post('/v1/audit/searches', {
      outcome: 'provider-unavailable',
      reason: 'daily review',
    });
    expect(body.rows.map(({ inquiry }: { inquiry: string }) => inquiry)).toContain(id);
  });

  it('is refused while the provider has suspended provision, and served when it resumes', async () => {
    const { body } = await people.provider.post('/v1/suspensions', { reason: '漏えいのおそれ' }).expect(201);
    const during = await ask(people.operator, { residentCode: wellKnown.found });
    expect([during.status, codesOf(during)]).toEqual([503, ['provision-suspended']]);
    await people.manager.post(`/v1/suspensions/${body.suspension}/end`).expect(403);
    await people.provider.post(`/v1/suspensions/${body.suspension}/end`).expect(204);
    await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
  });

  it('is refused once the grant is revoked, also while the provider is answering', async () => {
    const used = await grant(kiroku, people, people.operator);
    await people.manager.post(`/v1/grants/${people.grant}/revocation`, { reason: '異動' }).expect(204);
    kiroku.simulator.behave({ mode: 'slow', delayMs: 700 });
    const id = uuidv7();
    const before = kiroku.simulator.statistics().requests;
    const asking = ask(people.operator, { residentCode: wellKnown.found }, { id }).then(
      (response) => response,
    );
    while (kiroku.simulator.statistics().requests === before) await new Promise(setImmediate);
    await people.manager.post(`/v1/grants/${used}/revocation`, { reason: '異動' }).expect(204);
    const answer = await asking;
    kiroku.simulator.behave('normal');
    expect([answer.status, codesOf(answer)]).toEqual([403, ['grant-revoked']]);
    expect(answer.text).not.toContain('記録 花子');
    people = { ...people, grant: await grant(kiroku, people, people.operator) };
  });

  it('sees a stored answer again for a listed reason, and nobody else does', async () => {
    const id = uuidv7();
    await ask(people.operator, { residentCode: wellKnown.rareCharacters }, { id }).expect(200);
    const shown = await people.operator
      .post(`/v1/inquiries/${id}/disclosures`, { reason: 'case-continued', note: '補正' })
      .expect(201);
    expect(shown.body.records[0].residentCode).toBe(wellKnown.rareCharacters);
    const curious = await people.operator.post(`/v1/inquiries/${id}/disclosures`, { reason: 'curiosity' });
    expect([curious.status, curious.body.code]).toEqual([422, 'disclosure-reason-unlisted']);
    await people.security.post(`/v1/inquiries/${id}/disclosures`, { reason: 'audit' }).expect(403);
  });
});
