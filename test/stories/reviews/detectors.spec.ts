import { afterEach, describe, expect, it } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { ask } from '../../harness/people.js';
import { passUntil } from '../access/time.js';
import { onRecord } from '../access/trail.js';
import { ReviewScene } from './review-scene.js';

describe('who looks at what they should not', () => {
  let scene: ReviewScene;
  afterEach(() => scene.close());

  /** Nothing but one detector, so that each story is about one. */
  const quiet = {
    KIROKU_DETECT_SAME_RESIDENT: 'off',
    KIROKU_DETECT_OWN_NAME: 'off',
    KIROKU_DETECT_OUT_OF_HOURS: 'off',
    KIROKU_DETECT_VOLUME: 'off',
    KIROKU_DETECT_NOT_FOUND: 'off',
    KIROKU_DETECT_WITHOUT_CASE: 'off',
  };
  const code = { residentCode: wellKnown.found };

  it('is found who asks about the same resident again and again, however they ask', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_SAME_RESIDENT: '4/30' });
    const { operator } = scene.people;
    const asked = [await scene.inquire(code), await scene.inquire(code)];
    await scene.nextDay();
    asked.push(await scene.inquire(code));
    expect(await scene.reviews()).toEqual([]);
    await scene.nextDay();
    asked.push(await scene.inquire(code));
    const [found, ...others] = await scene.found();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      state: 'open',
      concern: 'resident',
      operator: operator.operator,
      evidence: { detector: 'same-resident', inquiries: asked, count: 4, threshold: 4 },
    });
    expect(found?.evidence?.title).toEqual({ en: expect.any(String), ja: expect.any(String) });
    // Once a month while it goes on, and not about a colleague who asks once.
    await scene.inquire(code);
    expect(await scene.reviews()).toHaveLength(1);
  });

  it('is found after a restart of the worker, which remembers from the record alone', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_SAME_RESIDENT: '4/30' });
    for (let times = 0; times < 3; times += 1) await scene.inquire(code);
    expect(await scene.reviews()).toEqual([]);
    await scene.kiroku.stopWorker();
    await scene.inquire(code);
    await scene.kiroku.startWorker();
    const [found, ...others] = await scene.found();
    expect([found?.evidence?.count, others]).toEqual([4, []]);
    await scene.kiroku.stopWorker();
    await scene.kiroku.startWorker();
    expect(await scene.reviews()).toHaveLength(1);
  });

  it('is found who asks about somebody of their own name, in whatever form', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_OWN_NAME: 'family-name' });
    await scene.inquire({ name: '別人 太郎', birthDate: '1970-01-01' });
    expect(await scene.reviews()).toEqual([]);
    // The operator is registered as 窓口 一郎.
    const own = await scene.inquire({ name: '窓口　一郎', birthDate: '1970-01-01' });
    const [found, ...others] = await scene.found();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      concern: 'resident',
      evidence: { detector: 'own-name', inquiries: [own] },
    });
    expect(JSON.stringify(found)).not.toContain('窓口');
    const family = await scene.inquire({ name: '窓口 花子', birthDate: '1970-01-01' });
    expect((await scene.found()).map(({ evidence }) => evidence?.inquiries)).toContainEqual([family]);
  });

  it('is found who asks about somebody of their household, as long as the name is on record', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_OWN_NAME: 'self' });
    const { manager, operator } = scene.people;
    const declare = (...names: string[]) =>
      manager.put(`/v1/operators/${operator.operator}/household`, { names }).expect(204);
    const daughter = { name: '鈴木 サクラ', birthDate: '1970-01-01' };
    await scene.inquire(daughter);
    expect(await scene.reviews()).toEqual([]);
    await declare('窓口 花子', '鈴木　さくら');
    const asked = await scene.inquire(daughter);
    const [found, ...others] = await scene.found();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      concern: 'resident',
      operator: operator.operator,
      evidence: { detector: 'own-name', inquiries: [asked] },
    });
    const stored = await scene.kiroku.api.rooms.store.readStream(`review-${found?.review}`);
    for (const text of [JSON.stringify(found), ...stored.map(({ entry }) => entry)])
      expect(text).not.toMatch(/鈴木|窓口/);
    await declare('窓口 花子');
    await scene.inquire(daughter);
    expect(await scene.reviews()).toHaveLength(1);
  });

  it('is found who asks at night, and on a day on which the office is closed', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_OUT_OF_HOURS: '1' });
    await scene.inquire(code);
    expect(await scene.reviews()).toEqual([]);
    await scene.nextDay(22);
    const atNight = await scene.inquire(code);
    const [night] = await scene.found();
    expect(night).toMatchObject({
      concern: 'conduct',
      evidence: { detector: 'out-of-hours', inquiries: [atNight] },
    });
    // Tuesday night; Saturday is the tenth.
    for (const _day of ['Wednesday', 'Thursday', 'Friday', 'Saturday']) await scene.nextDay();
    await scene.people.operator.enter();
    const onSaturday = await scene.inquire(code);
    await scene.people.security.enter();
    expect((await scene.found()).map(({ evidence }) => evidence?.inquiries)).toEqual([
      [onSaturday],
      [atNight],
    ]);
    // 昭和の日, a Thursday; nobody has agreed on any closed day.
    await passUntil(scene.kiroku, '2032-04-29T01:00:00.000Z');
    await scene.people.operator.enter();
    const onHoliday = await scene.inquire(code);
    await scene.people.security.enter();
    expect((await scene.found())[0]?.evidence?.inquiries).toEqual([onHoliday]);
  });

  it('is found who asks far more than there is to do', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_VOLUME: '3/5/100' });
    // Without a baseline a hundred are in order.
    for (let times = 0; times < 100; times += 1) await scene.inquire(code);
    expect(await scene.reviews()).toEqual([]);
    await scene.inquire(code);
    expect(
      (await scene.found()).map(({ concern, evidence }) => [concern, evidence?.detector, evidence?.count]),
    ).toEqual([['conduct', 'volume', 101]]);
  });

  it('is found who guesses: many that nobody is found for in a row', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_NOT_FOUND: '3' });
    const nobody = { residentCode: wellKnown.nobody };
    await scene.inquire(nobody);
    await scene.inquire(nobody);
    await scene.inquire(code);
    await scene.inquire(nobody);
    await scene.inquire(nobody);
    expect(await scene.reviews()).toEqual([]);
    await scene.inquire(nobody);
    expect((await scene.found()).map(({ evidence }) => [evidence?.detector, evidence?.count])).toEqual([
      ['not-found-in-a-row', 3],
    ]);
  });

  it('is found who asks without a proper case, again and again', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_WITHOUT_CASE: '1/2' });
    const attempt = () => ask(scene.people.operator, code, { caseReference: 'whatever' });
    expect((await attempt()).status).toBe(422);
    expect(await scene.reviews()).toEqual([]);
    await attempt();
    expect((await scene.found()).map(({ evidence }) => [evidence?.detector, evidence?.count])).toEqual([
      ['without-case', 2],
    ]);
  });

  it('is found whoever asks about a protected person, as long as that person is on the watch list', async () => {
    scene = await ReviewScene.open(quiet);
    const { security } = scene.people;
    await scene.inquire(code);
    expect(await scene.reviews()).toEqual([]);
    const { body } = await security
      .post('/v1/watch-list', { residentCode: wellKnown.found, reason: 'ＤＶ等支援措置' })
      .expect(201);
    await scene.inquire({ residentCode: wellKnown.nobody });
    expect(await scene.reviews()).toEqual([]);
    const asked = await scene.inquire(code);
    const [found, ...others] = await scene.found();
    expect(others).toEqual([]);
    // In clear it says only that it is about a resident, as a finding of the own name does.
    expect(found).toMatchObject({
      concern: 'resident',
      evidence: { detector: 'watched-resident', inquiries: [asked] },
    });
    expect(JSON.stringify(await scene.reviews())).not.toContain('watched');
    await security.post(`/v1/watch-list/${body.entry}/end`, { reason: '支援措置の終了' }).expect(204);
    await scene.kiroku.settle();
    await scene.inquire(code);
    expect(await scene.reviews()).toHaveLength(1);
  });

  it('opens nothing personal outside the seal', async () => {
    scene = await ReviewScene.open({ ...quiet, KIROKU_DETECT_OWN_NAME: 'self' });
    const asked = await scene.inquire({ name: '窓口 一郎', birthDate: '1970-01-01' });
    await scene.reviews();
    const [opened] = await onRecord(scene.kiroku, scene.people.security, 'ReviewOpened');
    expect(Object.keys(opened?.data ?? {}).toSorted()).toEqual([
      'concern',
      'operator',
      'review',
      'savedSearch',
    ]);
    expect(opened?.stream).toBe(`review-${String(opened?.data['review'])}`);
    expect(JSON.stringify(opened)).not.toContain(asked);
    expect(opened?.data['operator']).toBe(scene.people.operator.operator);
  });
});
