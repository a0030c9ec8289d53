import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { parseEntry } from '#domain';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { codesOf, hire, type Person, today } from '../../harness/people.js';
import { onRecord } from '../access/trail.js';
import { ReviewScene } from './review-scene.js';

describe('a review', () => {
  let scene: ReviewScene;
  let review: string;

  beforeAll(async () => {
    scene = await ReviewScene.open({ KIROKU_DETECT_NOT_FOUND: '2' });
    for (let times = 0; times < 2; times += 1) await scene.inquire({ residentCode: wellKnown.nobody });
    review = (await scene.reviews())[0]?.review ?? '';
  });
  afterAll(() => scene.close());

  const note = (person: Person, text: string, id = review) =>
    person.post(`/v1/reviews/${id}/notes`, { note: text });
  const close = (person: Person, body: object, id = review) => person.post(`/v1/reviews/${id}/closure`, body);
  const explained = { conclusion: 'explained', finding: '同姓同名の転出者を確認していた。' };

  /** Opens another one by guessing again. */
  const another = async (): Promise<string> => {
    const before = new Set((await scene.reviews()).map((each) => each.review));
    await scene.inquire({ residentCode: wellKnown.found });
    for (let times = 0; times < 2; times += 1) await scene.inquire({ residentCode: wellKnown.nobody });
    return (await scene.reviews()).find((each) => !before.has(each.review))?.review ?? '';
  };

  it('is looked at by a security officer, and that is on record', async () => {
    const seen = await scene.report(review);
    expect(seen).toMatchObject({ review, state: 'open', finding: null, notes: [] });
    expect(seen.evidence).not.toHaveProperty('tokens');
    const opened = await scene.kiroku.api.rooms.store.readStream(`review-${review}`);
    const looked = await onRecord(scene.kiroku, scene.people.security, 'EventViewed');
    expect(looked.map(({ data }) => data['event'])).toContain(opened[0]?.id);
  });

  it('takes notes until it is closed with a finding', async () => {
    const { security } = scene.people;
    await note(security, '本人に事情を聴いた。').expect(204);
    await close(security, explained).expect(204);
    const seen = await scene.report(review);
    expect(seen).toMatchObject({
      state: 'closed',
      conclusion: 'explained',
      incident: null,
      finding: explained.finding,
      notes: [{ by: security.operator, note: '本人に事情を聴いた。' }],
    });
    expect(codesOf(await note(security, 'もう一度').expect(409))).toEqual(['review-closed']);
    expect(codesOf(await close(security, explained).expect(409))).toEqual(['review-closed']);
    expect((await scene.reviews()).find((each) => each.review === review)?.state).toBe('closed');
    const [closed] = await onRecord(scene.kiroku, security, 'ReviewClosed');
    expect(closed?.data).toEqual({ review, conclusion: 'explained', incident: null });
  });

  it('says what is wrong with a note and with a finding', async () => {
    const { security } = scene.people;
    const open = await another();
    expect(codesOf(await note(security, ' ', open).expect(422))).toEqual(['review-note-malformed']);
    const wrong = await close(security, { conclusion: 'whatever', finding: '' }, open).expect(422);
    expect(codesOf(wrong)).toEqual(['review-conclusion-unlisted', 'review-finding-malformed']);
    for (const id of [uuidv7(), 'none']) {
      expect(codesOf(await note(security, 'x', id).expect(404))).toEqual(['review-missing']);
      expect(codesOf(await close(security, explained, id).expect(404))).toEqual(['review-missing']);
      expect(codesOf(await security.get(`/v1/reviews/${id}`).expect(404))).toEqual(['review-missing']);
    }
  });

  it('comes to improper use only with the incident that was declared for it', async () => {
    const { security } = scene.people;
    const open = await another();
    const improper = { conclusion: 'improper', finding: '私的な目的の照会であった。' };
    expect(codesOf(await close(security, improper, open).expect(422))).toEqual(['review-incident-missing']);
    const invented = { ...improper, incident: uuidv7() };
    expect(codesOf(await close(security, invented, open).expect(422))).toEqual(['review-incident-missing']);
    const { body } = await security
      .post('/v1/incidents', { kind: 'leak-feared', description: '私的な照会の疑い' })
      .expect(201);
    await close(security, { ...improper, incident: body.incident }, open).expect(204);
    expect(await scene.report(open)).toMatchObject({ conclusion: 'improper', incident: body.incident });
  });

  it('is neither noted nor closed by the person concerned, whatever they have become since', async () => {
    const { kiroku, people } = scene;
    const open = await another();
    const day = today(kiroku);
    const { operator } = people.operator;
    const { body } = await people.manager
      .post(`/v1/operators/${operator}/roles`, { roles: ['security-officer'], effectiveFrom: day })
      .expect(201);
    await people.secondManager.post(`/v1/operators/${operator}/roles/${body.proposal}/approval`).expect(204);
    for (const attempt of [note(people.operator, '問題ない', open), close(people.operator, explained, open)])
      expect(codesOf(await attempt.expect(403))).toEqual(['reviewer-is-person-concerned']);
    await close(people.security, explained, open).expect(204);
  });

  it('is listed page by page, open ones first', async () => {
    const all = await scene.reviews();
    const { security } = scene.people;
    const { body: first } = await security.get('/v1/reviews?limit=1').expect(200);
    const { body: second } = await security.get(`/v1/reviews?limit=1&cursor=${first.next}`).expect(200);
    expect([...first.reviews, ...second.reviews]).toEqual(all.slice(0, 2));
    expect(codesOf(await security.get('/v1/reviews?cursor=x').expect(400))).toEqual(['cursor-unknown']);
    for (const limit of ['0', '501', 'x']) await security.get(`/v1/reviews?limit=${limit}`).expect(400);
  });
});

describe('the watch list', () => {
  let scene: ReviewScene;
  beforeAll(async () => {
    scene = await ReviewScene.open();
  });
  afterAll(() => scene.close());

  const reason = '住民基本台帳事務における支援措置';
  const person = { residentCode: wellKnown.found, reason };

  it('is kept by the security officers; whom it is about is seen one by one, and that is on record', async () => {
    const { kiroku, people } = scene;
    const { body } = await people.security
      .post('/v1/watch-list', { ...person, until: '2033-03-31' })
      .expect(201);
    await kiroku.settle();
    const { body: listed } = await people.security.get('/v1/watch-list').expect(200);
    expect(listed.entries).toEqual([
      { entry: body.entry, until: '2033-03-31', watchedAt: expect.any(String) },
    ]);
    const { body: shown } = await people.security.get(`/v1/watch-list/${body.entry}`).expect(200);
    expect(shown).toMatchObject({ ...person, until: '2033-03-31', by: people.security.operator });
    const [stored] = await kiroku.api.rooms.store.readStream(`watch-${body.entry}`);
    expect(stored?.entry).not.toContain(wellKnown.found);
    const looked = await onRecord(kiroku, people.security, 'EventViewed');
    expect(looked.map(({ data }) => data['event'])).toContain(stored?.id);
    await people.security.post(`/v1/watch-list/${body.entry}/end`, { reason: '終了' }).expect(204);
    for (const attempt of [
      people.security.post(`/v1/watch-list/${body.entry}/end`, { reason: '終了' }),
      people.security.get(`/v1/watch-list/${body.entry}`),
      people.security.get('/v1/watch-list/none'),
    ])
      expect(codesOf(await attempt.expect(404))).toEqual(['watch-missing']);
    await kiroku.settle();
    expect((await people.security.get('/v1/watch-list').expect(200)).body.entries).toEqual([]);
  });

  it.each([
    ['a code with a wrong check digit', { residentCode: '24727059609' }, 'check-digit-wrong'],
    ['a day that is over', { until: '2032-04-04' }, 'watch-until-malformed'],
    ['a day of no calendar', { until: '2033-02-30' }, 'watch-until-malformed'],
    ['no reason', { reason: ' ' }, 'reason-malformed'],
  ])('says what is wrong, and repeats nothing of it: %s', async (_what, change, code) => {
    const answer = await scene.people.security.post('/v1/watch-list', { ...person, ...change }).expect(422);
    expect(codesOf(answer)).toEqual([code]);
    expect(answer.text).not.toContain('24727059609');
  });

  it('is nobody else’s business', async () => {
    const { operator, manager, retention, responder, provider } = scene.people;
    for (const other of [operator, manager, retention, responder, provider]) {
      expect(codesOf(await other.get('/v1/watch-list').expect(403))).toEqual(['role-missing']);
      expect(codesOf(await other.get('/v1/reviews').expect(403))).toEqual(['role-missing']);
    }
  });
});

describe('saved searches', () => {
  let scene: ReviewScene;
  let colleague: Person;
  beforeAll(async () => {
    scene = await ReviewScene.open();
    colleague = await hire(scene.kiroku, scene.people, ['security-officer']);
  });
  afterAll(() => scene.close());

  const refusedAtNight = {
    name: '夜間の拒否',
    query: 'outcome:refused  -terminal:terminal-2',
    shared: false,
  };
  const save = async (terms: object, person = scene.people.security): Promise<string> => {
    const { body } = await person.post('/v1/saved-searches', terms).expect(201);
    await scene.kiroku.settle();
    return body.savedSearch;
  };
  const namesFor = async (person: Person): Promise<readonly string[]> => {
    const { body } = await person.get('/v1/saved-searches').expect(200);
    return (body.savedSearches as { name: string }[]).map(({ name }) => name);
  };

  it('are an officer’s own unless they are shared', async () => {
    const { security } = scene.people;
    const own = await save(refusedAtNight);
    const shared = await save({ ...refusedAtNight, name: '拒否', shared: true });
    expect(await namesFor(security)).toEqual(['夜間の拒否', '拒否']);
    expect(await namesFor(colleague)).toEqual(['拒否']);
    const { body } = await security.get(`/v1/saved-searches/${own}`).expect(200);
    expect(body).toMatchObject({
      version: 1,
      owner: security.operator,
      query: 'outcome:refused -terminal:terminal-2',
    });
    const search = { query: body.query, reason: '日次点検' };
    await security.post('/v1/audit/searches', search).expect(200);
    for (const attempt of [
      colleague.get(`/v1/saved-searches/${own}`),
      colleague.put(`/v1/saved-searches/${own}`, refusedAtNight),
      colleague.delete(`/v1/saved-searches/${own}`),
      security.get(`/v1/saved-searches/${uuidv7()}`),
      security.get('/v1/saved-searches/none'),
    ])
      expect(codesOf(await attempt.expect(404))).toEqual(['saved-search-missing']);
    expect(codesOf(await colleague.put(`/v1/saved-searches/${shared}`, refusedAtNight).expect(403))).toEqual([
      'saved-search-of-other',
    ]);
    await security
      .put(`/v1/saved-searches/${shared}`, { ...refusedAtNight, name: '全拒否', shared: true })
      .expect(204);
    await scene.kiroku.settle();
    expect(await namesFor(colleague)).toEqual(['全拒否']);
    await colleague.delete(`/v1/saved-searches/${shared}`).expect(204);
    await security.delete(`/v1/saved-searches/${own}`).expect(204);
    await scene.kiroku.settle();
    expect([await namesFor(colleague), await namesFor(security)]).toEqual([[], []]);
  });

  it('hold nothing in clear of what is looked for', async () => {
    const saved = await save({ ...refusedAtNight, query: 'case:"SK-2032-*"' });
    const stored = await scene.kiroku.api.rooms.store.readStream(`saved-search-${saved}`);
    expect(stored[0]?.entry).not.toMatch(/SK-2032|夜間/);
    await scene.people.security.delete(`/v1/saved-searches/${saved}`).expect(204);
  });

  it.each([
    ['a name of nothing', { name: ' ' }, 422, 'saved-search-name-malformed'],
    ['a resident code for a name', { name: wellKnown.found }, 422, 'saved-search-name-malformed'],
    ['a field that does not exist', { query: 'resident:x' }, 422, 'query-field-unknown'],
    ['an identifier in the query', { query: `case:${wellKnown.found}` }, 422, 'identifier-in-query'],
    [
      'a threshold over a period that is over',
      { query: 'outcome:refused at:2032-03', threshold: { count: 1, days: 1 } },
      422,
      'saved-search-period-over',
    ],
    ['a threshold of nothing', { threshold: { count: 0, days: 1 } }, 400, 'request-malformed'],
  ])('say what is wrong: %s', async (_what, change, status, code) => {
    const answer = await scene.people.security.post('/v1/saved-searches', { ...refusedAtNight, ...change });
    expect([answer.status, codesOf(answer)[0]]).toEqual([status, code]);
    expect(answer.text).not.toContain(wellKnown.found);
  });

  it('open a review once a day when their threshold is reached', async () => {
    const { kiroku, people } = scene;
    const saved = await save({
      ...refusedAtNight,
      query: 'type:InquiryReceived',
      threshold: { count: 2, days: 1 },
    });
    const judged = async (): Promise<readonly string[]> => {
      await kiroku.settle();
      await kiroku.worker.tidy();
      return (await scene.found()).flatMap(({ evidence, savedSearch, review }) =>
        evidence?.detector === 'saved-search' && savedSearch === saved ? [review] : [],
      );
    };
    await scene.inquire({ residentCode: wellKnown.found });
    expect(await judged()).toEqual([]);
    await scene.inquire({ residentCode: wellKnown.found });
    const [review, ...others] = await judged();
    expect(others).toEqual([]);
    expect(await scene.report(review ?? '')).toMatchObject({ concern: 'search', operator: null });
    await scene.inquire({ residentCode: wellKnown.found });
    expect(await judged()).toEqual([review]);
    await people.security.delete(`/v1/saved-searches/${saved}`).expect(204);
  });

  it('are run by their id, whose link says nothing; who ran which one is on record', async () => {
    const { kiroku, people } = scene;
    const shared = await save({ ...refusedAtNight, query: 'type:SignedIn', shared: true });
    const run = (person: Person, more: object = {}, path = '/v1/audit/searches') =>
      person.post(path, { savedSearch: shared, reason: '日次点検', ...more });
    const { body: typed } = await people.security
      .post('/v1/audit/searches', { query: 'type:SignedIn', reason: '日次点検' })
      .expect(200);
    const { body } = await run(colleague).expect(200);
    expect(body.rows).toEqual(typed.rows);
    expect(body.rows.length).toBeGreaterThan(2);
    const { body: narrowed } = await run(colleague, { operator: colleague.operator }).expect(200);
    // With the initial PIN, and with the own one.
    expect(narrowed.rows).toHaveLength(2);
    const { body: counted } = await run(colleague, {}, '/v1/audit/searches/count').expect(200);
    expect(counted.count).toBe(body.rows.length);
    const stored = (await kiroku.api.rooms.store.readAll(null, 10_000)).findLast(
      ({ type }) => type === 'TrailSearched',
    );
    const entry = parseEntry(stored?.entry ?? '');
    expect(await kiroku.api.rooms.vault.open(entry, 'filters')).toMatchObject({
      value: { savedSearch: shared, query: 'type:SignedIn' },
    });
    expect(codesOf(await run(colleague, { query: 'type:SignedIn' }).expect(400))).toContain(
      'field-malformed',
    );
    await run(colleague, { savedSearch: 'none' }).expect(400);
    const own = await save({ ...refusedAtNight, query: 'type:SignedIn' });
    for (const savedSearch of [own, uuidv7()])
      expect(codesOf(await run(colleague, { savedSearch }).expect(404))).toEqual(['saved-search-missing']);
    for (const id of [own, shared]) await people.security.delete(`/v1/saved-searches/${id}`).expect(204);
  });

  it('look for words the day after, and that the worker opened them is on record', async () => {
    const { kiroku, people } = scene;
    const saved = await save({
      ...refusedAtNight,
      name: '知人',
      query: 'text:知人',
      threshold: { count: 1, days: 1 },
    });
    const search = { query: 'outcome:found', reason: '知人の照会の確認' };
    await people.security.post('/v1/audit/searches', search).expect(200);
    await kiroku.settle();
    await kiroku.worker.tidy();
    const ofSearch = async () =>
      (await scene.found())
        .filter(({ savedSearch }) => savedSearch === saved)
        .map(({ evidence }) => evidence);
    expect(await ofSearch()).toEqual([]);
    await scene.nextDay();
    for (const person of [people.security, people.manager]) await person.enter();
    await kiroku.settle();
    await kiroku.worker.tidy();
    expect(await ofSearch()).toMatchObject([{ detector: 'saved-search', count: 1 }]);
    const looks = await onRecord(kiroku, people.security, 'SavedSearchJudged');
    expect(looks).toMatchObject([
      { stream: `saved-search-look-${saved}-1-2032-04-05`, data: { savedSearch: saved, version: 1 } },
    ]);
    await kiroku.worker.tidy();
    expect(await ofSearch()).toHaveLength(1);
  });
});
