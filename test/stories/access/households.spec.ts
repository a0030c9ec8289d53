import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kiroku } from '../../harness/kiroku.js';
import { codesOf, type FirstPeople, firstPeople, hire, type Person } from '../../harness/people.js';
import { onRecord } from './trail.js';

describe('the household of an operator', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  let operator: Person;
  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
    operator = await hire(kiroku, people);
  });
  afterAll(() => kiroku.stop());

  const path = (of: Person = operator): string => `/v1/operators/${of.operator}/household`;
  const names = ['窓口 花子', '鈴木　さくら'];

  it('is not known until a terminal manager puts it on record; the list is replaced as a whole', async () => {
    const { manager } = people;
    const { body: nothing } = await manager.get(path()).expect(200);
    expect(nothing).toEqual({ declaredAt: null, by: null, names: [] });
    await manager.put(path(), { names }).expect(204);
    expect((await manager.get(path()).expect(200)).body).toEqual({
      declaredAt: expect.any(String),
      by: manager.operator,
      names,
    });
    await manager.put(path(), { names: [] }).expect(204);
    expect((await manager.get(path()).expect(200)).body.names).toEqual([]);
  });

  it('is sealed, and whoever looks at it is on record', async () => {
    const { manager, security } = people;
    await manager.put(path(), { names }).expect(204);
    const stored = await kiroku.api.rooms.store.readStream(`operator-${operator.operator}`);
    const declared = stored.filter(({ type }) => type === 'HouseholdDeclared').at(-1);
    expect(declared?.entry).toContain(`person/${operator.operator}`);
    expect(declared?.entry).not.toMatch(/窓口|鈴木/);
    await security.get(path()).expect(200);
    await kiroku.settle();
    const looked = await onRecord(kiroku, security, 'EventViewed', { operator: security.operator });
    expect(looked.map(({ data }) => data['event'])).toContain(declared?.id);
  });

  it('is not declared by the person concerned, nor of anybody who asks nothing', async () => {
    const { manager, provider } = people;
    expect(codesOf(await manager.put(path(manager), { names }).expect(403))).toEqual([
      'household-of-declarer',
    ]);
    expect(codesOf(await manager.put(path(provider), { names }).expect(403))).toEqual([
      'household-of-provider',
    ]);
    for (const attempt of [
      manager.put('/v1/operators/o-nobody/household', { names }),
      manager.get('/v1/operators/o-nobody/household'),
    ])
      expect(codesOf(await attempt.expect(404))).toEqual(['operator-missing']);
  });

  it.each<[string, object, number, string]>([
    ['a blank name', { names: [' '] }, 422, 'household-malformed'],
    ['a number of a resident', { names: ['佐藤 24727059608'] }, 422, 'household-malformed'],
    ['somebody twice', { names: ['佐藤 一郎', '佐藤一郎'] }, 422, 'household-malformed'],
    [
      'one too many',
      { names: Array.from({ length: 21 }, (_, at) => '一'.repeat(at + 1)) },
      400,
      'request-malformed',
    ],
    ['no list', { names: '佐藤' }, 400, 'request-malformed'],
  ])('says what is wrong, and repeats nothing of it: %s', async (_what, body, status, code) => {
    const answer = await people.manager.put(path(), body);
    expect([answer.status, codesOf(answer)[0]]).toEqual([status, code]);
    expect(answer.text).not.toContain('佐藤');
  });
});
