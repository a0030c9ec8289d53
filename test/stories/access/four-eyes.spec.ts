import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import {
  codesOf,
  type FirstPeople,
  firstPeople,
  grant,
  hire,
  openForBusiness,
  type Person,
  PURPOSE,
  registerTerminal,
  today,
} from '../../harness/people.js';
import { DAY_MS, pass } from './time.js';

const NOTHING = '00000000-0000-7000-8000-000000000000';
const WEEK = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: 540, until: 1_020 }));

describe('nobody approves alone', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  let operator: Person;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
    await openForBusiness(kiroku, people);
    await registerTerminal(kiroku, people, 'terminal-1');
    operator = await hire(kiroku, people, ['operator'], 'terminal-1');
  });
  afterAll(() => kiroku.stop());

  const refusal = async (call: ReturnType<Person['get']>): Promise<[number, string[]]> => {
    const response = await call;
    return [response.status, codesOf(response)];
  };

  describe('of roles', () => {
    const propose = async (by: Person, person: Person, roles: string[]): Promise<string> => {
      const path = `/v1/operators/${person.operator}/roles`;
      const { body } = await by.post(path, { roles, effectiveFrom: today(kiroku) }).expect(201);
      return `${path}/${body.proposal}/approval`;
    };

    it('neither the proposer nor the person concerned; somebody else does, once', async () => {
      const officer = await hire(kiroku, people, ['security-officer']);
      const approval = await propose(people.manager, officer, ['security-officer', 'terminal-manager']);
      expect(await refusal(people.manager.post(approval))).toEqual([403, ['approver-is-proposer']]);
      expect(await refusal(officer.post(approval))).toEqual([403, ['approver-is-person-concerned']]);
      await officer.post('/v1/operators', {}).expect(403);
      await people.secondManager.post(approval).expect(204);
      await officer.post('/v1/operators', {}).expect(400);
      expect(await refusal(people.secondManager.post(approval))).toEqual([404, ['proposal-missing']]);
    });

    it('who proposes for oneself is both', async () => {
      const approval = await propose(people.manager, people.manager, [
        'terminal-manager',
        'security-officer',
      ]);
      expect(await refusal(people.manager.post(approval))).toEqual([
        403,
        ['approver-is-proposer', 'approver-is-person-concerned'],
      ]);
    });

    it('takes nothing for granted: an unknown proposal, an unknown person, the other side’s roles', async () => {
      const path = `/v1/operators/${operator.operator}/roles`;
      expect(await refusal(people.manager.post(`${path}/${NOTHING}/approval`))).toEqual([
        404,
        ['proposal-missing'],
      ]);
      const body = { roles: ['provider'], effectiveFrom: today(kiroku) };
      expect(await refusal(people.manager.post(path, body))).toEqual([422, ['role-not-of-side']]);
      const nobody = { ...body, roles: ['operator'] };
      expect(await refusal(people.manager.post('/v1/operators/o-aaaaaaaa/roles', nobody))).toEqual([
        404,
        ['operator-missing'],
      ]);
    });
  });

  it('of service hours: not the proposer, on either side', async () => {
    const body = { hours: WEEK, closedDays: [], effectiveFrom: addDays(today(kiroku), 30) };
    for (const [proposer, other, ...more] of [
      [people.manager, people.provider, 'hours-without-provider'],
      [people.provider, people.manager],
    ] as const) {
      const { proposal } = (await proposer.post('/v1/service-hours', body).expect(201)).body;
      const approval = `/v1/service-hours/${proposal}/approval`;
      expect(await refusal(proposer.post(approval))).toEqual([403, ['approver-is-proposer', ...more]]);
      await other.post(approval).expect(204);
      expect(await refusal(other.post(approval))).toEqual([404, ['proposal-missing']]);
    }
  });

  it('of retention: not the proposer', async () => {
    const body = { purpose: PURPOSE, period: 'P30D', effectiveFrom: addDays(today(kiroku), 30) };
    const { proposal } = (await people.retention.post('/v1/retention/periods', body).expect(201)).body;
    const approval = `/v1/retention/periods/${PURPOSE}/${proposal}/approval`;
    expect(await refusal(people.retention.post(approval))).toEqual([403, ['approver-is-proposer']]);
    const elsewhere = `/v1/retention/periods/rtva-12-1:response/${proposal}/approval`;
    expect(await refusal(people.security.post(elsewhere))).toEqual([404, ['proposal-missing']]);
    await people.security.post(approval).expect(204);
  });

  describe('of grants', () => {
    const request = async (by: Person, holder: Person, from = today(kiroku)): Promise<string> => {
      const terms = { operator: holder.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
      const { body } = await by
        .post('/v1/grants', { ...terms, from, until: addDays(from, 7), reason: '窓口業務' })
        .expect(201);
      return `/v1/grants/${body.grant}`;
    };

    it('who asked neither approves nor refuses', async () => {
      const asked = await request(people.manager, operator);
      const no = [403, ['approver-is-requester']];
      expect(await refusal(people.manager.post(`${asked}/approval`))).toEqual(no);
      expect(await refusal(people.manager.post(`${asked}/refusal`, { reason: '不要' }))).toEqual(no);
      await people.secondManager.post(`${asked}/approval`).expect(204);
      expect(await refusal(people.secondManager.post(`${asked}/refusal`, { reason: '不要' }))).toEqual([
        409,
        ['grant-already-decided'],
      ]);
    });

    it('nor does who would hold it, whoever asked', async () => {
      // Nobody is manager and operator on one day; somebody may be the one today and the other tomorrow.
      const moving = await hire(kiroku, people, ['terminal-manager']);
      const tomorrow = addDays(today(kiroku), 1);
      const path = `/v1/operators/${moving.operator}/roles`;
      const next = { roles: ['operator'], effectiveFrom: tomorrow };
      const { proposal } = (await people.manager.post(path, next).expect(201)).body;
      await people.secondManager.post(`${path}/${proposal}/approval`).expect(204);
      const own = await request(moving, moving, tomorrow);
      expect(await refusal(moving.post(`${own}/approval`))).toEqual([
        403,
        ['approver-is-requester', 'approver-is-holder'],
      ]);
      const forThem = await request(people.manager, moving, tomorrow);
      expect(await refusal(moving.post(`${forThem}/approval`))).toEqual([403, ['approver-is-holder']]);
      await people.secondManager.post(`${forThem}/approval`).expect(204);
    });

    it('an operator asks for nobody else, and the attempt is nothing but an attempt', async () => {
      const other = await hire(kiroku, people);
      const from = today(kiroku);
      const terms = { operator: other.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
      const body = { ...terms, from, until: from, reason: '窓口業務' };
      expect(await refusal(operator.post('/v1/grants', body))).toEqual([403, ['role-missing']]);
      await other.post('/v1/grants', body).expect(201);
    });

    it('but one person takes a right away, and the answer to "who?" is on the grant', async () => {
      const id = await grant(kiroku, people, operator);
      await people.security.post(`/v1/grants/${id}/revocation`, { reason: '異動' }).expect(204);
      const { body } = await people.manager.get(`/v1/grants/${id}`).expect(200);
      expect(body).toMatchObject({ state: 'revoked', terms: { operator: operator.operator } });
      const again = people.security.post(`/v1/grants/${id}/revocation`, { reason: '異動' });
      expect(await refusal(again)).toEqual([403, ['grant-revoked']]);
    });
  });

  it('and nothing is approved in retrospect: a proposal dies with its first day', async () => {
    const effectiveFrom = today(kiroku);
    const hours = { hours: WEEK, closedDays: [], effectiveFrom };
    const period = { purpose: PURPOSE, period: 'P1D', effectiveFrom };
    const role = { roles: ['terminal-manager'], effectiveFrom };
    const roles = `/v1/operators/${operator.operator}/roles`;
    const proposals = [
      ['/v1/service-hours', (await people.provider.post('/v1/service-hours', hours)).body.proposal],
      [roles, (await people.secondManager.post(roles, role)).body.proposal],
      [
        `/v1/retention/periods/${PURPOSE}`,
        (await people.retention.post('/v1/retention/periods', period)).body.proposal,
      ],
    ] as const;
    await pass(kiroku, DAY_MS);
    const approvers = [people.manager, people.manager, people.security] as const;
    for (const [at, [path, proposal]] of proposals.entries()) {
      const approver = approvers[at] as Person;
      expect(await refusal(approver.post(`${path}/${proposal}/approval`))).toEqual([
        422,
        ['effective-from-past'],
      ]);
    }
    expect(await refusal(people.manager.post(roles, role))).toEqual([422, ['effective-from-past']]);
  });
});
