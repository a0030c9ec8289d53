import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import {
  ask,
  codesOf,
  type FirstPeople,
  grant,
  ordinaryDay,
  type Person,
  PURPOSE,
} from '../../harness/people.js';
import { passUntil } from './time.js';
import { onRecord } from './trail.js';

const found = { residentCode: wellKnown.found };

describe('the provider', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
  });
  afterAll(() => kiroku.stop());

  const answerOf = async (call: ReturnType<Person['get']>): Promise<unknown> => {
    const response = await call;
    return response.status < 300 ? response.status : [response.status, codesOf(response)];
  };
  const suspend = async (body: object): Promise<string> =>
    (await people.provider.post('/v1/suspensions', { reason: '漏えいのおそれ', ...body }).expect(201)).body
      .suspension;
  const provision = async (): Promise<{ suspensions: { suspension: string }[] }> =>
    (await people.operator.get('/v1/agreement').expect(200)).body.provision;

  it('suspends some purposes and leaves the others alone', async () => {
    const suspension = await suspend({ purposes: ['rtva-12-1:acceptance'] });
    expect(await answerOf(ask(people.operator, found))).toBe(200);
    const covered = await suspend({ purposes: [PURPOSE] });
    expect(await answerOf(ask(people.operator, found))).toEqual([503, ['provision-suspended']]);
    expect((await provision()).suspensions.map((each) => each.suspension)).toEqual([suspension, covered]);
    for (const each of [suspension, covered])
      await people.provider.post(`/v1/suspensions/${each}/end`).expect(204);
    expect(await answerOf(ask(people.operator, found))).toBe(200);
  });

  it('resumes only what it suspended: two suspensions are lifted one by one, and each once', async () => {
    const [first, second] = [await suspend({}), await suspend({})];
    await people.provider.post(`/v1/suspensions/${first}/end`).expect(204);
    expect(await answerOf(ask(people.operator, found))).toEqual([503, ['provision-suspended']]);
    expect(await answerOf(people.provider.post(`/v1/suspensions/${first}/end`))).toEqual([
      409,
      ['suspension-not-open'],
    ]);
    await people.provider.post(`/v1/suspensions/${second}/end`).expect(204);
    expect(await answerOf(ask(people.operator, found))).toBe(200);
  });

  it('is the only one that suspends and resumes', async () => {
    const suspension = await suspend({ purposes: ['rtva-12-1:acceptance'] });
    for (const person of [people.manager, people.security, people.retention, people.operator]) {
      const denied = [403, ['role-missing']];
      expect(await answerOf(person.post('/v1/suspensions', { reason: '理由' }))).toEqual(denied);
      expect(await answerOf(person.post(`/v1/suspensions/${suspension}/end`))).toEqual(denied);
    }
    expect((await provision()).suspensions).toHaveLength(1);
    await people.provider.post(`/v1/suspensions/${suspension}/end`).expect(204);
  });

  it('gives a reason that is sealed, and purposes that exist', async () => {
    expect(await answerOf(people.provider.post('/v1/suspensions', { reason: ' ' }))).toEqual([
      422,
      ['reason-malformed'],
    ]);
    const unlisted = { purposes: ['rtva-97-3-1:response'], reason: '理由' };
    expect(await answerOf(people.provider.post('/v1/suspensions', unlisted))).toEqual([
      422,
      ['purpose-unlisted'],
    ]);
    const events = await onRecord(kiroku, people.security, 'ProvisionSuspended');
    expect(events.length).toBeGreaterThan(3);
    expect(JSON.stringify(events)).not.toContain('漏えい');
  });

  it('asks nothing of the register itself', async () => {
    const provider = people.provider.at(kiroku.pki.clients['terminal-1']);
    expect(await answerOf(ask(await provider.enter(), found))).toEqual([403, ['role-missing']]);
  });

  it.each([
    ['no hours', { hours: [] }, 'hours-empty'],
    [
      'an opening that ends before it begins',
      { hours: [{ weekday: 1, from: 600, until: 540 }] },
      'hours-malformed',
    ],
    [
      'two openings at once',
      {
        hours: [
          { weekday: 1, from: 0, until: 600 },
          { weekday: 1, from: 599, until: 700 },
        ],
      },
      'hours-overlapping',
    ],
    ['a closed day that is none', { closedDays: ['2032-02-30'] }, 'closed-day-malformed'],
    ['a first day in the past', { effectiveFrom: '2032-04-04' }, 'effective-from-past'],
  ])('cannot have service hours with %s', async (_fault, fault, code) => {
    const usual = {
      hours: [{ weekday: 1, from: 540, until: 1_020 }],
      closedDays: [],
      effectiveFrom: '2032-04-06',
    };
    expect(await answerOf(people.provider.post('/v1/service-hours', { ...usual, ...fault }))).toEqual([
      422,
      [code],
    ]);
  });

  describe('has service hours, in Tokyo', () => {
    /** Weekdays from nine to five, from Tuesday 6 April 2032 on; Wednesday is closed. */
    const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 540, until: 1_020 }));
    const tokyo = (day: string, time: string): string => new Date(`${day}T${time}:00+09:00`).toISOString();

    beforeAll(async () => {
      const body = { hours, closedDays: ['2032-04-07'], effectiveFrom: '2032-04-06' };
      const { proposal } = (await people.provider.post('/v1/service-hours', body).expect(201)).body;
      await people.manager.post(`/v1/service-hours/${proposal}/approval`).expect(204);
    });

    it.each([
      ['still open on the day before they begin', '2032-04-05', '23:50', 'open'],
      ['closed in the night', '2032-04-06', '00:00', 'closed'],
      ['closed in the morning', '2032-04-06', '08:55', 'closed'],
      ['open at nine', '2032-04-06', '09:00', 'open'],
      ['open before five', '2032-04-06', '16:50', 'open'],
      ['closed at five', '2032-04-06', '17:00', 'closed'],
      ['closed at noon of a closed day', '2032-04-07', '12:00', 'closed'],
      ['open on the next day', '2032-04-08', '12:00', 'open'],
      ['closed on Sunday', '2032-04-11', '12:00', 'closed'],
    ])('%s', async (_what, day, time, expected) => {
      await passUntil(kiroku, tokyo(day, time));
      await kiroku.worker.tidy();
      const id = uuidv7();
      const answer = await answerOf(ask(people.operator, found, { id }));
      expect(answer).toEqual(expected === 'open' ? 200 : [422, ['out-of-hours']]);
      const refused = await onRecord(kiroku, people.security, 'InquiryRefused');
      expect(refused.map(({ stream }) => stream).includes(`inquiry-${id}`)).toBe(expected === 'closed');
    });
  });

  describe('ends the agreement with the recipient', () => {
    const termination = '/v1/agreement/termination';

    beforeAll(async () => {
      await passUntil(kiroku, '2032-04-12T03:00:00.000Z');
      await kiroku.worker.tidy();
    });

    it('but not before the recipient proposed it, and does not propose it', async () => {
      expect(await answerOf(people.provider.post(`${termination}/decision`))).toEqual([
        409,
        ['termination-not-proposed'],
      ]);
      expect(await answerOf(people.provider.post(termination, { reason: '期間満了' }))).toEqual([
        403,
        ['role-missing'],
      ]);
    });

    it('and until it decides, inquiries are answered', async () => {
      expect(await answerOf(people.manager.post(termination, { reason: '期間満了' }))).toBe(204);
      expect(await answerOf(people.security.post(termination, { reason: '期間満了' }))).toEqual([
        409,
        ['termination-already-proposed'],
      ]);
      for (const person of [people.manager, people.security])
        expect(await answerOf(person.post(`${termination}/decision`))).toEqual([403, ['role-missing']]);
      expect(await answerOf(ask(people.operator, found))).toBe(200);
    });

    it('and afterwards no inquiry is, and that is on record', async () => {
      const open = await grant(kiroku, people, people.operator);
      expect(await answerOf(people.provider.post(`${termination}/decision`))).toBe(204);
      const id = uuidv7();
      expect(await answerOf(ask(people.operator, found, { id, grant: open }))).toEqual([
        403,
        ['agreement-terminated'],
      ]);
      const refused = await onRecord(kiroku, people.security, 'InquiryRefused');
      expect(refused.at(-1)?.stream).toBe(`inquiry-${id}`);
      const { body } = await people.operator.get('/v1/agreement').expect(200);
      expect(body.agreement.state).toBe('terminated');
      expect(await answerOf(people.provider.post(`${termination}/decision`))).toEqual([
        403,
        ['agreement-terminated'],
      ]);
    });
  });
});
