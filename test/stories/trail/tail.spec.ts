import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { OpenTails } from '../../../apps/api/src/trail/open-tails.js';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { EventStream, respond, type StreamedEvent, type StreamRequest } from '../../harness/event-stream.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, hire, ordinaryDay, Person, today } from '../../harness/people.js';
import { onRecord } from '../access/trail.js';

const REASON = '窓口の見守り';
const PATH = '/v1/audit/tail';
const NOTHING = '00000000-0000-7000-8000-000000000000';

const idOf = ({ data }: StreamedEvent): unknown => data['id'];

describe('a security officer who follows the trail', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  const streams: EventStream[] = [];

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    for (let asked = 0; asked < 3; asked += 1)
      await ask(people.operator, { residentCode: wellKnown.found }).expect(200);
    await kiroku.settle();
  }, 60_000);
  afterAll(() => kiroku.stop());
  afterEach(async () => {
    for (const stream of streams.splice(0)) {
      stream.hangUp();
      await stream.closed;
    }
  });

  const headersOf = (person: Person, headers: StreamRequest['headers'] = {}) => ({
    authorization: `Bearer ${person.token}`,
    'kiroku-reason': encodeURIComponent(REASON),
    ...headers,
  });
  const open = async ({
    person = people.security,
    headers,
    ...request
  }: Partial<StreamRequest> & { person?: Person } = {}): Promise<EventStream> => {
    const stream = await EventStream.open(kiroku.api, kiroku.pki, {
      path: PATH,
      ...request,
      headers: headersOf(person, headers),
    });
    streams.push(stream);
    return stream;
  };
  const followed = (query: string, more = '', headers: StreamRequest['headers'] = {}) =>
    open({ path: `${PATH}?query=${encodeURIComponent(query)}${more}`, headers });
  const found = async (query: string): Promise<readonly Record<string, unknown>[]> => {
    const { body } = await people.security
      .post('/v1/audit/searches', { query, reason: 'r', limit: 500 })
      .expect(200);
    return body.rows.toReversed();
  };
  const happen = async (): Promise<void> => {
    await ask(people.operator, { residentCode: wellKnown.nobody }).expect(200);
    await kiroku.settle();
  };
  const judge = (): Promise<void> => kiroku.api.app.get(OpenTails).judge();
  const endOf = async (stream: EventStream): Promise<unknown> => {
    const { data } = await stream.next('end');
    await stream.closed;
    return data['code'];
  };

  it('is told the newest rows of a search, the oldest of them first, and then what comes', async () => {
    const query = 'type:InformationProvided OR type:NothingProvided';
    const stream = await followed(query, '&since=2');
    expect([stream.status, stream.response.headers]).toMatchObject([
      200,
      {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    ]);
    const before = await found(query);
    const newest = await stream.rows();
    expect(newest.map(({ data }) => data)).toEqual(before.slice(-2));
    expect(newest.map(({ id }) => id)).toEqual(before.slice(-2).map(({ position }) => position));
    expect(stream.text).toMatch(/^retry: 2000\n\n/);
    await happen();
    const next = await stream.next('row');
    expect(next.data).toEqual((await found(query)).at(-1));
    expect(next.data).toMatchObject({ type: 'NothingProvided', outcome: 'not-found' });
    const { id, data } = await stream.next('position');
    expect(data).toEqual({ position: id });
    expect(BigInt(id ?? 0)).toBeGreaterThanOrEqual(BigInt(next.id ?? 0));
  });

  it('is told twenty where nothing else is asked, and nothing else than what is there', async () => {
    const stream = await open();
    expect(await stream.rows()).toHaveLength(20);
    expect(await (await followed('operator:nobody')).rows()).toEqual([]);
    expect(await (await followed('outcome:found', '&since=0')).rows()).toEqual([]);
  });

  it('is told everything once over broken connections, however far back the last one was', async () => {
    const query = 'operator:' + people.operator.operator;
    let last = '0';
    const told: StreamedEvent[] = [];
    for (let connection = 0; connection < 4; connection += 1) {
      const stream = await followed(query, '', { 'last-event-id': last });
      if (connection > 0) await happen();
      // It breaks in the middle of what is told.
      for (let rows = 0; rows < 2; rows += 1) {
        const row = await stream.next('row');
        told.push(row);
        last = row.id ?? '';
      }
      stream.hangUp();
      await stream.closed;
    }
    const rest = await followed(query, '', { 'last-event-id': last });
    told.push(...(await rest.rows()));
    expect(told.map(idOf)).toEqual((await found(query)).map(({ id }) => id));
    // From the position that was told last nothing comes again.
    const again = await followed(query, '', { 'last-event-id': rest.position ?? '' });
    await happen();
    expect(told.map(idOf)).not.toContain(idOf(await again.next('row')));
  });

  it('may follow a saved search, and in the body of a request what a URL must not hold', async () => {
    const { body: saved } = await people.security
      .post('/v1/saved-searches', { name: '案件', query: 'case:SK-2032-000001 outcome:found', shared: false })
      .expect(201);
    const query = 'case:SK-2032-000001 outcome:found';
    const rows = await found(query);
    expect(rows.length).toBeGreaterThan(2);
    const bySearch = await open({ path: `${PATH}?savedSearch=${saved.savedSearch}&since=500` });
    expect((await bySearch.rows()).map(idOf)).toEqual(rows.map(({ id }) => id));
    const inBody = await open({ body: { query, reason: REASON, since: 500 } });
    expect((await inBody.rows()).map(idOf)).toEqual(rows.map(({ id }) => id));
    const colleague = await hire(kiroku, people, ['security-officer']);
    const stranger = await open({ person: colleague, path: `${PATH}?savedSearch=${saved.savedSearch}` });
    expect([stranger.status, JSON.parse(await stranger.whole()).code]).toEqual([404, 'saved-search-missing']);
  });

  it('may follow what concerns a resident, whose code is in no URL', async () => {
    const stream = await open({
      body: { residentCode: wellKnown.rareCharacters, query: '-type:TailOpened', reason: REASON },
    });
    expect(await stream.rows()).toEqual([]);
    await happen();
    await ask(people.operator, { residentCode: wellKnown.rareCharacters }).expect(200);
    await kiroku.settle();
    expect((await stream.next('row')).data).toMatchObject({ type: 'InquiryReceived' });
    expect((await stream.next('row')).data).toMatchObject({ type: 'RecordProvided' });
  });

  it('is on record: before the first row, with what is followed; and how much it was, when it is over', async () => {
    const stream = await followed('outcome:found', '&since=1');
    const [row] = await stream.rows();
    const opened = (await onRecord(kiroku, people.security, 'TailOpened')).at(-1);
    const operator = people.security.operator;
    expect(opened).toMatchObject({ operator, data: { operator, savedSearch: null, after: null } });
    expect(JSON.stringify(opened)).not.toMatch(/outcome:found|窓口/);
    stream.hangUp();
    await stream.closed;
    await expect(closed(opened?.data['tail'])).resolves.toMatchObject({ why: 'left', rows: 1 });
    expect(row?.id).toMatch(/^\d+$/);
  });

  /** What is on record of the end of a tail, once it is. */
  async function closed(tail: unknown): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const events = await onRecord(kiroku, people.security, 'TailClosed');
      const event = events.find(({ data }) => data['tail'] === tail);
      if (event) return event.data;
    }
  }

  describe('is told no more', () => {
    const follow = async (person: Person, identity?: StreamRequest['identity']): Promise<EventStream> => {
      const stream = await open({ person, identity });
      await stream.rows();
      await judge();
      return stream;
    };

    it('when the session is over, and a farewell says so', async () => {
      const officer = await hire(kiroku, people, ['security-officer']);
      const stream = await follow(officer);
      await officer.delete('/v1/sessions/current').expect(204);
      await judge();
      const end = await stream.next('end');
      expect(end).toMatchObject({
        id: null,
        data: { status: 401, code: 'session-missing', type: 'urn:kiroku:problem:session-missing' },
      });
      await stream.closed;
      const opened = (
        await onRecord(kiroku, people.security, 'TailOpened', { operator: officer.operator })
      ).at(-1);
      expect(await closed(opened?.data['tail'])).toMatchObject({ why: 'session-missing' });
    });

    it('when the role is taken away', async () => {
      const officer = await hire(kiroku, people, ['security-officer']);
      const stream = await follow(officer);
      const path = `/v1/operators/${officer.operator}/roles`;
      const { body } = await people.manager
        .post(path, { roles: ['incident-responder'], effectiveFrom: today(kiroku) })
        .expect(201);
      await people.secondManager.post(`${path}/${body.proposal}/approval`).expect(204);
      await judge();
      expect(await endOf(stream)).toBe('role-missing');
      await happen();
      expect(stream.text.trimEnd()).toMatch(/event: end\ndata: \{.*\}$/);
    });

    it('when the PIN is issued anew', async () => {
      const officer = await hire(kiroku, people, ['security-officer']);
      const stream = await follow(officer);
      await officer.put('/v1/sessions/current/pin', { pin: '730164', newPin: '846205' }).expect(204);
      await judge();
      expect(await endOf(stream)).toBe('session-missing');
    });

    it('when the certificate of the terminal is retired', async () => {
      const place = kiroku.pki.clients['terminal-2'];
      const register = (terminal: string, certificate: string | undefined) =>
        people.manager.post('/v1/terminals', {
          terminal,
          label: '監査室',
          certificate,
          notAfter: '2040-01-01T00:00:00.000Z',
        });
      await register('terminal-2', place?.fingerprint).expect(201);
      const { operator } = await hire(kiroku, people, ['security-officer']);
      const officer = await new Person(kiroku, operator, place).enter();
      const stream = await follow(officer, place);
      await people.manager.delete(`/v1/certificates/${place?.fingerprint}`).expect(204);
      await judge();
      expect(await endOf(stream)).toBe('terminal-not-valid');
    });

    it('and no session lives longer for it', async () => {
      const stream = await open();
      await stream.rows();
      const { sessions } = kiroku.api.rooms.operations;
      const before = sessions.find(people.security.token ?? '')?.expiresAt;
      await judge();
      await happen();
      expect(sessions.find(people.security.token ?? '')?.expiresAt).toBe(before);
    });
  });

  describe('is refused', () => {
    const refusal = async (request: Partial<StreamRequest>): Promise<readonly unknown[]> => {
      const stream = await open(request);
      const text = await stream.whole();
      expect(text).not.toMatch(/山田|24727059608/);
      return [stream.status, codesOf({ body: JSON.parse(text) })];
    };
    const asked = (query: string) => ({ path: `${PATH}?${query}` });
    const url = 'tail-query-not-for-url';

    it.each<[string, string, number, readonly string[]]>([
      ['a case', `query=${encodeURIComponent('case:山田')}`, 422, [url]],
      ['words', `query=${encodeURIComponent('text:山田')}`, 422, [url, 'tail-text-not-followed']],
      ['a resident code', 'query=case:24727059608', 422, ['identifier-in-query']],
      ['a resident', 'query=resident:24727059608', 422, ['identifier-in-query']],
      ['a resident as a field', 'residentCode=24727059608', 422, [url]],
      ['a reason', `reason=${encodeURIComponent('山田')}`, 422, [url]],
      ['a token', 'access_token=x', 400, ['request-malformed', 'field-unknown']],
      [
        'two queries',
        'query=outcome:found&query=outcome:several',
        400,
        ['request-malformed', 'field-malformed'],
      ],
      [
        'two kinds',
        `query=outcome:found&savedSearch=${NOTHING}`,
        400,
        ['request-malformed', 'field-malformed'],
      ],
      ['too many rows', 'since=501', 400, ['request-malformed', 'field-malformed']],
      ['a saved search that is none', `savedSearch=${NOTHING}`, 404, ['saved-search-missing']],
      ['a saved search that has no id', 'savedSearch=latest', 404, ['saved-search-missing']],
      ['a query that is none', 'query=everything', 422, ['query-field-missing']],
    ])('in the URL: %s', async (_what, query, status, codes) => {
      expect(await refusal(asked(query))).toEqual([status, codes]);
    });

    it.each<[string, Readonly<Record<string, string>>, number, readonly string[]]>([
      ['no reason', { 'kiroku-reason': '' }, 422, ['reason-malformed']],
      [
        'a reason that cannot be read',
        { 'kiroku-reason': '%E7%AA' },
        400,
        ['request-malformed', 'field-malformed'],
      ],
      ['a position that is none', { 'last-event-id': 'x' }, 400, ['request-malformed', 'field-malformed']],
      [
        'a position that nothing has',
        { 'last-event-id': '9223372036854775807' },
        400,
        ['tail-position-unknown'],
      ],
    ])('in the headers: %s', async (_what, headers, status, codes) => {
      expect(await refusal({ headers })).toEqual([status, codes]);
    });

    it.each<[string, object, number, readonly string[]]>([
      ['no reason', { query: 'outcome:found' }, 400, ['request-malformed', 'field-malformed']],
      ['words', { query: 'text:山田 at:2032-04', reason: 'r' }, 422, ['tail-text-not-followed']],
      ['a wrong resident code', { residentCode: '25208017644', reason: 'r' }, 422, ['check-digit-wrong']],
      ['too many rows', { since: 501, reason: 'r' }, 400, ['request-malformed', 'field-malformed']],
    ])('in the body: %s', async (_what, body, status, codes) => {
      expect(await refusal({ body })).toEqual([status, codes]);
    });

    it('a fifth at once of one person, whatever the session, until one of the four is over', async () => {
      const officer = await hire(kiroku, people, ['security-officer']);
      const four = await Promise.all(Array.from({ length: 4 }, () => open({ person: officer })));
      for (const each of four) await each.rows();
      const fifth = await open({ person: await new Person(kiroku, officer.operator).enter() });
      expect([fifth.status, JSON.parse(await fifth.whole()).code]).toEqual([429, 'tails-of-person']);
      four[0]?.hangUp();
      await four[0]?.closed;
      await onRecord(kiroku, people.security, 'TailClosed');
      let again = await open({ person: officer });
      while (again.status === 429) again = await open({ person: officer });
      expect(again.status).toBe(200);
    });
  });

  it('does not keep the api from stopping, whether what is told is read or not', async () => {
    const { queries } = kiroku.api.rooms;
    const reader = await open();
    await reader.rows();
    const follow = queries.followTrail.bind(queries);
    // A trail without end: the same stretch again and again.
    const endless = jest.spyOn(queries, 'followTrail').mockImplementation(async (filter, page) => ({
      ...(await follow(filter, { ...page, after: '0' })),
      through: page.after,
      more: true,
    }));
    const slow = await respond(new URL(PATH, kiroku.api.url), kiroku.pki.authority.certificate, {
      headers: headersOf(people.security, { 'last-event-id': '0' }),
    });
    expect(slow.statusCode).toBe(200);
    const broken = new Promise((resolve) => slow.once('close', resolve));
    slow.on('error', () => undefined);
    await kiroku.stopApi();
    endless.mockRestore();
    expect(await endOf(reader)).toBe('stopping');
    slow.resume();
    await broken;
    await kiroku.startApi();
    const whys = (await onRecord(kiroku, people.security, 'TailClosed'))
      .slice(-2)
      .map(({ data }) => data['why']);
    expect(whys).toEqual(['stopping', 'stopping']);
    const again = await open();
    // What another answer says is the first thing to know.
    expect(again.status === 200 ? '' : await again.whole()).toBe('');
  });
});
