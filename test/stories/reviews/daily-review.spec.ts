import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import type { DayCounts } from '#application';
import { codesOf, type Person, today } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { onRecord } from '../access/trail.js';
import { ReviewScene } from './review-scene.js';

/** The story begins on Monday, 2032-04-05. */
const MONDAY = '2032-04-05';
const TUESDAY = '2032-04-06';

describe('the daily review', () => {
  let scene: ReviewScene;
  beforeAll(async () => {
    // What is signed is over at the next look.
    scene = await ReviewScene.open({ KIROKU_FAULT_SETTLE_SECONDS: '0' });
    await scene.inquire({ residentCode: wellKnown.found });
  });
  afterAll(() => scene.close());

  const shownOf = async (day: string): Promise<DayCounts> => {
    const shown = (await scene.days()).unsigned.find((each) => each.day === day);
    if (!shown) throw new Error(`${day} is not to be signed`);
    const { inquiries, refused, reviewsOpened } = shown;
    return { inquiries, refused, reviewsOpened };
  };
  const sign = (day: string, body: object, person: Person = scene.people.manager) =>
    person.post(`/v1/reviews/days/${day}/signature`, body);
  const overdueIncidents = async (): Promise<readonly string[]> => {
    await scene.kiroku.settle();
    await scene.kiroku.worker.watch();
    await scene.kiroku.worker.raise();
    await scene.kiroku.settle();
    const { body } = await scene.people.responder.get('/v1/incidents').expect(200);
    return (body.incidents as { cause: string | null; incident: string; fault: { standing: boolean } }[])
      .filter(({ cause, fault }) => cause === 'review-unsigned' && fault.standing)
      .map(({ incident }) => incident);
  };

  it('does not ask for a day that is not over', async () => {
    const { today: day, unsigned } = await scene.days();
    expect([day, unsigned]).toEqual([MONDAY, []]);
    const early = await sign(MONDAY, { inquiries: 1, refused: 0, reviewsOpened: 0 }).expect(422);
    expect(codesOf(early)).toEqual(['review-day-not-over']);
  });

  it('shows a day from its end on until it is signed, with what there was on it', async () => {
    await scene.nextDay();
    expect((await scene.days()).unsigned).toEqual([
      { day: MONDAY, due: TUESDAY, overdue: false, inquiries: 1, refused: 0, reviewsOpened: 0 },
    ]);
    const { body } = await scene.people.security.get('/v1/reviews/days').expect(200);
    expect(body.unsigned).toHaveLength(1);
    expect(await overdueIncidents()).toEqual([]);
  });

  it('is signed with the counts that were shown, once', async () => {
    const shown = await shownOf(MONDAY);
    const changed = await sign(MONDAY, { ...shown, inquiries: shown.inquiries + 1 }).expect(409);
    expect(codesOf(changed)).toEqual(['review-day-changed']);
    await sign(MONDAY, { ...shown, remark: '異常なし' }).expect(204);
    expect(codesOf(await sign(MONDAY, shown).expect(409))).toEqual(['review-day-signed']);
    const { unsigned, signed } = await scene.days();
    expect(unsigned).toEqual([]);
    expect(signed).toEqual([
      { day: MONDAY, ...shown, signedBy: scene.people.manager.operator, signedAt: expect.any(String) },
    ]);
    const [reviewed] = await onRecord(scene.kiroku, scene.people.security, 'DayReviewed');
    expect(reviewed?.data).toEqual({ day: MONDAY, ...shown, through: expect.stringMatching(/^\d+$/) });
  });

  it('is not signed by who inquired on that day, whatever they have become since', async () => {
    const { kiroku, people } = scene;
    await scene.inquire({ residentCode: wellKnown.found });
    const { body } = await people.manager
      .post(`/v1/operators/${people.operator.operator}/roles`, {
        roles: ['terminal-manager'],
        effectiveFrom: today(kiroku),
      })
      .expect(201);
    await people.secondManager
      .post(`/v1/operators/${people.operator.operator}/roles/${body.proposal}/approval`)
      .expect(204);
    await scene.nextDay();
    const own = await sign(TUESDAY, await shownOf(TUESDAY), people.operator).expect(403);
    expect(codesOf(own)).toEqual(['reviewer-is-person-concerned']);
  });

  it('is alarmed when it is late, until it is signed', async () => {
    // Wednesday is the last day for Tuesday.
    expect(await overdueIncidents()).toEqual([]);
    await scene.nextDay();
    const { unsigned } = await scene.days();
    expect(unsigned.map(({ day, overdue }) => [day, overdue])).toEqual([
      [TUESDAY, true],
      ['2032-04-07', false],
    ]);
    let incident: readonly string[] = [];
    await until('an incident because of the day', async () => {
      incident = await overdueIncidents();
      return incident.length === 1;
    });
    await sign(TUESDAY, await shownOf(TUESDAY)).expect(204);
    await until('the end of the fault', async () => (await overdueIncidents()).length === 0);
    const { body } = await scene.people.responder.get(`/v1/incidents/${incident[0]}`).expect(200);
    expect(body).toMatchObject({ kind: 'failure', cause: 'review-unsigned', fault: { standing: false } });
  });

  it('does not ask for a weekend on which nobody inquired', async () => {
    for (const _day of ['Friday', 'Saturday', 'Sunday', 'Monday']) await scene.nextDay();
    expect((await scene.days()).unsigned.map(({ day, due }) => [day, due])).toEqual([
      ['2032-04-07', '2032-04-08'],
      ['2032-04-08', '2032-04-09'],
      ['2032-04-09', '2032-04-12'],
    ]);
  });

  it.each([
    ['a day before the agreement', '2032-04-02', 'review-day-before-agreement'],
    ['a day of no calendar', '2032-02-30', 'review-day-malformed'],
    ['no day at all', 'yesterday', 'review-day-malformed'],
  ])('says what is wrong: %s', async (_what, day, code) => {
    const answer = await sign(day, { inquiries: 0, refused: 0, reviewsOpened: 0 }).expect(422);
    expect(codesOf(answer)).toEqual([code]);
  });

  it('is the terminal manager’s', async () => {
    const { security, responder } = scene.people;
    const body = { inquiries: 0, refused: 0, reviewsOpened: 0 };
    expect(codesOf(await sign('2032-04-07', body, security).expect(403))).toEqual(['role-missing']);
    expect(codesOf(await responder.get('/v1/reviews/days').expect(403))).toEqual(['role-missing']);
  });
});
