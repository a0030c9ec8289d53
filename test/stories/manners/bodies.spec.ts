import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getMetadataStorage } from 'class-validator';
import { v7 as uuidv7 } from 'uuid';
import { type Role, roleTable } from '#domain';
import { Kiroku } from '../../harness/kiroku.js';
import {
  type FirstPeople,
  firstPeople,
  grant,
  hire,
  openForBusiness,
  Person,
  PURPOSE,
  registerTerminal,
} from '../../harness/people.js';
import { type Dto, nameOf, type Route, routes } from '../access/routes.js';

/** Something personal, in every place where it does not belong. */
const MARK = '標識漏洩';
const MARKED_CODE = '25208017643';
const marked = { [MARK]: MARKED_CODE, [MARKED_CODE]: MARK };

const marks = new RegExp(`${MARK}|${MARKED_CODE}`);

const DAY = '2032-05-01';

/** A body for each DTO that the edge lets through, whatever is then decided about it. */
const samples: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ProposeHoursDto: { hours: [{ weekday: 1, from: 1, until: 2 }], closedDays: [DAY], effectiveFrom: DAY },
  SuspendDto: { purposes: [PURPOSE], reason: '' },
  ReasonDto: { reason: '' },
  RequestGrantDto: {
    operator: 'o-aaaaaaaa',
    terminal: 'terminal-1',
    purposes: [PURPOSE],
    from: DAY,
    until: DAY,
    prefixSearch: true,
    reason: 'r',
  },
  MakeInquiryDto: {
    purpose: PURPOSE,
    caseReference: 'none',
    question: { residentCode: MARKED_CODE },
    grant: '00000000-0000-7000-8000-000000000000',
  },
  RequestDisclosureDto: { reason: 'audit', note: 'n' },
  RegisterOperatorDto: { side: 'recipient', name: 'n', unit: 'Not A Unit' },
  DeclareHouseholdDto: { names: ['n'] },
  ProposeRolesDto: { roles: ['operator'], effectiveFrom: DAY },
  RecordTrainingDto: { heldOn: DAY, validUntil: DAY },
  ProposePeriodDto: { purpose: PURPOSE, period: 'none', effectiveFrom: DAY },
  SignInDto: { operator: 'o-aaaaaaaa', pin: '1' },
  ChangePinDto: { pin: '730164', newPin: '1' },
  BindCertificateDto: { certificate: 'c', notAfter: '2032-05-01T00:00:00Z' },
  RegisterTerminalDto: { certificate: 'c', notAfter: '2032-05-01T00:00:00Z', terminal: 't', label: 'l' },
  ContactDto: { name: 'n', channels: [{ kind: 'smtp', address: 'nowhere' }] },
  ConfirmContactDto: { version: 1 },
  DeclareIncidentDto: { kind: 'drill', description: '' },
  NoteIncidentDto: { note: 'n' },
  CloseIncidentDto: { finding: 'f' },
  HandOverCasesDto: {
    cases: [{ affair: 'none', caseReference: '', openedOn: '', closedOn: null }],
  },
  NoteReviewDto: { note: 'n' },
  CloseReviewDto: {
    conclusion: 'c',
    finding: 'f',
    incident: '00000000-0000-7000-8000-000000000000',
  },
  SignDayDto: { inquiries: 0, refused: 0, reviewsOpened: 0, remark: 'r' },
  WatchResidentDto: { residentCode: '00000000000', until: DAY, reason: 'r' },
  EndWatchDto: { reason: 'r' },
  SaveSearchDto: { name: 'n', query: 'operator:o', shared: true, threshold: { count: 1, days: 1 } },
  RequestExportDto: { query: 'operator:o', format: 'csv', reason: 'r' },
  RefuseExportDto: { reason: 'r' },
  ReceiveDisclosureRequestDto: { reference: 'K-1', receivedOn: '2032-04-01' },
  ExtendDisclosureRequestDto: { dueOn: DAY, reason: 'r' },
  AnswerDisclosureRequestDto: { answer: 'refused', answeredOn: DAY, remark: 'r' },
  ListProvisionsDto: {
    disclosureRequest: '00000000-0000-7000-8000-000000000000',
    requesterChecked: true,
    residentCode: MARKED_CODE,
    formerResidentCodes: [MARKED_CODE],
    format: 'json',
  },
  SearchTrailDto: {
    reason: 'r',
    from: '2032-04-01T00:00:00Z',
    until: '2032-05-01T00:00:00Z',
    operator: 'o',
    terminal: 't',
    purpose: PURPOSE,
    outcome: 'found',
    type: 'InquiryReceived',
    caseReference: 'c',
    residentCode: MARKED_CODE,
    query: 'operator:o',
    savedSearch: undefined,
    limit: 1,
    cursor: undefined,
    waitFor: '1',
  },
  // Refused twice over: a tail that began would not end. Either a query or a saved search.
  FollowTrailDto: { reason: '', query: 'outcome:found', savedSearch: undefined, residentCode: '1', since: 1 },
  CountTrailDto: {
    reason: 'r',
    from: '2032-04-01T00:00:00Z',
    until: '2032-05-01T00:00:00Z',
    operator: 'o',
    terminal: 't',
    purpose: PURPOSE,
    outcome: 'found',
    type: 'InquiryReceived',
    caseReference: 'c',
    residentCode: MARKED_CODE,
    query: 'operator:o',
    savedSearch: undefined,
    exact: true,
    interval: 'day',
    waitFor: '1',
  },
};

/** The fields of a DTO, as its decorators name them. */
const fieldsOf = (dto: Dto): readonly string[] => [
  ...new Set(
    getMetadataStorage()
      .getTargetValidationMetadatas(dto, '', false, false)
      .map(({ propertyName }) => propertyName),
  ),
];

/** Values of every kind: at most one of them is of the right one. */
const kinds: readonly (readonly [string, unknown])[] = [
  ['an object', marked],
  ['a list of objects', [marked]],
  ['a list of lists', [[MARK, [MARKED_CODE]]]],
  ['a list of nothing', [null]],
  ['a number', Number(MARKED_CODE)],
  ['a fraction', 0.5],
  ['a truth', true],
  ['nothing', null],
  ['no text', ''],
  ['some text', MARK],
  ['a long text', MARK.repeat(2_000)],
  ['half a character', '\uD842'],
  ['a null character', `${MARK}\u0000`],
];

describe('a body', () => {
  let kiroku: Kiroku;
  let people: FirstPeople;
  const holders = new Map<Role, Person>();

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await firstPeople(kiroku);
    await openForBusiness(kiroku, people);
    await registerTerminal(kiroku, people, 'terminal-1');
    const operator = await hire(kiroku, people, ['operator'], 'terminal-1');
    await grant(kiroku, people, operator);
    holders.set('operator', operator);
    const officers = {
      'terminal-manager': people.manager,
      'security-officer': people.security,
      'retention-officer': people.retention,
      'incident-responder': people.responder,
      provider: people.provider,
    };
    for (const [role, { operator: id }] of Object.entries(officers)) {
      const there = new Person(kiroku, id, kiroku.pki.clients['terminal-1']);
      holders.set(role as Role, await there.enter());
    }
  });
  afterAll(() => kiroku.stop());

  /** Sends a body as somebody whom the role table lets through. */
  const send = async ({ method, url, action }: Route, body: object) => {
    const role = action === null ? 'operator' : (roleTable[action].at(-1) as Role);
    const person = holders.get(role) as Person;
    const call = method === 'put' ? person.put(url, body) : person.post(url, body);
    const answer = await call.set('idempotency-key', uuidv7());
    // Somebody who is locked or signed out by what was sent comes back for the next.
    if (answer.status === 401 || answer.body.code === 'pin-locked') throw new Error('a session was lost');
    return answer;
  };

  const withBody = routes.filter(({ dto }) => dto !== null);

  it('is known of every route that takes one, so that a new route is in these stories', () => {
    expect(withBody.length).toBeGreaterThan(15);
    for (const { dto } of withBody) {
      expect([dto?.name, Object.keys(samples[dto?.name ?? ''] ?? {}).sort()]).toEqual([
        dto?.name,
        [...fieldsOf(dto as Dto)].sort(),
      ]);
    }
  });

  const tellable = withBody.filter(({ isPublic }) => !isPublic);

  it.each(tellable.map((route) => [nameOf(route), route] as const))(
    'with a field of another kind is a reasoned problem at %s, and nothing of it is repeated',
    async (_name, route) => {
      const sample = samples[(route.dto as Dto).name] as Readonly<Record<string, unknown>>;
      expect((await send(route, sample)).status).not.toBe(400);
      for (const field of Object.keys(sample)) {
        for (const [kind, value] of kinds) {
          const answer = await send(route, { ...sample, [field]: value });
          expect([field, kind, answer.status < 500]).toEqual([field, kind, true]);
          expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(marks);
          if (kind === 'half a character' || kind === 'nothing')
            expect([field, kind, answer.status]).toEqual([field, kind, 400]);
          if (kind !== 'an object') continue;
          expect([field, answer.status]).toEqual([field, 400]);
          const [first, ...rest] = answer.body.errors as { code: string; field?: string }[];
          expect(first?.code).toBe('request-malformed');
          const says = rest.some((error) => error.field === field || error.code === 'field-unknown');
          expect([field, says]).toEqual([field, true]);
        }
      }
    },
    60_000,
  );

  it.each(tellable.map((route) => [nameOf(route), route] as const))(
    'with a field that nobody knows, or without one that is needed, is malformed at %s',
    async (_name, route) => {
      const sample = samples[(route.dto as Dto).name] as Readonly<Record<string, unknown>>;
      for (const extra of [MARK, MARKED_CODE, 'toString', 'constructor', 'actor', 'at']) {
        const answer = await send(route, { ...sample, [extra]: MARK });
        expect([extra, answer.status, answer.body.code]).toEqual([extra, 400, 'request-malformed']);
        expect(answer.text).not.toMatch(marks);
      }
      expect((await send(route, {})).status).toBe(400);
    },
  );

  it('with null for something optional is malformed: it must not mean everything, or nothing, by mistake', async () => {
    const wrong = async (person: Person, path: string, body: object): Promise<unknown> => {
      const answer = await person.post(path, body);
      return [
        answer.status,
        answer.body.errors.map(({ code, field }: { code: string; field?: string }) => field ?? code),
      ];
    };
    const suspensions = async (): Promise<number> =>
      (await people.manager.get('/v1/agreement').expect(200)).body.provision.suspensions.length;
    const before = await suspensions();
    const suspension = { reason: '理由', purposes: null };
    expect(await wrong(people.provider, '/v1/suspensions', suspension)).toEqual([
      400,
      ['request-malformed', 'purposes'],
    ]);
    expect(await suspensions()).toBe(before);
    const search = { reason: 'daily review', limit: null, residentCode: null };
    expect(await wrong(people.security, '/v1/audit/searches', search)).toEqual([
      400,
      ['request-malformed', 'limit', 'residentCode'],
    ]);
    const terms = { ...samples['RequestGrantDto'], prefixSearch: null };
    expect(await wrong(people.manager, '/v1/grants', terms)).toEqual([
      400,
      ['request-malformed', 'prefixSearch'],
    ]);
  });

  it.each(['a text', 'a number', 'a truth', 'a list', 'nothing'])(
    'that is %s and no object is malformed',
    async (kind) => {
      const bodies: Record<string, string> = {
        'a text': '"x"',
        'a number': '1',
        'a truth': 'true',
        'a list': '[{"reason":"r"}]',
        nothing: 'null',
      };
      for (const path of ['/v1/audit/searches', `/v1/operators/o-aaaaaaaa/secrecy`]) {
        const person = path.endsWith('secrecy') ? people.manager : people.security;
        const answer = await person.upload(path, 'application/json', bodies[kind] as string);
        expect([answer.status, answer.body.errors.length, answer.body.code]).toEqual([
          400,
          1,
          'request-malformed',
        ]);
      }
    },
  );

  it.each<[string, (many: number) => string]>([
    ['unknown fields', (many) => `{${Array.from({ length: many }, (_, at) => `"x${at}":1`).join()}}`],
    ['items in a list', (many) => `{"operator":"o","pin":[${'1,'.repeat(many)}1]}`],
    ['objects in a list', (many) => `{"operator":[${'{},'.repeat(many)}{}],"pin":"1"}`],
    ['items deep inside', (many) => `{"operator":{"a":{"b":[${'0,'.repeat(many)}0]}},"pin":"1"}`],
  ])('with more %s than any command has is malformed, and nothing of it is judged', async (_what, bodyOf) => {
    const post = (many: number) =>
      new Person(kiroku, 'nobody').upload('/v1/sessions', 'application/json', bodyOf(many));
    const few = await post(900);
    expect([few.status, few.body.errors.length > 1]).toEqual([400, true]);
    const { status, body } = await post(1_001);
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ code: 'request-malformed' })]]);
  });

  it('with hundreds of wrong fields is told of the first twenty', async () => {
    const extra = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x${at}`, 1]));
    const answer = await people.security.post('/v1/audit/searches', { reason: 'r', ...extra });
    expect([answer.status, answer.body.errors.length]).toEqual([400, 20]);
  });

  it('arrives in time, on one of so many connections, or not at all', () => {
    const server = kiroku.api.app.getHttpServer();
    expect(server).toMatchObject({
      requestTimeout: 30_000,
      headersTimeout: 30_000,
      keepAliveTimeout: 60_000,
      maxConnections: 2_000,
    });
  });
});
