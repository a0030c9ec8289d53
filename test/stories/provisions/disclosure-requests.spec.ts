import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import type { ListedDisclosureRequest } from '#application';
import { addDays } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import { readPdf, spokenIn } from '../../harness/pdf-text.js';
import { codesOf, type FirstPeople, firstPeople, hire, Person } from '../../harness/people.js';
import { DAY_MS, pass } from '../access/time.js';
import { onRecord } from '../access/trail.js';
import { received, type ReceivedRequest } from './received.js';

/** The story begins on Monday, 2032-04-05. */
const MONDAY = '2032-04-05';
const asked: ReceivedRequest = { reference: '開示請求第12号', receivedOn: MONDAY };

describe('a resident’s request for disclosure', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;

  beforeAll(async () => {
    kiroku = await Kiroku.start({ KIROKU_SESSION_MINUTES: '720' });
    people = await firstPeople(kiroku);
  });
  afterAll(() => kiroku.stop());

  /** Whoever is signed in now: a session does not last for days. */
  const officer = (): Promise<Person> => new Person(kiroku, people.security.operator).enter();
  const place = (id: string): string => `/v1/disclosure-requests/${id}`;
  const look = (disclosureRequest: string, changes: object = {}, person: Person = people.security) =>
    person.post('/v1/subjects/provisions', {
      disclosureRequest,
      requesterChecked: true,
      residentCode: wellKnown.found,
      ...changes,
    });
  const list = async (query = '', person: Person = people.security): Promise<ListedDisclosureRequest[]> => {
    await kiroku.settle();
    const { body } = await person.get(`/v1/disclosure-requests${query}`).expect(200);
    return body.disclosureRequests;
  };
  const listed = async (id: string, person?: Person) =>
    (await list('?limit=500', person)).find(({ disclosureRequest }) => disclosureRequest === id);
  const extend = (id: string, changes: object = {}) =>
    people.security.post(`${place(id)}/extension`, {
      dueOn: '2032-06-03',
      reason: '提供件数が多いため',
      ...changes,
    });
  const answer = (id: string, changes: object = {}) =>
    people.security.post(`${place(id)}/answer`, { answer: 'withdrawn', answeredOn: MONDAY, ...changes });

  it('is received, looked at, and answered; what is written stays sealed', async () => {
    const id = uuidv7();
    const { body } = await people.security
      .post('/v1/disclosure-requests', asked)
      .set('idempotency-key', id)
      .expect(201);
    const request = {
      disclosureRequest: id,
      state: 'open',
      receivedOn: MONDAY,
      dueOn: '2032-05-04',
      daysLeft: 29,
      extended: false,
      looks: 0,
      answer: null,
      answeredOn: null,
    };
    expect(body).toEqual(request);
    expect(await listed(id)).toEqual(request);

    await look(id).expect(200);
    await look(id, { format: 'csv' }).expect(200);
    expect(await listed(id)).toEqual({ ...request, looks: 2 });

    await answer(id, { answer: 'disclosed', remark: '窓口で交付した。' }).expect(204);
    const answered = { state: 'answered', daysLeft: null, looks: 2, answer: 'disclosed', answeredOn: MONDAY };
    expect(await listed(id)).toEqual({ ...request, ...answered });
    const events = await Promise.all(
      ['DisclosureRequestReceived', 'DisclosureRequestAnswered'].map((type) =>
        onRecord(kiroku, people.security, type),
      ),
    );
    expect(events.flat().map(({ stream }) => stream)).toEqual(Array(2).fill(`disclosure-request-${id}`));
    const { operator } = people.security;
    expect(events.flat().map(({ data }) => data)).toEqual([
      { disclosureRequest: id, operator, receivedOn: MONDAY, dueOn: '2032-05-04' },
      { disclosureRequest: id, operator, answer: 'disclosed', answeredOn: MONDAY },
    ]);
  });

  it('is registered once, however often it is sent', async () => {
    const id = uuidv7();
    const send = (body: object = asked) =>
      people.security.post('/v1/disclosure-requests', body).set('idempotency-key', id);
    const [one, two] = await Promise.all([send(), send()]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    expect(
      (await list('?limit=500')).filter(({ disclosureRequest }) => disclosureRequest === id),
    ).toHaveLength(1);
    const other = await send({ ...asked, reference: '第99号' }).expect(409);
    expect(codesOf(other)).toEqual(['disclosure-request-exists']);
    const second = await hire(kiroku, people, ['security-officer']);
    const others = await second.post('/v1/disclosure-requests', asked).set('idempotency-key', id).expect(409);
    expect(codesOf(others)).toEqual(['disclosure-request-exists']);
    await answer(id).expect(204);
  });

  it('shows its number to whoever has to know it, on record once for a person', async () => {
    const id = await received(people.security, asked);
    const views = async () =>
      (await onRecord(kiroku, people.security, 'DisclosureRequestViewed')).filter(
        ({ data }) => data['disclosureRequest'] === id,
      );
    const show = async (person: Person) => (await person.get(place(id)).expect(200)).body;
    const written = { extensionReason: null, remark: null };
    const by = people.security.operator;
    expect(await show(people.security)).toMatchObject({ ...asked, ...written, receivedBy: by, daysLeft: 29 });
    expect(await views()).toHaveLength(1);
    await extend(id).expect(204);
    await answer(id).expect(204);
    expect(await show(people.security)).toMatchObject({
      ...asked,
      extensionReason: '提供件数が多いため',
      remark: null,
      answer: 'withdrawn',
    });
    expect(await views()).toHaveLength(1);
    const second = await hire(kiroku, people, ['security-officer']);
    await show(second);
    expect((await views()).map(({ operator }) => operator)).toEqual([by, second.operator]);
    expect(JSON.stringify([await views(), await list('?limit=500')])).not.toMatch(/第12号|提供件数/);
  });

  it('is extended once, and its paper bears the day that stands then', async () => {
    const id = await received(people.security, asked);
    await extend(id).expect(204);
    expect(await listed(id)).toMatchObject({ dueOn: '2032-06-03', daysLeft: 59, extended: true });
    expect(codesOf(await extend(id, { dueOn: '2032-06-30' }).expect(409))).toEqual([
      'disclosure-request-extended',
    ]);
    const { body } = await look(id, { format: 'pdf' })
      .buffer(true)
      .parse((reply, done) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('end', () => done(null, Buffer.concat(parts)));
      })
      .expect(200);
    const spoken = spokenIn(readPdf(body as Buffer)).map(({ text }) => text);
    for (const fact of ['開示請求第12号', '2032年4月5日', '2032年6月3日']) expect(spoken).toContain(fact);
    expect(spoken).not.toContain('2032年5月4日');
    await answer(id).expect(204);
  });

  it.each([
    ['a reference without a digit', { reference: '山田様' }, 422, 'disclosure-reference-malformed'],
    ['a reference that is a code', { reference: wellKnown.found }, 422, 'disclosure-reference-malformed'],
    ['a day to come', { receivedOn: '2032-04-06' }, 422, 'disclosure-received-malformed'],
    ['a day of no calendar', { receivedOn: '2032-02-30' }, 422, 'disclosure-received-malformed'],
    ['a mistyped year', { receivedOn: '2031-04-05' }, 422, 'disclosure-received-malformed'],
    ['the first day of the calendar', { receivedOn: '0000-01-01' }, 422, 'disclosure-received-malformed'],
    ['no reference', { reference: undefined }, 400, 'request-malformed'],
    ['a field that nobody knows', { residentCode: wellKnown.found }, 400, 'request-malformed'],
  ])('is not registered with %s', async (_what, changes, status, code) => {
    const refused = await people.security
      .post('/v1/disclosure-requests', { ...asked, ...changes })
      .set('idempotency-key', uuidv7());
    expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
  });

  it.each(['', 'd-1', '0196A0B0-1234-7ABC-8DEF-0123456789AB', '3b241101-e2bb-4255-8caf-4136c566a962'])(
    'is not registered under the id %p',
    async (id) => {
      const refused = await people.security
        .post('/v1/disclosure-requests', asked)
        .set('idempotency-key', id)
        .expect(400);
      expect(codesOf(refused)).toEqual(['idempotency-key-missing']);
    },
  );

  describe('that is open', () => {
    let id: string;
    beforeAll(async () => {
      id = await received(people.security, asked);
    });

    it.each([
      ['by more than thirty days', { dueOn: '2032-06-04' }, 422, 'disclosure-due-malformed'],
      ['by no day', { dueOn: '2032-05-04' }, 422, 'disclosure-due-malformed'],
      ['without a reason', { reason: ' ' }, 422, 'reason-malformed'],
      ['without a day', { dueOn: undefined }, 400, 'request-malformed'],
    ])('is not extended %s', async (_what, changes, status, code) => {
      const refused = await extend(id, changes);
      expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
    });

    it.each([
      ['as disclosed before anything was listed', { answer: 'disclosed' }, 409, 'disclosure-not-shown'],
      ['on a day to come', { answeredOn: '2032-04-06' }, 422, 'disclosure-answered-malformed'],
      ['before it was received', { answeredOn: '2032-04-04' }, 422, 'disclosure-answered-malformed'],
      [
        'as registered in error without a word of it',
        { answer: 'registered-in-error' },
        422,
        'disclosure-remark-missing',
      ],
      ['with a blank remark', { remark: ' ' }, 422, 'disclosure-remark-malformed'],
      ['in another way than there is', { answer: 'lost' }, 400, 'request-malformed'],
    ])('is not answered %s', async (_what, changes, status, code) => {
      const refused = await answer(id, changes);
      expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
    });

    it('is still open after all that, and was never looked at', async () => {
      expect(await listed(id)).toMatchObject({ state: 'open', extended: false, looks: 0 });
    });

    it('is answered once, by whoever of two was first', async () => {
      const answers = await Promise.all([answer(id), answer(id, { answer: 'refused' })]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204, 409]));
      const late = answers.find(({ status }) => status === 409);
      expect(codesOf(late as (typeof answers)[number])).toEqual(['disclosure-request-answered']);
      for (const more of [await extend(id), await answer(id), await look(id)])
        expect([more.status, codesOf(more)]).toEqual([409, ['disclosure-request-answered']]);
    });
  });

  it('that was registered with a wrong day ends as that, and is registered anew', async () => {
    const id = await received(people.security, { ...asked, receivedOn: '2032-03-05' });
    expect(await listed(id)).toMatchObject({ daysLeft: -2 });
    await answer(id, { answer: 'registered-in-error', remark: '受付日は四月五日' }).expect(204);
    expect(await listed(id)).toMatchObject({
      state: 'answered',
      answer: 'registered-in-error',
      daysLeft: null,
    });
    const { body } = await people.security.get(place(id)).expect(200);
    expect(body).toMatchObject({ answer: 'registered-in-error', remark: '受付日は四月五日' });
    const anew = await received(people.security, asked);
    expect(await listed(anew)).toMatchObject({ state: 'open', daysLeft: 29 });
    await answer(anew).expect(204);
  });

  it('is not answered as of a day before its days were extended', async () => {
    const id = await received(people.security, { ...asked, receivedOn: '2032-04-01' });
    await extend(id, { dueOn: '2032-05-30' }).expect(204);
    const refused = await answer(id, { answer: 'refused', answeredOn: '2032-04-04' }).expect(422);
    expect(codesOf(refused)).toEqual(['disclosure-answered-malformed']);
    await answer(id, { answer: 'refused' }).expect(204);
  });

  it.each(['nothing', uuidv7()])('that nobody registered is not there: %s', async (id) => {
    for (const asking of [people.security.get(place(id)), extend(id), answer(id), look(id)]) {
      const missing = await asking;
      expect([missing.status, codesOf(missing)]).toEqual([404, ['disclosure-request-missing']]);
    }
  });

  it('is listed by the day on which it is due, page by page, and the answered ones after the open ones', async () => {
    for (const { disclosureRequest, state } of await list('?limit=500'))
      if (state === 'open') await answer(disclosureRequest).expect(204);
    const days = [2, 0, 1].map((n) => addDays('2032-03-10', n));
    const [later, first, next] = await Promise.all(
      days.map((receivedOn) => received(people.security, { ...asked, receivedOn })),
    );
    await extend(first as string, { dueOn: '2032-05-08' }).expect(204);
    await kiroku.settle();
    const all: ListedDisclosureRequest[] = [];
    for (let query = '?limit=2'; query; ) {
      const { body } = await people.security.get(`/v1/disclosure-requests${query}`).expect(200);
      all.push(...body.disclosureRequests);
      query = body.next === null ? '' : `?limit=2&cursor=${encodeURIComponent(body.next)}`;
    }
    expect(all).toEqual(await list('?limit=500'));
    expect(all.slice(0, 3).map(({ disclosureRequest }) => disclosureRequest)).toEqual([next, later, first]);
    expect(all.slice(3).map(({ state }) => state)).toEqual(Array(all.length - 3).fill('answered'));
    for (const [query, code] of [
      ['?limit=0', 'request-malformed'],
      ['?cursor=2032-05-04.x', 'cursor-unknown'],
    ])
      expect(codesOf(await people.security.get(`/v1/disclosure-requests${query}`).expect(400))[0]).toBe(code);
    for (const id of [later, first, next]) await answer(id as string).expect(204);
  });

  it('is the security officer’s', async () => {
    const { manager, retention, provider, responder } = people;
    for (const person of [manager, retention, provider, responder]) {
      const refused = await person.get('/v1/disclosure-requests').expect(403);
      expect(codesOf(refused)).toEqual(['role-missing']);
    }
  });

  it('loses its days in Tokyo’s time, and is not extended any more when they are over', async () => {
    const id = await received(people.security, asked);
    await pass(kiroku, 29 * DAY_MS);
    const lastDay = await officer();
    expect(await listed(id, lastDay)).toMatchObject({ dueOn: '2032-05-04', daysLeft: 0 });
    await pass(kiroku, DAY_MS);
    const dayAfter = await officer();
    expect(await listed(id, dayAfter)).toMatchObject({ daysLeft: -1 });
    const late = await dayAfter
      .post(`${place(id)}/extension`, { dueOn: '2032-06-03', reason: '件数が多いため' })
      .expect(409);
    expect(codesOf(late)).toEqual(['disclosure-request-overdue']);
    await look(id, {}, dayAfter).expect(200);
    const before = { answer: 'disclosed', answeredOn: '2032-05-04' };
    const early = await dayAfter.post(`${place(id)}/answer`, before).expect(422);
    expect(codesOf(early)).toEqual(['disclosure-answered-malformed']);
    await dayAfter.post(`${place(id)}/answer`, { ...before, answeredOn: '2032-05-05' }).expect(204);
    expect(await listed(id, dayAfter)).toMatchObject({ state: 'answered', daysLeft: null, looks: 1 });
  });
});
