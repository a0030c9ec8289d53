import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Response } from 'supertest';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Caller } from '../../harness/caller.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person, PURPOSE } from '../../harness/people.js';
import { onRecord } from '../access/trail.js';

/** Above so many rows a second person approves. */
const FREELY = 500;
const ANSWERED = 200;
const NOTHING = '00000000-0000-7000-8000-000000000000';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface ReadFile {
  /** What stands above the statement. */
  readonly above: string;
  readonly last: string;
  /** Of these, the rows; without the names of the columns. */
  readonly rows: readonly string[];
  readonly evidence: readonly string[];
}

/** A file, taken apart. */
function readFile(text: string, end: string): ReadFile {
  const lines = text.split(end);
  expect(lines.pop()).toBe('');
  const last = lines.pop() ?? '';
  const isEvidence = (line: string): boolean => line.startsWith('{"evidence":') || line.startsWith('#');
  return {
    above: text.slice(0, text.length - last.length - end.length),
    last,
    rows: lines.filter((line) => !isEvidence(line) && !line.startsWith('\uFEFF')),
    evidence: lines.filter(isEvidence),
  };
}

describe('a security officer who takes a part of the trail outside', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    kiroku = await Kiroku.start({ KIROKU_EXPORT_APPROVAL_ROWS: String(FREELY) });
    people = await ordinaryDay(kiroku);
    for (let asked = 0; asked < ANSWERED; asked += 10)
      await Promise.all(
        Array.from({ length: 10 }, () => ask(people.operator, { residentCode: wellKnown.found }).expect(200)),
      );
    await kiroku.settle();
  }, 60_000);
  afterAll(() => kiroku.stop());

  const request = (changes: object = {}, person: Person = people.security) =>
    person.post('/v1/audit/exports', {
      query: 'outcome:found type:InformationProvided',
      format: 'jsonl',
      reason: '監査委員の求めによる',
      ...changes,
    });
  const requested = async (changes: object = {}): Promise<{ export: string; rows: number }> =>
    (await request(changes).expect(201)).body;
  const file = (id: string, person: Person = people.security) =>
    person
      .post(`/v1/audit/exports/${id}/file`)
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
      });
  const textOf = (response: Response): string => response.body;
  const found = async (query: string): Promise<readonly Record<string, unknown>[]> => {
    const rows: Record<string, unknown>[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { body } = await people.security
        .post('/v1/audit/searches', { query, reason: 'r', limit: 100, ...(cursor ? { cursor } : {}) })
        .expect(200);
      rows.push(...body.rows);
      cursor = body.next;
    }
    return rows;
  };

  it('is handed every row that matches, the newest first, and a statement of what it is', async () => {
    const { export: id, rows } = await requested();
    expect(rows).toBe(ANSWERED);
    const answer = await file(id).expect(200);
    expect(answer.headers['content-type']).toBe('application/jsonl; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="trail-${id}.jsonl"`);
    const { above, last, rows: lines, evidence } = readFile(textOf(answer), '\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      await found('outcome:found type:InformationProvided'),
    );
    const kinds = Object.groupBy(evidence, (line) => String(JSON.parse(line).evidence));
    expect([kinds['record'], kinds['entry'], kinds['checkpoint']].map((some) => some?.length)).toEqual([
      1,
      ANSWERED,
      1,
    ]);
    for (const line of kinds['entry'] ?? []) expect(JSON.parse(JSON.parse(line).entry).v).toBe(1);
    expect(JSON.parse(last)).toEqual({
      statement: 'kiroku-export/3',
      export: id,
      agreement: 'mlit-2019',
      format: 'jsonl',
      query: 'outcome:found type:InformationProvided',
      rows: ANSWERED,
      position: expect.stringMatching(/^\d+$/),
      requestedAt: expect.stringMatching(/Z$/),
      requestedBy: people.security.operator,
      approvedBy: null,
      sha256: sha256(above),
      salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('is handed a table that an office can open', async () => {
    const { export: id } = await requested({ format: 'csv' });
    const answer = await file(id).expect(200);
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const { above, last, rows, evidence } = readFile(textOf(answer), '\r\n');
    expect(above).toMatch(/^\uFEFFposition,id,type,/);
    for (const line of evidence) expect(line).toMatch(/^#(?:record|entry|hash|checkpoint),/);
    expect(rows).toHaveLength(ANSWERED);
    for (const row of rows) expect(row).toContain(`,${PURPOSE},found,`);
    expect(last).toMatch(/^#statement,"\{""statement"":""kiroku-export\/3"",/);
    const statement = JSON.parse(last.slice('#statement,"'.length, -1).replaceAll('""', '"'));
    expect(statement).toMatchObject({ rows: ANSWERED, sha256: sha256(above) });
  });

  it('is handed what was there when it was asked for, however much comes later', async () => {
    const query = 'outcome:not-found';
    const { export: id, rows } = await requested({ query });
    await ask(people.operator, { residentCode: wellKnown.nobody }).expect(200);
    await kiroku.settle();
    const { last } = readFile(textOf(await file(id).expect(200)), '\n');
    expect(JSON.parse(last)).toMatchObject({ rows });
    expect((await requested({ query })).rows).toBeGreaterThan(rows);
  });

  it('is handed what words find, too', async () => {
    const query = 'text:監査委員 at:2032-04';
    const { export: id, rows } = await requested({ query, reason: '別の理由' });
    expect(rows).toBeGreaterThan(0);
    const { above, last, rows: lines } = readFile(textOf(await file(id).expect(200)), '\n');
    expect(lines).toHaveLength(rows);
    expect(JSON.parse(last)).toMatchObject({ rows });
    expect(above).not.toContain('監査委員');
  });

  it('is handed no row where nothing matches, and who asked for it', async () => {
    const { export: id, rows } = await requested({ query: 'operator:nobody' });
    expect(rows).toBe(0);
    const { above, last, rows: lines, evidence } = readFile(textOf(await file(id).expect(200)), '\n');
    expect([lines, JSON.parse(last).sha256]).toEqual([[], sha256(above)]);
    expect(JSON.parse(JSON.parse(evidence[0] ?? '').entry)).toMatchObject({ type: 'ExportRequested' });
  });

  it('is handed it once', async () => {
    const { export: id } = await requested();
    await file(id).expect(200);
    const again = await people.security.post(`/v1/audit/exports/${id}/file`).expect(409);
    expect(codesOf(again)).toEqual(['export-fetched-already']);
    expect((await people.security.get(`/v1/audit/exports/${id}`).expect(200)).body.state).toBe('completed');
  });

  it('is not begun before the log holds what it has to prove: nothing is lost by asking again', async () => {
    const { export: id } = await requested();
    const behind = jest.spyOn(kiroku.api.rooms.log, 'leafOf').mockResolvedValue(null);
    const refused = await people.security.post(`/v1/audit/exports/${id}/file`).expect(503);
    behind.mockRestore();
    expect(codesOf(refused)).toEqual(['log-behind']);
    expect((await people.security.get(`/v1/audit/exports/${id}`).expect(200)).body.state).toBe('ready');
    await file(id).expect(200);
  }, 20_000);

  it('needs a second person for more than so many rows', async () => {
    const { export: id, rows } = await requested({ query: '-operator:nobody' });
    expect(rows).toBeGreaterThan(FREELY);
    const path = `/v1/audit/exports/${id}`;
    const early = await people.security.post(`${path}/file`).expect(409);
    expect(codesOf(early)).toEqual(['export-not-approved']);
    const alone = await people.security.post(`${path}/approval`).expect(403);
    expect(codesOf(alone)).toEqual(['approver-not-different']);
    const { body } = await people.manager.get(path).expect(200);
    expect(body).toMatchObject({
      state: 'waiting',
      query: '-operator:nobody',
      reason: '監査委員の求めによる',
      rows,
      requestedBy: people.security.operator,
      approvedBy: null,
    });
    await people.manager.post(`${path}/approval`).expect(204);
    const twice = await people.secondManager.post(`${path}/approval`).expect(409);
    expect(codesOf(twice)).toEqual(['export-approval-not-needed']);
    const { last, rows: lines } = readFile(textOf(await file(id).expect(200)), '\n');
    // More than a page of the read models.
    const ids = lines.map((line) => JSON.parse(line).id);
    expect(new Set(ids).size).toBe(rows);
    expect(JSON.parse(last)).toMatchObject({ rows, approvedBy: people.manager.operator });
  });

  it('may be refused by a second person, for good', async () => {
    const { export: id } = await requested({ query: '-operator:nobody' });
    const path = `/v1/audit/exports/${id}`;
    const no = { reason: '目的に対して範囲が広すぎる' };
    expect(codesOf(await people.security.post(`${path}/refusal`, no).expect(403))).toEqual([
      'approver-not-different',
    ]);
    expect(codesOf(await people.manager.post(`${path}/refusal`, { reason: ' ' }).expect(422))).toEqual([
      'reason-malformed',
    ]);
    await people.manager.post(`${path}/refusal`, no).expect(204);
    for (const [person, after, body] of [
      [people.secondManager, 'approval', {}],
      [people.secondManager, 'refusal', no],
      [people.security, 'file', {}],
    ] as const)
      expect(codesOf(await person.post(`${path}/${after}`, body).expect(409))).toEqual(['export-refused']);
    const { body } = await people.security.get(path).expect(200);
    expect(body).toMatchObject({
      state: 'refused',
      refusedBy: people.manager.operator,
      refusal: no.reason,
      approvedBy: null,
    });
    const { export: small } = await requested();
    expect(codesOf(await people.manager.post(`/v1/audit/exports/${small}/refusal`, no).expect(409))).toEqual([
      'export-approval-not-needed',
    ]);
    await people.operator.post(`${path}/refusal`, no).expect(403);
  });

  it('is seen on record, once for a person and not for each look', async () => {
    const { export: id } = await requested({ query: '-operator:nobody' });
    const path = `/v1/audit/exports/${id}`;
    await people.manager.get(path).expect(200);
    await people.manager.get(path).expect(200);
    await people.secondManager.get(path).expect(200);
    const seen = (await onRecord(kiroku, people.security, 'ExportViewed')).filter(
      ({ stream }) => stream === `export-${id}`,
    );
    expect(seen.map(({ operator }) => operator)).toEqual([
      people.manager.operator,
      people.secondManager.operator,
    ]);
  });

  it('is on a list, the newest first, for those who may approve', async () => {
    const asked: string[] = [];
    for (let times = 0; times < 3; times += 1) asked.unshift((await requested()).export);
    await file(asked[1] ?? '').expect(200);
    await kiroku.settle();
    interface Listed {
      readonly exports: readonly { readonly export: string; readonly state: string }[];
      readonly next: string | null;
    }
    const page = async (query: string, person: Person = people.manager): Promise<Listed> =>
      (await person.get(`/v1/audit/exports${query}`).expect(200)).body;
    const first = await page('?limit=2');
    expect(first.exports.map((one) => one.export)).toEqual(asked.slice(0, 2));
    expect(first.exports.map(({ state }) => state)).toEqual(['ready', 'completed']);
    // What is sealed is not on it: that is seen one by one, and on record.
    expect(Object.keys(first.exports[0] ?? {}).sort()).toEqual([
      'approvedBy',
      'export',
      'format',
      'position',
      'refusedBy',
      'requestedAt',
      'requestedBy',
      'rows',
      'state',
    ]);
    const next = await page(`?limit=500&cursor=${first.next}`, people.security);
    expect(next.exports[0]?.export).toBe(asked[2]);
    expect(next.next).toBeNull();
    const all = await page('?limit=500');
    expect(all.exports.map((one) => one.export)).toEqual(
      [...first.exports, ...next.exports].map((one) => one.export),
    );
    for (const person of [people.operator, people.retention, people.provider])
      await person.get('/v1/audit/exports').expect(403);
    await people.manager.get('/v1/audit/exports?limit=0').expect(400);
    await people.manager.get('/v1/audit/exports?cursor=x').expect(400);
  });

  it('is on record: asked for, approved, begun, and handed over whole', async () => {
    const { export: id } = await requested({ query: '-operator:nobody' });
    await people.manager.post(`/v1/audit/exports/${id}/approval`).expect(204);
    const { last } = readFile(textOf(await file(id).expect(200)), '\n');
    await kiroku.settle();
    const types = ['ExportRequested', 'ExportApproved', 'ExportFetched', 'ExportCompleted'];
    const events = await Promise.all(
      types.map(async (type) => (await onRecord(kiroku, people.security, type)).at(-1)),
    );
    expect(events.map((event) => event?.stream)).toEqual(types.map(() => `export-${id}`));
    expect(events[0]?.data).toEqual({
      export: id,
      operator: people.security.operator,
      format: 'jsonl',
      rows: JSON.parse(last).rows,
      position: JSON.parse(last).position,
      needsApproval: true,
    });
    expect(events[3]?.data).toEqual({
      export: id,
      operator: people.security.operator,
      rows: JSON.parse(last).rows,
      sha256: JSON.parse(last).sha256,
      statementSha256: sha256(`${last}\n`),
    });
  });

  it('is not handed a part as if it were all: what breaks off is no answer', async () => {
    const { queries } = kiroku.api.rooms;
    const { export: id } = await requested({ query: '-operator:nobody' });
    await people.manager.post(`/v1/audit/exports/${id}/approval`).expect(204);
    const search = queries.searchTrail.bind(queries);
    let pages = 0;
    const broken = jest.spyOn(queries, 'searchTrail').mockImplementation(async (...asked) => {
      pages += 1;
      if (pages > 1) throw new Error('the disk has gone');
      return search(...asked);
    });
    const caller = new Caller(kiroku.api.url, kiroku.pki, undefined, people.security.token);
    await expect(caller.post(`/v1/audit/exports/${id}/file`, {})).rejects.toThrow(/aborted|hang up/);
    caller.close();
    broken.mockRestore();
    const { body } = await people.security.get(`/v1/audit/exports/${id}`).expect(200);
    expect(body.state).toBe('fetched');
    const again = await people.security.post(`/v1/audit/exports/${id}/file`).expect(409);
    expect(codesOf(again)).toEqual(['export-fetched-already']);
  });

  it('does not keep the api from stopping, however slowly the file is read', async () => {
    const { queries } = kiroku.api.rooms;
    const { export: id } = await requested();
    const search = queries.searchTrail.bind(queries);
    // A file without end: the same page again and again.
    const endless = jest.spyOn(queries, 'searchTrail').mockImplementation((filter, { limit, cursor }) =>
      search(filter, { limit, ...(cursor === undefined ? {} : { cursor }) }).then((page) => ({
        ...page,
        next: cursor ?? null,
      })),
    );
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = httpsRequest(new URL(`/v1/audit/exports/${id}/file`, kiroku.api.url), {
        method: 'POST',
        agent: false,
        ca: readFileSync(kiroku.pki.authority.certificate),
        headers: { authorization: `Bearer ${people.security.token}` },
      });
      call.once('response', resolve).once('error', reject).end();
    });
    expect(response.statusCode).toBe(200);
    const broken = new Promise<Error>((resolve) => response.once('error', resolve));
    await kiroku.stopApi();
    endless.mockRestore();
    response.resume();
    expect((await broken).message).toMatch(/aborted/);
    await kiroku.startApi();
    const { body } = await people.security.get(`/v1/audit/exports/${id}`).expect(200);
    expect(body.state).toBe('fetched');
  });

  it.each([
    ['a query that is none', { query: 'everything' }, 422, 'query-field-missing'],
    ['a resident in the query', { query: `case:${wellKnown.found}` }, 422, 'identifier-in-query'],
    ['no reason', { reason: ' ' }, 422, 'reason-malformed'],
    ['a form that is not offered', { format: 'xlsx' }, 400, 'request-malformed'],
  ])('is told what is wrong: %s', async (_what, changes, status, code) => {
    const refused = await request(changes);
    expect([refused.status, codesOf(refused)[0]]).toEqual([status, code]);
    expect(refused.text).not.toContain(wellKnown.found);
  });

  it('is alone with it: nobody else asks, nobody else fetches, and what nobody asked for is not there', async () => {
    const { operator, manager, retention, provider } = people;
    for (const person of [operator, manager, retention, provider])
      expect(codesOf(await request({}, person).expect(403))).toEqual(['role-missing']);
    for (const person of [operator, retention, provider])
      await person.get(`/v1/audit/exports/${NOTHING}`).expect(403);
    for (const id of [NOTHING, 'latest']) {
      expect(codesOf(await people.security.get(`/v1/audit/exports/${id}`).expect(404))).toEqual([
        'export-missing',
      ]);
      await people.security.post(`/v1/audit/exports/${id}/file`).expect(404);
      await people.security.post(`/v1/audit/exports/${id}/approval`).expect(404);
    }
  });
});
