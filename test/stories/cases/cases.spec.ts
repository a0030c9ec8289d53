import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import type { TrailRow } from '#read-models';
import { ask, codesOf, grant, hire, Person, PURPOSE, today } from '../../harness/people.js';
import { onRecord } from '../access/trail.js';
import { raw } from '../manners/raw.js';
import { ReviewScene } from '../reviews/review-scene.js';

/** Only the detector that this is about. */
const quiet = {
  KIROKU_DETECT_SAME_RESIDENT: 'off',
  KIROKU_DETECT_OWN_NAME: 'off',
  KIROKU_DETECT_OUT_OF_HOURS: 'off',
  KIROKU_DETECT_VOLUME: 'off',
  KIROKU_DETECT_NOT_FOUND: 'off',
  KIROKU_CASE_GRACE_DAYS: '2',
};

const affair = 'rtva-59-1';
const numbered = (n: number): string => `SK-2032-${String(n).padStart(6, '0')}`;

describe('the agency hands its cases over', () => {
  let scene: ReviewScene;
  let registrar: Person;
  beforeAll(async () => {
    scene = await ReviewScene.open(quiet);
    registrar = await hire(scene.kiroku, scene.people, ['case-registrar']);
  });
  afterAll(() => scene.close());

  const open = (n: number) => ({
    affair,
    caseReference: numbered(n),
    openedOn: '2032-04-01',
    closedOn: null as string | null,
  });
  const handOver = (...cases: object[]) => registrar.post('/v1/cases', { cases });
  const sendFile = (text: string | Buffer, person: Person = registrar) =>
    person.upload('/v1/cases/file', 'text/csv', text);
  const inquire = async (n: number): Promise<string> => {
    const id = uuidv7();
    const question = { residentCode: wellKnown.found };
    await ask(scene.people.operator, question, { id, caseReference: numbered(n) }).expect(200);
    return id;
  };
  const search = async (query: string): Promise<readonly TrailRow[]> => {
    await scene.kiroku.settle();
    const { body } = await scene.people.security
      .post('/v1/audit/searches', { query, reason: '日次の確認' })
      .expect(200);
    return body.rows as readonly TrailRow[];
  };
  /** The inquiries that no case explains. */
  const unexplained = async (): Promise<readonly (string | null)[]> =>
    (await search('has:no-case type:InquiryReceived')).map(({ inquiry }) => inquiry);

  it('and until it has, nobody says that an inquiry has no case', async () => {
    const early = await inquire(1);
    const rows = await search(`inquiry:${early}`);
    expect(rows.map(({ caseMatches }) => caseMatches)).toEqual(rows.map(() => null));
    expect(await unexplained()).toEqual([]);
    expect(await scene.reviews()).toEqual([]);
    const { body } = await registrar.get('/v1/cases').expect(200);
    expect(body).toEqual({ registers: [] });
  });

  it('as a list: each with what became of it, and again without an event', async () => {
    const first = await handOver(open(1), open(2)).expect(200);
    expect(first.body).toEqual({
      registered: 2,
      changed: 0,
      unchanged: 0,
      refused: 0,
      cases: [
        { row: 1, result: 'registered' },
        { row: 2, result: 'registered' },
      ],
    });
    const again = await handOver(open(2), { ...open(1), closedOn: '2032-04-04' }).expect(200);
    expect(again.body).toMatchObject({ registered: 0, changed: 1, unchanged: 1, refused: 0 });
    const registered = await onRecord(scene.kiroku, scene.people.security, 'CaseRegistered');
    expect(registered.map(({ data }) => data)).toEqual(
      [1, 2].map((n) => ({ ...open(n), explainsThrough: null })),
    );
    const [closed] = await onRecord(scene.kiroku, scene.people.security, 'CaseClosed');
    expect(closed?.data).toEqual({
      affair,
      caseReference: numbered(1),
      closedOn: '2032-04-04',
      explainsThrough: '2032-04-06',
    });
  });

  it('and an inquiry without one is found, alone, and looked at', async () => {
    const explained = [await inquire(1), await inquire(2)];
    const without = await inquire(3);
    expect(await unexplained()).toEqual([without]);
    for (const inquiry of explained)
      expect((await search(`inquiry:${inquiry}`)).map(({ caseMatches }) => caseMatches)).toContain(true);
    const [found, ...others] = await scene.found();
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      state: 'open',
      concern: 'conduct',
      operator: scene.people.operator.operator,
      evidence: { detector: 'without-case', inquiries: [without] },
    });
    await scene.people.security
      .post(`/v1/reviews/${found?.review}/closure`, {
        conclusion: 'explained',
        finding: '受付簿と照合した。翌朝に登録される案件だった。',
      })
      .expect(204);
    expect((await scene.reviews()).map(({ state }) => state)).toEqual(['closed']);
  });

  it('and one that is handed over the next morning does not change what was said', async () => {
    const [without] = await unexplained();
    await scene.nextDay();
    await handOver({ ...open(3), openedOn: '2032-04-05' }).expect(200);
    expect(await unexplained()).toEqual([without]);
    const { body } = await scene.people.security.get(`/v1/cases/${affair}/${numbered(3)}`).expect(200);
    expect(body).toEqual({
      ...open(3),
      state: 'open',
      openedOn: '2032-04-05',
      explainsThrough: null,
      registeredAt: expect.stringMatching(/^2032-04-06T/),
      registeredBy: registrar.operator,
      handedOverBy: [registrar.operator],
      changedAt: body.registeredAt,
    });
    await inquire(3);
    expect(await unexplained()).toEqual([without]);
  });

  it('and a closed one explains inquiries for as long as was configured, and again once it is reopened', async () => {
    // Tuesday the sixth is the last day for a case that was closed on Sunday, with a grace of two days.
    const before = await unexplained();
    await inquire(1);
    expect(await unexplained()).toEqual(before);
    await scene.nextDay();
    const late = await inquire(1);
    expect(await unexplained()).toEqual([late, ...before]);
    await handOver(open(1)).expect(200);
    await inquire(1);
    expect(await unexplained()).toEqual([late, ...before]);
  });

  it('as a file, with or without a byte order mark, a row for each', async () => {
    const heading = 'affair,caseReference,openedOn,closedOn';
    const { body } = await sendFile(
      `\uFEFF${heading}\r\n${affair},${numbered(10)},2032-04-01,\r\n${affair},KN-1,2032-04-01,2032-03-01\r\n`,
    ).expect(200);
    expect(body).toMatchObject({
      registered: 1,
      refused: 1,
      cases: [
        { row: 2, result: 'registered' },
        {
          row: 3,
          result: 'refused',
          errors: [
            { code: 'case-reference-malformed', field: 'caseReference', titles: expect.anything() },
            { code: 'case-closed-malformed', field: 'closedOn', titles: expect.anything() },
          ],
        },
      ],
    });
    const again = await sendFile(`事務,案件番号,受付日,終了日\n${affair},${numbered(10)},2032-04-01,\n`);
    expect(again.body).toMatchObject({ unchanged: 1, refused: 0 });
  });

  it('a thousand at once, in a list or in a file, and a thousand times nothing when they come again', async () => {
    const thousand = Array.from({ length: 1_000 }, (_, n) => open(1_000 + n));
    expect((await handOver(...thousand).expect(200)).body).toMatchObject({ registered: 1_000, refused: 0 });
    const rows = thousand.map(({ caseReference, openedOn }) => `${affair},${caseReference},${openedOn},\n`);
    const file = `affair,caseReference,openedOn,closedOn\n${rows.join('')}`;
    expect((await sendFile(file).expect(200)).body).toMatchObject({ unchanged: 1_000, changed: 0 });
    await scene.kiroku.settle();
    const { body } = await registrar.get('/v1/cases').expect(200);
    expect(body.registers).toEqual([{ affair, cases: 1_004, changedAt: expect.any(String) }]);
    const tooMany = await handOver(...thousand, open(1)).expect(400);
    expect(codesOf(tooMany)).toEqual(['request-malformed', 'field-malformed']);
    expect(tooMany.body.errors[1]).toMatchObject({ field: 'cases' });
    // Not one of them is looked at: each would be told of.
    const farTooMany = await registrar.post('/v1/cases', { cases: Array(100_000).fill(0) }).expect(400);
    expect(farTooMany.body.errors).toHaveLength(2);
    // Nor is what stands in place of a case: it would be judged value by value.
    const another = { ...open(1), affair: Array.from({ length: 10_000 }, () => ({})) };
    for (const body of [{ cases: [another] }, { cases: [open(1)], others: another.affair }]) {
      const { body: answer } = await registrar.post('/v1/cases', body).expect(400);
      expect(answer.errors).toHaveLength(1);
    }
  });

  it.each<[string, string | Buffer, string, number | null]>([
    ['a heading of something else', 'a,b,c,d\n', 'case-file-heading-malformed', 1],
    [
      'a row too short',
      `affair,caseReference,openedOn,closedOn\n${affair},${numbered(1)}\n`,
      'case-file-row-malformed',
      2,
    ],
    [
      'nothing but a heading',
      'affair,caseReference,openedOn,closedOn\n',
      'case-file-rows-out-of-range',
      null,
    ],
    ['another encoding', Buffer.from([0x8e, 0x96, 0x96, 0xb1]), 'case-file-not-unicode', null],
  ])('and not by a file with %s', async (_what, text, code, row) => {
    const { body } = await sendFile(text).expect(422);
    expect([body.code, body.row ?? null]).toEqual([code, row]);
  });

  it.each<[string, string | null, string]>([
    ['JSON', 'application/json', '{"cases":[]}'],
    ['CSV that is called JSON', 'application/json', 'affair,caseReference,openedOn,closedOn\n'],
    ['plain text', 'text/plain', 'affair,caseReference,openedOn,closedOn\n'],
    ['a form', 'application/x-www-form-urlencoded', 'a=b'],
    ['a type that only begins like it', 'text/csv-schema', 'a'],
    ['no type at all', null, 'affair,caseReference,openedOn,closedOn\n'],
  ])(
    'and by no file of another media type: of %s it is said that CSV is wanted',
    async (_what, type, body) => {
      const headers = {
        authorization: `Bearer ${registrar.token}`,
        ...(type === null ? {} : { 'content-type': type }),
      };
      const answer = await raw(scene.kiroku, { method: 'POST', path: '/v1/cases/file', headers, body });
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(JSON.parse(answer.text)).toMatchObject({
        status: 415,
        type: 'urn:kiroku:problem:file-not-csv',
        detail: expect.stringContaining('text/csv'),
        titles: { ja: 'CSV ではないファイル', en: 'Not a CSV file' },
      });
      expect(answer.status).toBe(415);
    },
  );

  it('and what it must be is said to nobody who may not hand cases over', async () => {
    const asked = scene.people.security.post('/v1/cases/file', { cases: [open(1)] });
    expect(codesOf(await asked.expect(403))).toEqual(['role-missing']);
  });

  it.each(['text/csv', 'text/csv; charset=utf-8', 'Text/CSV;header=present'])(
    'and by one that is called %s',
    async (type) => {
      const { body } = await registrar.upload('/v1/cases/file', type, 'a,b,c,d\n').expect(422);
      expect(body.code).toBe('case-file-heading-malformed');
    },
  );

  it('and of a field that nobody knows it is said in which case it is, and not its name', async () => {
    const marked = '氏名25208017643';
    const answer = await handOver(open(1), { ...open(2), [marked]: 'x' }).expect(400);
    expect(answer.body.errors).toContainEqual(
      expect.objectContaining({ code: 'field-unknown', field: 'cases.1' }),
    );
    expect(answer.text).not.toMatch(/氏名|25208017643/);
    const beside = await registrar.post('/v1/cases', { cases: [open(1)], [marked]: 'x' }).expect(400);
    expect(beside.body.errors.at(-1)).not.toHaveProperty('field');
  });

  it('and never with what identifies a resident: nothing of it is repeated', async () => {
    const marked = '25208017643';
    const { text, body } = await handOver({ ...open(1), caseReference: marked }).expect(200);
    expect(text).not.toContain(marked);
    expect(body.cases[0].errors.map(({ code }: { code: string }) => code)).toEqual([
      'case-reference-malformed',
    ]);
    const unknown = await registrar.get(`/v1/cases/${affair}/${marked}`).expect(404);
    expect(codesOf(unknown)).toEqual(['case-not-registered']);
    expect(unknown.text).not.toContain(marked);
    const forgotten = await handOver({ affair, caseReference: numbered(1), openedOn: '2032-04-01' }).expect(
      400,
    );
    expect(forgotten.body.errors).toContainEqual(
      expect.objectContaining({ code: 'field-malformed', field: 'cases.0.closedOn' }),
    );
  });

  it('only as large as a list is, only of this kind, and only by whom the role table lets', async () => {
    const large = `affair,caseReference,openedOn,closedOn\n${'x'.repeat(600 * 1024)}`;
    expect(codesOf(await sendFile(large).expect(413))).toEqual(['too-large']);
    const elsewhere = await scene.people.security.upload('/v1/audit/searches', 'text/csv', 'a,b\n');
    expect([elsewhere.status, codesOf(elsewhere)]).toEqual([415, ['media-type-unsupported']]);
    for (const person of [scene.people.operator, scene.people.security, scene.people.provider]) {
      expect(codesOf(await person.post('/v1/cases', { cases: [open(1)] }).expect(403))).toEqual([
        'role-missing',
      ]);
      expect(codesOf(await sendFile('affair\n', person).expect(403))).toEqual(['role-missing']);
    }
    const both = await scene.people.manager
      .post(`/v1/operators/${registrar.operator}/roles`, {
        roles: ['operator', 'case-registrar'],
        effectiveFrom: today(scene.kiroku),
      })
      .expect(422);
    expect(codesOf(both)).toEqual(['role-not-alone']);
  });

  it('and refuses no inquiry for want of one', async () => {
    await ask(scene.people.operator, { residentCode: wellKnown.found }, { caseReference: numbered(999_999) })
      .expect(200)
      .expect(({ body }) => expect(body.outcome).toBe('found'));
    expect(PURPOSE.startsWith(affair)).toBe(true);
  });

  it('and the case of somebody who inquires for it later, in another role, explains that inquiry to nobody', async () => {
    const { kiroku, people } = scene;
    const both = await hire(kiroku, people, ['case-registrar']);
    await both.post('/v1/cases', { cases: [open(70)] }).expect(200);
    const { body } = await people.manager
      .post(`/v1/operators/${both.operator}/roles`, { roles: ['operator'], effectiveFrom: today(kiroku) })
      .expect(201);
    const proposal = `/v1/operators/${both.operator}/roles/${body.proposal}/approval`;
    await people.secondManager.post(proposal).expect(204);
    const asking = await new Person(kiroku, both.operator, kiroku.pki.clients['terminal-1']).enter();
    await grant(kiroku, people, asking);
    const before = await unexplained();
    const own = uuidv7();
    const question = { residentCode: wellKnown.found };
    await ask(asking, question, { id: own, caseReference: numbered(70) }).expect(200);
    await inquire(70);
    expect(await unexplained()).toEqual([own, ...before]);
    expect(await scene.found()).toContainEqual(
      expect.objectContaining({
        operator: both.operator,
        evidence: expect.objectContaining({ detector: 'without-case', inquiries: [own] }),
      }),
    );
    const shown = await people.security.get(`/v1/cases/${affair}/${numbered(70)}`).expect(200);
    expect(shown.body.handedOverBy).toEqual([both.operator]);
  });
});
