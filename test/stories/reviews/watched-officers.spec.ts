import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, hire, type Person, today } from '../../harness/people.js';
import { ReviewScene } from './review-scene.js';

describe('a saved search with a threshold that finds what an officer did', () => {
  let scene: ReviewScene;
  let watched: Person;
  let third: Person;
  beforeAll(async () => {
    scene = await ReviewScene.open();
    watched = await hire(scene.kiroku, scene.people, ['security-officer']);
    third = await hire(scene.kiroku, scene.people, ['security-officer']);
  });
  afterAll(() => scene.close());

  const watching = async (query: string, person: Person = scene.people.security): Promise<string> => {
    const terms = { name: '担当者の操作', query, shared: true, threshold: { count: 1, days: 1 } };
    const { body } = await person.post('/v1/saved-searches', terms).expect(201);
    await scene.kiroku.settle();
    return body.savedSearch;
  };
  const searches = (person: Person) =>
    person.post('/v1/audit/searches', { query: 'outcome:found', reason: '日次点検' }).expect(200);
  const judged = async (savedSearch: string): Promise<string> => {
    await scene.kiroku.settle();
    await scene.kiroku.worker.tidy();
    const found = (await scene.reviews()).filter((review) => review.savedSearch === savedSearch);
    expect(found).toHaveLength(1);
    return found[0]?.review ?? '';
  };
  const note = (person: Person, review: string) =>
    person.post(`/v1/reviews/${review}/notes`, { note: '確認した' });
  const close = (person: Person, review: string) =>
    person.post(`/v1/reviews/${review}/closure`, {
      conclusion: 'explained',
      finding: '業務上の操作であった',
    });
  const cannot = async (person: Person, review: string): Promise<void> => {
    for (const attempt of [note(person, review), close(person, review)])
      expect(codesOf(await attempt.expect(403))).toEqual(['reviewer-is-person-concerned']);
  };

  it('opens a review that says whose events it found, and that this officer cannot close', async () => {
    const saved = await watching(`operator:${watched.operator} type:TrailSearched`);
    await searches(watched);
    const review = await judged(saved);
    expect(await scene.report(review)).toMatchObject({
      operator: null,
      evidence: { version: 1, operators: [watched.operator], moreOperators: true },
    });
    await cannot(watched, review);
    await note(third, review).expect(204);
    await close(third, review).expect(204);
    await scene.people.security.delete(`/v1/saved-searches/${saved}`).expect(204);
  });

  it('finds what they do after the review was opened as well', async () => {
    const saved = await watching('type:TrailSearched');
    await searches(watched);
    const review = await judged(saved);
    await searches(third);
    for (const officer of [watched, third]) await cannot(officer, review);
    await close(scene.people.security, review).expect(204);
    await scene.people.security.delete(`/v1/saved-searches/${saved}`).expect(204);
  });

  it('looks at the version that was judged, changed or removed meanwhile', async () => {
    const { security } = scene.people;
    const saved = await watching(`operator:${watched.operator} type:TrailSearched`);
    await searches(watched);
    const review = await judged(saved);
    const terms = { name: '別の条件', query: 'type:KeyDestroyed', shared: true };
    await security.put(`/v1/saved-searches/${saved}`, terms).expect(204);
    await cannot(watched, review);
    await security.delete(`/v1/saved-searches/${saved}`).expect(204);
    await cannot(watched, review);
    await close(third, review).expect(204);
  });

  it('is removed by its owner alone, until the owner may save searches no more', async () => {
    const { kiroku, people } = scene;
    const owner = await hire(kiroku, people, ['security-officer']);
    const saved = await watching(`operator:${watched.operator}`, owner);
    for (const officer of [watched, third])
      expect(codesOf(await officer.delete(`/v1/saved-searches/${saved}`).expect(403))).toEqual([
        'saved-search-of-other',
      ]);
    const left = { roles: ['retention-officer'], effectiveFrom: today(kiroku) };
    const { body } = await people.manager.post(`/v1/operators/${owner.operator}/roles`, left).expect(201);
    await people.secondManager
      .post(`/v1/operators/${owner.operator}/roles/${body.proposal}/approval`)
      .expect(204);
    expect(codesOf(await watched.delete(`/v1/saved-searches/${saved}`).expect(403))).toEqual([
      'saved-search-of-other',
    ]);
    await third.delete(`/v1/saved-searches/${saved}`).expect(204);
  });
});
