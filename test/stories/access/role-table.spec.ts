import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DenialCounter, FailureCounter } from '#application';
import { may, type Role, roles } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import {
  codesOf,
  type FirstPeople,
  firstPeople,
  hire,
  Person,
  registerTerminal,
} from '../../harness/people.js';
import { knock, nameOf, routes } from './routes.js';
import { pass } from './time.js';
import { onRecord } from './trail.js';

/** What the issue leaves open to everybody; a new public route has to be added here by somebody who thought of it. */
const PUBLIC_ROUTES = [
  'GET /acknowledge/{alert}/{token}',
  'GET /livez',
  'GET /log/{reader}/checkpoint',
  'GET /log/{reader}/tile/{path}',
  'GET /openapi.json',
  'GET /readyz',
  'POST /acknowledge/{alert}/{token}',
  'POST /v1/sessions',
];
/** What anybody with a session may do. */
const FOR_EVERYBODY = ['DELETE /v1/sessions/current', 'GET /v1/agreement', 'PUT /v1/sessions/current/pin'];

describe('who may do what', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  const at = new Map<Role, Person>();

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
    await registerTerminal(kiroku, people, 'terminal-1');
    for (const role of roles) {
      const person = role === 'provider' ? people.provider : await hire(kiroku, people, [role]);
      const place = kiroku.pki.clients['terminal-1'];
      at.set(role, await new Person(kiroku, person.operator, place).enter());
    }
  });
  afterAll(() => kiroku.stop());

  const holder = (role: Role): Person => at.get(role) as Person;

  it('is asked of every route, but of the few that are public or for everybody', () => {
    const named = (which: typeof routes): string[] => which.map(nameOf).sort();
    expect(named(routes.filter(({ isPublic }) => isPublic))).toEqual(PUBLIC_ROUTES);
    expect(named(routes.filter(({ isPublic, action }) => !isPublic && action === null))).toEqual(
      FOR_EVERYBODY,
    );
    expect(routes.length).toBeGreaterThan(35);
  });

  it.each(routes.filter(({ isPublic }) => !isPublic).map((route) => [nameOf(route), route] as const))(
    'is nothing without a session: %s',
    async (_name, route) => {
      const desk = new Person(kiroku, 'nobody');
      const terminal = new Person(kiroku, 'nobody', kiroku.pki.clients['terminal-1']);
      for (const stranger of [desk, terminal]) {
        const answer = await knock(stranger, route);
        expect([answer.status, codesOf(answer)]).toEqual([401, ['session-missing']]);
        expect(answer.headers['content-type']).toContain('application/problem+json');
      }
    },
  );

  const cells = routes.flatMap((route) =>
    route.action === null ? [] : roles.map((role) => ({ role, route, action: route.action as never })),
  );

  it.each(cells.map((cell) => [cell.role, nameOf(cell.route), cell] as const))(
    'is what the role table says of %s at %s',
    async (_role, _name, { role, route, action }) => {
      const answer = await knock(holder(role), route);
      const denied = answer.status === 403 && codesOf(answer)[0] === 'role-missing';
      expect(denied).toBe(!may([role], action));
      expect(answer.status).not.toBe(401);
      expect(answer.status).toBeLessThan(500);
    },
  );

  it('is counted when it is denied, and put on record once a minute', async () => {
    const manager = await hire(kiroku, people, ['terminal-manager']);
    await pass(kiroku, 60_000 - (Date.parse(kiroku.clock.now()) % 60_000));
    for (let knocks = 0; knocks < 3; knocks += 1) {
      await manager.post('/v1/audit/searches', { reason: '好奇心' }).expect(403);
    }
    await manager.get('/v1/retention/due').expect(403);
    const denials = kiroku.api.app.get(DenialCounter);
    await denials.flush();
    const of = { operator: manager.operator };
    expect(await onRecord(kiroku, people.security, 'AccessDenied', of)).toEqual([]);
    await pass(kiroku, 60_000);
    await denials.flush();
    await denials.flush();
    const events = await onRecord(kiroku, people.security, 'AccessDenied', of);
    expect(events.map(({ data }) => [data['action'], data['codes'], data['count']])).toEqual([
      ['search-trail', ['role-missing'], 3],
      ['view-retention', ['role-missing'], 1],
    ]);
  });

  it('is counted without what was typed when nobody knows who it was', async () => {
    const marks = ['o-marked42', '標識 花子', 'marked-token'];
    await pass(kiroku, 60_000 - (Date.parse(kiroku.clock.now()) % 60_000));
    await new Person(kiroku, 'o-marked42').signIn('555123').expect(401);
    await new Person(kiroku, '標識 花子').signIn('555123').expect(401);
    const stranger = new Person(kiroku, 'nobody');
    await stranger.get('/v1/agreement').set('authorization', 'Bearer marked-token').expect(401);
    await pass(kiroku, 60_000);
    await kiroku.api.app.get(FailureCounter).flush();
    const events = await onRecord(kiroku, people.security, 'FailuresCounted');
    const latest = events.slice(-2).map(({ data }) => [data['kind'], data['count']]);
    expect(latest).toHaveLength(2);
    expect(latest).toContainEqual(['unknown-operator', 2]);
    expect(latest).toContainEqual(['unknown-token', 1]);
    for (const mark of [...marks, '127.0.0.1']) expect(JSON.stringify(events)).not.toContain(mark);
  });

  it('is counted also when the api is stopped within the minute', async () => {
    const { operator } = holder('provider');
    const before = (await onRecord(kiroku, people.security, 'AccessDenied', { operator })).length;
    await people.provider.get('/v1/grants/any').expect(403);
    await kiroku.stopApi();
    await kiroku.startApi();
    const after = await onRecord(kiroku, people.security, 'AccessDenied', { operator });
    expect(after.length).toBeGreaterThan(before);
    expect(after.at(-1)?.data).toMatchObject({ action: 'view-access', codes: ['role-missing'] });
  });
});
