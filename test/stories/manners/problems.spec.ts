import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemCatalogue } from '../../../apps/api/src/problems/catalogue.js';
import { Kiroku } from '../../harness/kiroku.js';
import { type FirstPeople, firstPeople, Person } from '../../harness/people.js';
import { raw, type RawAnswer, type RawRequest } from './raw.js';

const MARK = '標識漏洩';
const MARKED_CODE = '25208017643';
const marks = new RegExp([MARK, encodeURIComponent(MARK), MARKED_CODE].join('|'), 'i');
const json = { 'content-type': 'application/json' };
const signIn = { method: 'POST', path: '/v1/sessions', headers: json };
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}"${MARK}"${'}'.repeat(depth)}`;

describe('a problem', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
  });
  afterAll(() => kiroku.stop());

  const asManager = (request: RawRequest): Promise<RawAnswer> =>
    raw(kiroku, {
      ...request,
      headers: { authorization: `Bearer ${people.manager.token}`, ...request.headers },
    });

  it('says what happened as RFC 9457 has it, in both languages, with every reason', async () => {
    const answer = await people.manager.post('/v1/operators', { side: 'neither', unit: 7 });
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { instance, ...body } = answer.body;
    expect(instance).toBe(`urn:uuid:${answer.headers['x-correlation-id']}`);
    const malformed = { ja: '項目の形式の誤り', en: 'Malformed field' };
    const titles = { ja: 'リクエストの形式の誤り', en: 'Malformed request' };
    expect(body).toEqual({
      type: 'urn:kiroku:problem:request-malformed',
      title: titles.ja,
      status: 400,
      detail: expect.stringMatching(/。$/),
      code: 'request-malformed',
      titles,
      errors: [
        { code: 'request-malformed', titles },
        { code: 'field-malformed', field: 'side', titles: malformed },
        { code: 'field-malformed', field: 'name', titles: malformed },
        { code: 'field-malformed', field: 'unit', titles: malformed },
      ],
    });
  });

  it.each([
    [undefined, 'ja'],
    ['ja', 'ja'],
    ['en', 'en'],
    ['en-GB,en;q=0.9,ja;q=0.5', 'en'],
    ['ja,en;q=0.5', 'ja'],
    ['fr', 'ja'],
    ['enough', 'ja'],
  ])('speaks the language asked for, Japanese by default: %s', async (asked, spoken) => {
    const call = people.manager.get('/v1/nothing');
    const { headers, body } = await (asked === undefined ? call : call.set('accept-language', asked));
    expect(headers['content-language']).toBe(spoken);
    expect(body.title).toBe(body.titles[spoken]);
    expect(body.detail).toBe(
      problemCatalogue.find(({ code }) => code === 'route-not-found')?.[spoken as 'ja' | 'en'].detail,
    );
  });

  it.each<[string, RawRequest, number, string]>([
    ['is no JSON', { ...signIn, body: `{"operator": "${MARK}` }, 400, 'request-malformed'],
    ['is empty', { ...signIn, body: '' }, 400, 'request-malformed'],
    ['is missing', { method: 'POST', path: '/v1/sessions' }, 400, 'request-malformed'],
    ['is null', { ...signIn, body: 'null' }, 400, 'request-malformed'],
    ['is text', { ...signIn, body: `"${MARK}"` }, 400, 'request-malformed'],
    ['is a list', { ...signIn, body: `["${MARK}"]` }, 400, 'request-malformed'],
    [
      'pollutes a prototype',
      { ...signIn, body: `{"operator":"${MARK}","pin":"1","__proto__":{"pinChangeOnly":false}}` },
      400,
      'request-malformed',
    ],
    [
      'pollutes a constructor',
      { ...signIn, body: `{"operator":"${MARK}","pin":"1","constructor":{"prototype":{}}}` },
      400,
      'request-malformed',
    ],
    ['is deeper than any command', { ...signIn, body: nested(100) }, 400, 'request-malformed'],
    ['is as deep as its size allows', { ...signIn, body: nested(9_000) }, 400, 'request-malformed'],
    [
      'has lists without end',
      { ...signIn, body: `${'['.repeat(32_000)}${']'.repeat(32_000)}` },
      400,
      'request-malformed',
    ],
    [
      'is in another encoding',
      { ...signIn, body: Buffer.from([0x7b, 0x22, 0x8b, 0x4c, 0x22, 0x3a, 0x31, 0x7d]) },
      400,
      'request-malformed',
    ],
    ['is larger than 64 KiB', { ...signIn, body: `{"operator":"${'あ'.repeat(22_000)}"}` }, 413, 'too-large'],
    [
      'is a form',
      {
        ...signIn,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `operator=${MARKED_CODE}&pin=1`,
      },
      415,
      'media-type-unsupported',
    ],
    [
      'is plain text',
      { ...signIn, headers: { 'content-type': 'text/plain' }, body: MARK },
      415,
      'media-type-unsupported',
    ],
    [
      'is of a type that nobody knows',
      { ...signIn, headers: { 'content-type': MARKED_CODE }, body: MARK },
      415,
      'media-type-unsupported',
    ],
  ])('answers a body that %s', async (_what, request, status, code) => {
    const answer = await raw(kiroku, request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.text)).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(marks);
  });

  it('takes the last of two fields with one name, as every reader of the body does', async () => {
    const { operator } = people.security;
    const body = `{"operator":"${MARK}","operator":"${operator}","pin":"1","pin":"730164"}`;
    expect((await raw(kiroku, { ...signIn, body })).status).toBe(201);
  });

  const encoded = encodeURIComponent(MARK);

  it.each<[string, RawRequest, number]>([
    ['a path that does not exist', { path: `/v1/${encoded}/${MARKED_CODE}` }, 404],
    ['a query', { path: `/v1/nothing?residentCode=${MARKED_CODE}&name=${encoded}` }, 404],
    ['an id', { path: `/v1/grants/${encoded}` }, 404],
    ['another id', { path: `/v1/operators/${MARKED_CODE}` }, 404],
    ['an event’s id', { path: `/v1/events/${MARKED_CODE}` }, 403],
    ['a certificate', { method: 'DELETE', path: `/v1/certificates/${encoded}` }, 404],
    ['a terminal', { method: 'DELETE', path: `/v1/terminals/${encoded}%2F..%2F${MARKED_CODE}` }, 404],
    ['a null character', { method: 'POST', path: `/v1/operators/${encoded}%00/secrecy` }, 404],
    ['a path that cannot be decoded', { path: `/v1/grants/${encoded}%E0%A4%A` }, 400],
    ['a lone surrogate', { path: `/v1/grants/${encoded}%ED%A0%80` }, 400],
    ['a very long segment', { path: `/v1/grants/${encoded.repeat(40)}` }, 400],
    ['a token', { path: '/v1/agreement', headers: { authorization: `Bearer ${MARKED_CODE}` } }, 401],
    [
      'a language',
      { path: '/v1/nothing', headers: { 'accept-language': `${MARKED_CODE}, ${encoded}` } },
      404,
    ],
    ['a correlation of its own', { path: '/v1/nothing', headers: { 'x-correlation-id': MARKED_CODE } }, 404],
    ['an origin', { path: '/v1/nothing', headers: { origin: `https://${MARKED_CODE}.example` } }, 404],
  ])('repeats nothing of %s', async (_where, request, status) => {
    const answer = await asManager(request);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect([answer.status, JSON.parse(answer.text).status]).toEqual([status, status]);
    expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(marks);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  it('repeats nothing of headers that are too large, either', async () => {
    const answer = await asManager({ path: '/v1/agreement', headers: { 'x-name': encoded.repeat(600) } });
    expect(answer.status).toBe(431);
    expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(marks);
  });

  it.each(['PATCH', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'is all that %s gets where no such method is',
    async (method) => {
      const answer = await asManager({ method, path: '/v1/grants' });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([404, 'route-not-found']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('says no more about a password guess in a header than about none', async () => {
    const none = await new Person(kiroku, 'nobody').get('/v1/agreement').expect(401);
    const wrong = await new Person(kiroku, 'nobody')
      .get('/v1/agreement')
      .set('authorization', `Bearer ${'A'.repeat(43)}`)
      .expect(401);
    expect({ ...wrong.body, instance: null }).toEqual({ ...none.body, instance: null });
  });
});
