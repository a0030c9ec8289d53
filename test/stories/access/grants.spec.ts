import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { addDays, type Role } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import {
  ask,
  codesOf,
  type FirstPeople,
  firstPeople,
  grant,
  hire,
  openForBusiness,
  Person,
  PURPOSE,
  registerTerminal,
  today,
} from '../../harness/people.js';
import { DAY_MS, pass } from './time.js';
import { onRecord } from './trail.js';

const found = { residentCode: wellKnown.found };
const byPrefix = { name: '記録', birthDate: '1985-04-12', prefix: true };

describe('a grant', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  let operator: Person;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
    await openForBusiness(kiroku, people);
    await registerTerminal(kiroku, people, 'terminal-1');
    await registerTerminal(kiroku, people, 'terminal-2');
    operator = await hire(kiroku, people, ['operator'], 'terminal-1');
  });
  afterAll(() => kiroku.stop());

  /** Asks for a grant and leaves it undecided. */
  const requested = async (terms: object = {}): Promise<string> => {
    const from = today(kiroku);
    const usual = { operator: operator.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
    const { body } = await operator
      .post('/v1/grants', { ...usual, from, until: addDays(from, 7), reason: '窓口業務', ...terms })
      .expect(201);
    return body.grant;
  };
  const approved = async (terms: object = {}): Promise<string> => {
    const id = await requested(terms);
    await people.manager.post(`/v1/grants/${id}/approval`).expect(204);
    return id;
  };
  const outcome = async (person: Person, question: object, asked: object): Promise<unknown> => {
    const response = await ask(person, question, asked);
    return response.status === 200 ? 'answered' : [response.status, codesOf(response)];
  };

  it('that nobody asked for does not exist', async () => {
    expect(await outcome(operator, found, {})).toEqual([403, ['grant-missing']]);
    expect(await outcome(operator, found, { grant: uuidv7() })).toEqual([403, ['grant-missing']]);
  });

  it('allows nothing before it is approved, nor when it was refused', async () => {
    const id = await requested();
    expect(await outcome(operator, found, { grant: id })).toEqual([403, ['grant-not-approved']]);
    await kiroku.settle();
    expect(await outcome(operator, found, {})).toEqual([403, ['grant-not-approved']]);
    await people.manager.post(`/v1/grants/${id}/refusal`, { reason: '不要' }).expect(204);
    expect(await outcome(operator, found, { grant: id })).toEqual([403, ['grant-not-approved']]);
    const late = await people.manager.post(`/v1/grants/${id}/approval`);
    expect([late.status, codesOf(late)]).toEqual([409, ['grant-already-decided']]);
  });

  it('allows at once what was approved, before any follower has read it', async () => {
    expect(await outcome(operator, found, { grant: await approved() })).toBe('answered');
  });

  it('is for one terminal, one holder and its purposes', async () => {
    const id = await approved();
    const atOther = await new Person(kiroku, operator.operator, kiroku.pki.clients['terminal-2']).enter();
    expect(await outcome(atOther, found, { grant: id })).toEqual([403, ['grant-other-terminal']]);
    await kiroku.settle();
    expect(await outcome(atOther, found, {})).toEqual([403, ['grant-missing']]);
    const colleague = await hire(kiroku, people, ['operator'], 'terminal-1');
    expect(await outcome(colleague, found, { grant: id })).toEqual([403, ['grant-other-operator']]);
    expect(await outcome(operator, found, { grant: id, purpose: 'rtva-59-1:response' })).toEqual([
      403,
      ['grant-purpose-not-covered', 'retention-period-missing'],
    ]);
  });

  it('allows searching by the beginning of a name only where it says so', async () => {
    expect(await outcome(operator, byPrefix, { grant: await approved() })).toEqual([
      403,
      ['grant-prefix-not-allowed'],
    ]);
    expect(await outcome(operator, byPrefix, { grant: await approved({ prefixSearch: true }) })).toBe(
      'answered',
    );
  });

  it('ends the moment it is revoked, and the refusal is on record', async () => {
    const id = await approved();
    expect(await outcome(operator, found, { grant: id })).toBe('answered');
    await people.manager.post(`/v1/grants/${id}/revocation`, { reason: '異動' }).expect(204);
    const inquiry = uuidv7();
    expect(await outcome(operator, found, { grant: id, id: inquiry })).toEqual([403, ['grant-revoked']]);
    const events = await onRecord(kiroku, people.security, 'InquiryRefused');
    const refused = events.find(({ stream }) => stream === `inquiry-${inquiry}`);
    expect(JSON.stringify(refused?.data)).toContain('grant-revoked');
    expect(JSON.stringify(refused)).not.toContain(wellKnown.found);
  });

  it.each<[string, (person: Person) => Promise<unknown>, string]>([
    [
      'somebody without training',
      (person) => people.manager.post(`/v1/operators/${person.operator}/secrecy`),
      'operator-untrained',
    ],
    [
      'somebody who never heard of secrecy',
      (person) =>
        people.manager.post(`/v1/operators/${person.operator}/trainings`, {
          heldOn: today(kiroku),
          validUntil: addDays(today(kiroku), 30),
        }),
      'secrecy-not-acknowledged',
    ],
  ])('is not given to %s', async (_whom, prepare, code) => {
    const { body } = await people.manager.post('/v1/operators', {
      side: 'recipient',
      name: '新人 次郎',
      unit: 'counter',
    });
    const newcomer = new Person(kiroku, body.operator);
    await setRoles(newcomer, ['operator'], today(kiroku));
    await newcomer.enter(body.pin);
    await prepare(newcomer);
    const terms = { operator: newcomer.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
    const refused = await newcomer.post('/v1/grants', {
      ...terms,
      from: today(kiroku),
      until: today(kiroku),
      reason: '窓口業務',
    });
    expect([refused.status, codesOf(refused)]).toEqual([403, [code]]);
  });

  it.each<[string, (day: string) => object, number, string]>([
    ['ends before it begins', (day) => ({ until: addDays(day, -1) }), 422, 'grant-days-malformed'],
    ['lasts longer than a year', (day) => ({ until: addDays(day, 367) }), 422, 'grant-too-long'],
    ['has no purpose', () => ({ purposes: [] }), 422, 'purposes-empty'],
    ['has a purpose twice', () => ({ purposes: [PURPOSE, PURPOSE] }), 422, 'purpose-repeated'],
    ['has an unlisted purpose', () => ({ purposes: ['rtva-97-3-1:response'] }), 422, 'purpose-unlisted'],
    ['has no reason', () => ({ reason: '　' }), 422, 'reason-malformed'],
    ['is for no terminal', () => ({ terminal: 'terminal-9' }), 404, 'terminal-missing'],
  ])('is not given when it %s', async (_fault, fault, status, code) => {
    const day = today(kiroku);
    const usual = { operator: operator.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
    const refused = await operator.post('/v1/grants', {
      ...usual,
      from: day,
      until: addDays(day, 7),
      reason: '窓口業務',
      ...fault(day),
    });
    expect([refused.status, codesOf(refused)]).toEqual([status, [code]]);
  });

  it('is not given for days that are over', async () => {
    const day = today(kiroku);
    const usual = { operator: operator.operator, terminal: 'terminal-1', purposes: [PURPOSE] };
    const past = { from: addDays(day, -1), until: day, reason: '窓口業務' };
    const refused = await operator.post('/v1/grants', { ...usual, ...past });
    expect([refused.status, codesOf(refused)[0]]).toEqual([422, 'grant-from-past']);
  });

  /** Proposes and approves the roles somebody holds from a day on. */
  async function setRoles(person: Person, roles: readonly Role[], effectiveFrom: string): Promise<void> {
    const path = `/v1/operators/${person.operator}/roles`;
    const { body } = await people.manager.post(path, { roles, effectiveFrom }).expect(201);
    await people.secondManager.post(`${path}/${body.proposal}/approval`).expect(204);
  }

  it('is worth nothing to somebody whose role was taken away, in the running session', async () => {
    const leaving = await hire(kiroku, people, ['operator'], 'terminal-1');
    const id = await grant(kiroku, people, leaving);
    expect(await outcome(leaving, found, { grant: id })).toBe('answered');
    await setRoles(leaving, [], today(kiroku));
    expect(await outcome(leaving, found, { grant: id })).toEqual([403, ['role-missing']]);
  });

  it('holds from its first day through its last, like roles and trainings do', async () => {
    const first = addDays(today(kiroku), 1);
    const last = addDays(first, 1);
    const id = await approved({ from: first, until: last });
    const longer = await approved({ until: addDays(first, 30) });
    const lapsing = await hire(kiroku, people, [], 'terminal-1');
    await setRoles(lapsing, ['operator'], first);
    expect(await outcome(lapsing, found, {})).toEqual([403, ['role-missing']]);
    expect(await outcome(operator, found, { grant: id })).toEqual([403, ['grant-not-yet-valid']]);
    await toTheNextDay();
    expect(await outcome(operator, found, { grant: id })).toBe('answered');
    expect(await outcome(lapsing, found, {})).toEqual([403, ['grant-missing']]);
    await toTheNextDay();
    expect(today(kiroku)).toBe(last);
    expect(await outcome(operator, found, { grant: id })).toBe('answered');
    await toTheNextDay();
    expect(await outcome(operator, found, { grant: id })).toEqual([403, ['grant-expired']]);
    expect(await outcome(operator, found, { grant: longer })).toBe('answered');
  });

  it('does not outlive the training of its holder', async () => {
    const day = today(kiroku);
    const { body } = await people.manager.post('/v1/operators', {
      side: 'recipient',
      name: '研修 三郎',
      unit: 'counter',
    });
    const path = `/v1/operators/${body.operator}`;
    const trainee = new Person(kiroku, body.operator, kiroku.pki.clients['terminal-1']);
    await setRoles(trainee, ['operator'], day);
    await people.manager.post(`${path}/trainings`, { heldOn: day, validUntil: addDays(day, 1) }).expect(204);
    await people.manager.post(`${path}/secrecy`).expect(204);
    await trainee.enter(body.pin);
    const id = await grant(kiroku, people, trainee);
    await toTheNextDay();
    expect(await outcome(trainee, found, { grant: id })).toBe('answered');
    await toTheNextDay();
    expect(await outcome(trainee, found, { grant: id })).toEqual([403, ['operator-untrained']]);
    const held = today(kiroku);
    await people.manager
      .post(`${path}/trainings`, { heldOn: held, validUntil: addDays(held, 300) })
      .expect(204);
    expect(await outcome(trainee, found, { grant: id })).toBe('answered');
  });

  /** To ten in the morning of the next day, with the keys of that day made. */
  async function toTheNextDay(): Promise<void> {
    await pass(kiroku, DAY_MS);
    await kiroku.worker.tidy();
  }
});
