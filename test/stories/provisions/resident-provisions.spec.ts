import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { readPdf, spokenIn } from '../../harness/pdf-text.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person, PURPOSE } from '../../harness/people.js';
import { passUntil } from '../access/time.js';
import { onRecord } from '../access/trail.js';
import { until } from '../retention/until.js';
import { received } from './received.js';

const CODE = wellKnown.found;
const PAGES_OF = 500;

interface Provision {
  readonly at: string;
  readonly inquiry: string;
  readonly agency: string;
  readonly unit: string;
  readonly purposeName: { readonly ja: string; readonly en: string };
  readonly caseReference: string;
  readonly erasedAt: string | null;
}

/** As the PDF writes an instant: the Tokyo day, and the time of day below it. */
function inJapanese(instant: string): string {
  const [day = '', time = ''] = new Date(Date.parse(instant) + 9 * 3_600_000).toISOString().split('T');
  const [year, month, date] = day.split('-').map(Number);
  return `${year}年${month}月${date}日\n${time.slice(0, 8)}`;
}

describe('a resident who asks who was given their data', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let disclosureRequest: string;
  const [first, second] = [uuidv7(), uuidv7()];

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    await until('the first run', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      return kiroku.api.rooms.operations.marks.read('retention-clock');
    });
    await ask(people.operator, { residentCode: CODE }, { id: first }).expect(200);
    await ask(people.operator, { residentCode: wellKnown.rareCharacters }).expect(200);
    await ask(people.operator, { residentCode: wellKnown.nobody }).expect(200);
    const named = { name: '記録 花子', birthDate: '1985-07-23' };
    await ask(people.operator, named, { id: second, caseReference: 'SK-2032-000002' }).expect(200);
    const asked = { reference: '開示請求第12号', receivedOn: '2032-04-05' };
    disclosureRequest = await received(people.security, asked);
  });
  afterAll(() => kiroku.stop());

  const request = (changes: object = {}, person: Person = people.security) =>
    person.post('/v1/subjects/provisions', {
      disclosureRequest,
      requesterChecked: true,
      residentCode: CODE,
      ...changes,
    });

  const printed = (changes: object = {}) =>
    request({ format: 'pdf', ...changes })
      .buffer(true)
      .parse((answer, done) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => done(null, Buffer.concat(parts)));
      })
      .expect(200);
  const spoken = ({ body }: { readonly body: Buffer }): string =>
    spokenIn(readPdf(body))
      .map(({ text }) => text)
      .join('\n');

  it('is told of every provision, the newest first: to which unit, when, and for what', async () => {
    const { body, headers } = await request().expect(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const head = { disclosureRequest, receivedOn: '2032-04-05', dueOn: '2032-05-04', count: 2 };
    expect(body).toMatchObject(head);
    expect(body.provisions.map(({ inquiry }: Provision) => inquiry)).toEqual([second, first]);
    expect(body.provisions[0]).toMatchObject({
      agreement: 'mlit-2019',
      agency: expect.stringMatching(/./),
      unit: 'inspection-1',
      purpose: PURPOSE,
      purposeName: { ja: '道路運送車両法第59条第1項の新規検査（審査）' },
      caseReference: 'SK-2032-000002',
      usableThrough: '2032-07-04',
      erasedAt: null,
    });
    expect(JSON.stringify(body)).not.toMatch(/花子|24727059608|開示請求第12号/);
  });

  it('is told the same as a table that an office can open', async () => {
    const answer = await request({ format: 'csv' }).expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="provisions-[0-9a-f-]{36}\.csv"$/,
    );
    expect(answer.text.codePointAt(0)).toBe(0xfeff);
    const lines = answer.text.split('\r\n');
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(
      /^2032-04-05T1\d:\d\d:\d\d\+09:00,[^,]+,inspection-1,道路運送車両法第59条第1項の新規検査（審査）,/,
    );
    expect(lines[3]).toBe('#件数 count,2,#受付日 received,2032-04-05,#期限 due,2032-05-04');
  });

  it('is given the same on paper, in Japanese', async () => {
    const { body } = await request().expect(200);
    const answer = await printed();
    expect(answer.headers['content-type']).toBe('application/pdf');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['content-disposition']).toMatch(
      /^attachment; filename="provisions-[0-9a-f-]{36}\.pdf"$/,
    );
    const text = spoken(answer);
    expect(text).toMatch(/^住民基本台帳法に基づく本人確認情報の提供状況\n/);
    for (const fact of [
      '開示請求第12号',
      '2032年4月5日',
      '2032年5月4日',
      body.agency,
      `以上 ${body.count}件`,
    ])
      expect(text).toContain(fact);
    for (const [index, provision] of (body.provisions as Provision[]).entries()) {
      const { at, agency, unit, purposeName, caseReference } = provision;
      const row = [index + 1, inJapanese(at), agency, unit, purposeName.ja, purposeName.en, caseReference];
      expect(text).toContain(`${row.join('\n')}\n2032年7月4日\n保有中\nstill kept`);
    }
    expect(text).toContain(`ログ ${body.log.origin} の検査点：`);
    expect(text).not.toMatch(/花子|24727059608|〓/);
  });

  it('is told that there is nothing where there is nothing, on paper too', async () => {
    const { body } = await request({ residentCode: wellKnown.deleted }).expect(200);
    expect(body).toMatchObject({ provisions: [], count: 0 });
    expect(spoken(await printed({ residentCode: wellKnown.deleted }))).toContain(
      '提供の記録はありません（0件）。',
    );
  });

  it('is told of what was provided under a former code as well, each provision once', async () => {
    const formerResidentCodes = [wellKnown.rareCharacters, CODE, wellKnown.rareCharacters];
    const { body: former } = await request({ residentCode: wellKnown.rareCharacters }).expect(200);
    const { body } = await request({ formerResidentCodes }).expect(200);
    const [rare] = former.provisions as Provision[];
    expect(body.provisions.map(({ inquiry }: Provision) => inquiry)).toEqual([second, rare?.inquiry, first]);
    expect(body.count).toBe(3);
    const lines = (await request({ formerResidentCodes, format: 'csv' }).expect(200)).text.split('\r\n');
    expect(lines).toHaveLength(6);
    expect(spoken(await printed({ formerResidentCodes }))).toContain('以上 3件');
    // The look concerns whoever has either code.
    const { body: found } = await people.security
      .post('/v1/audit/searches', {
        reason: '点検',
        residentCode: wellKnown.rareCharacters,
        type: 'ResidentProvisionsShown',
      })
      .expect(200);
    expect(found.rows.map(({ stream }: { stream: string }) => stream)).toContain(
      `disclosure-request-${disclosureRequest}`,
    );
  });

  it('is told where the log stood', async () => {
    const { body } = await request().expect(200);
    expect(body).toMatchObject({
      agency: expect.stringMatching(/./),
      listedAt: expect.stringMatching(/^2032-04-05T/),
      log: {
        origin: expect.stringMatching(/./),
        size: expect.any(Number),
        root: expect.stringMatching(/^.{43}=$/),
      },
    });
    expect(body.log.size).toBeGreaterThan(0);
  });

  it('leaves a record of the look, in which request and resident are sealed', async () => {
    const { body } = await request().expect(200);
    const [shown] = (await onRecord(kiroku, people.security, 'ResidentProvisionsShown')).slice(-1);
    expect(shown).toMatchObject({
      stream: `disclosure-request-${disclosureRequest}`,
      operator: people.security.operator,
    });
    expect(shown?.data).toEqual({
      disclosureRequest,
      listing: body.listing,
      operator: people.security.operator,
      format: 'json',
    });
    // The look concerns the resident, too.
    const { body: found } = await people.security
      .post('/v1/audit/searches', { reason: '点検', residentCode: CODE, type: 'ResidentProvisionsShown' })
      .expect(200);
    expect(found.rows.length).toBeGreaterThan(0);
  });

  it.each([
    ['without a request', { disclosureRequest: uuidv7() }, 404, 'disclosure-request-missing'],
    ['under a request of no form', { disclosureRequest: '第12号' }, 404, 'disclosure-request-missing'],
    ['without naming a request', { disclosureRequest: undefined }, 400, 'request-malformed'],
    ['without having been checked', { requesterChecked: false }, 422, 'disclosure-requester-unchecked'],
    ['under a code that nobody has', { residentCode: '24727059609' }, 422, 'check-digit-wrong'],
    ['in a form that is not offered', { format: 'xlsx' }, 400, 'request-malformed'],
    [
      'on paper without having been checked',
      { requesterChecked: false, format: 'pdf' },
      422,
      'disclosure-requester-unchecked',
    ],
    [
      'under a former code that nobody had',
      { formerResidentCodes: ['24727059609'] },
      422,
      'check-digit-wrong',
    ],
    [
      'under more former codes than anybody had',
      { formerResidentCodes: Array.from({ length: 11 }, () => wellKnown.deleted) },
      422,
      'former-codes-too-many',
    ],
    ['under former codes that are no list', { formerResidentCodes: CODE }, 400, 'request-malformed'],
    ['under former codes that are no text', { formerResidentCodes: [1] }, 400, 'request-malformed'],
  ])('is told nothing %s, and nobody looked', async (_what, changes, status, code) => {
    const looks = async () => (await onRecord(kiroku, people.security, 'ResidentProvisionsShown')).length;
    const before = await looks();
    const refused = await request(changes);
    expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
    expect(await looks()).toBe(before);
  });

  it('is told nothing more once the request was answered', async () => {
    const asked = { reference: '第13号', receivedOn: '2032-04-05' };
    const answered = await received(people.security, asked);
    await request({ disclosureRequest: answered }).expect(200);
    await people.security
      .post(`/v1/disclosure-requests/${answered}/answer`, { answer: 'disclosed', answeredOn: '2032-04-05' })
      .expect(204);
    const late = await request({ disclosureRequest: answered }).expect(409);
    expect(codesOf(late)).toEqual(['disclosure-request-answered']);
  });

  it('is answered by a security officer only', async () => {
    const { operator, manager, retention, provider, responder } = people;
    for (const person of [operator, manager, retention, provider, responder])
      expect(codesOf(await request({}, person).expect(403))).toEqual(['role-missing']);
  });

  it('is told what was recorded a moment ago: the list waits until all of it is read', async () => {
    const id = uuidv7();
    await ask(people.operator, { residentCode: CODE }, { id }).expect(200);
    const { body } = await request().expect(200);
    expect(body.provisions[0].inquiry).toBe(id);
  });

  it('is given no document where the list breaks off: whoever asked is told so', async () => {
    const { queries } = kiroku.api.rooms;
    const healthy = queries.searchTrail.bind(queries);
    queries.searchTrail = () => Promise.reject(new Error(`the disk failed at ${CODE}`));
    try {
      const { headers, text } = await request({ format: 'pdf' }).expect(500);
      expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(headers['content-disposition']).toBeUndefined();
      expect(text).not.toContain(CODE);
    } finally {
      queries.searchTrail = healthy;
    }
  });

  it('is told nothing while that cannot be, rather than a part', async () => {
    await kiroku.stopWorker();
    const id = uuidv7();
    await ask(people.operator, { residentCode: CODE }, { id }).expect(200);
    const behind = await request().expect(503);
    expect(codesOf(behind)).toEqual(['trail-behind']);
    await kiroku.startWorker();
    const { body } = await request().expect(200);
    expect(body.provisions[0].inquiry).toBe(id);
  }, 30_000);

  it('is told of more than one page holds', async () => {
    const before = (await request().expect(200)).body.count;
    const missing = PAGES_OF + 1 - before;
    for (let asked = 0; asked < missing; asked += 10)
      await Promise.all(
        Array.from({ length: Math.min(10, missing - asked) }, () =>
          ask(people.operator, { residentCode: CODE }).expect(200),
        ),
      );
    const { body } = await request().expect(200);
    expect(body.count).toBe(PAGES_OF + 1);
    const paper = readPdf((await printed()).body);
    expect(paper.pages.length).toBeGreaterThan(20);
    expect(spokenIn(paper).filter(({ text }) => text === '保有中')).toHaveLength(PAGES_OF + 1);
    const listed = body.provisions.map(({ inquiry }: Provision) => inquiry);
    expect(new Set(listed).size).toBe(PAGES_OF + 1);
    expect(listed.at(-1)).toBe(first);
  }, 60_000);

  it('is told of provisions whose data was erased, a fiscal year later, and when that was', async () => {
    await passUntil(kiroku, '2033-04-10T01:00:00.000Z');
    const hold = await until('the run to be held', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      return (await people.retention.get('/v1/retention/due').expect(200)).body.hold;
    });
    await people.retention.post(`/v1/erasure-holds/${hold.run}/approvals`).expect(200);
    await people.security.post(`/v1/erasure-holds/${hold.run}/approvals`).expect(200);
    const asked = { reference: '第14号', receivedOn: '2033-04-10' };
    const later = await received(people.security, asked);
    const erased = await until('the erasure', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      const { body } = await request({ disclosureRequest: later }).expect(200);
      return body.provisions.every(({ erasedAt }: Provision) => erasedAt !== null) ? body : null;
    });
    expect(erased).toMatchObject({ dueOn: '2033-05-09', count: PAGES_OF + 1 });
    expect(erased.provisions.at(-1)).toMatchObject({
      inquiry: first,
      at: expect.stringMatching(/^2032-04-05/),
      erasedAt: expect.stringMatching(/^2033-04-10/),
      purposeName: { en: expect.stringContaining('new inspection') },
    });
  }, 30_000);
});
