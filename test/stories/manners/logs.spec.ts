import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, type FirstPeople, ordinaryDay, Person, PIN } from '../../harness/people.js';
import { routes } from '../access/routes.js';

type Line = Readonly<Record<string, unknown>>;

/** Every field that a log line may have; one more is a decision, not an accident (decision 20). */
const ALLOWED = [
  'abandonedInquiriesClosed',
  'checks',
  'code',
  'context',
  'correlation',
  'erasedCohorts',
  'erasureHeld',
  'error',
  'fence',
  'lease',
  'level',
  'method',
  'ms',
  'reviewsOpened',
  'route',
  'status',
  'task',
  'time',
  'verifiedCohorts',
  'unverifiedCohorts',
  'failedCohorts',
  'erasurePaused',
  'worker',
];

describe('the logs of a busy day', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  const inquiry = uuidv7();
  /** Everything that api and worker wrote to standard output and standard error, as text. */
  let written = '';
  let lines: readonly Line[] = [];

  beforeAll(async () => {
    const hear = ((text: string | Uint8Array) => {
      written += String(text);
      return true;
    }) as typeof process.stdout.write;
    const ears = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation(hear),
    );
    kiroku = await Kiroku.start({ KIROKU_LOG_LEVEL: 'debug' });
    try {
      people = await ordinaryDay(kiroku);
      await anythingThatHappens();
    } finally {
      await kiroku.stop();
      for (const ear of ears) ear.mockRestore();
    }
    lines = written
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  });

  async function anythingThatHappens(): Promise<void> {
    const { operator, security, manager, responder } = people;
    await ask(operator, { residentCode: wellKnown.found }, { id: inquiry }).expect(200);
    await ask(operator, { name: wellKnown.several.name, birthDate: wellKnown.several.birthDate });
    await ask(operator, { residentCode: '25208017644' }).expect(422);
    await operator.post(`/v1/inquiries/${inquiry}/disclosures`, { reason: 'audit', note: '秘密の覚書' });
    for (const mode of ['refuse', 'wrong', 'oversize', 'drop', 'unauthentic'] as const) {
      kiroku.simulator.behave(mode);
      await ask(operator, { residentCode: wellKnown.found });
    }
    kiroku.simulator.behave('normal');
    await security
      .post('/v1/audit/searches', { residentCode: wellKnown.found, reason: '秘密の理由' })
      .expect(200);
    await manager.get(`/v1/grants/25208017643?name=${encodeURIComponent('記録 花子')}`).expect(404);
    await operator.get('/v1/%E0%A4%A');
    await responder.post('/v1/contacts', {
      name: '秘密の当番',
      channels: [{ kind: 'smtp', address: 'secret@recipient.example' }],
    });
    await responder.post('/v1/incidents', { kind: 'drill', description: '秘密の事案' }).expect(201);
    await new Person(kiroku, 'nobody').get('/acknowledge/25208017643/secret').expect(404);
    await new Person(kiroku, 'o-marked42').signIn('555123').expect(401);
    await operator.post('/v1/inquiries', { 秘密の項目: '記録 花子' }).expect(400);
    await kiroku.settle();
    await kiroku.worker.erase();
    await kiroku.worker.tidy();
  }

  it('are lines of JSON with allowed fields only', () => {
    expect(lines.length).toBeGreaterThan(40);
    const fields = new Set(lines.flatMap((line) => Object.keys(line)));
    expect([...fields].filter((field) => !ALLOWED.includes(field))).toEqual([]);
  });

  it('tell each answer by the route’s pattern, its status and the correlation id', () => {
    const answers = lines.filter(({ context }) => context === 'http');
    const patterns = routes.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
    for (const { route } of answers) expect([...patterns, 'none']).toContain(route);
    const inquired = answers.filter(({ route }) => route === '/v1/inquiries');
    expect(inquired.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 400, 422, 502]));
    expect(new Set(answers.map(({ correlation }) => correlation)).size).toBe(answers.length);
  });

  it('tell what went wrong by its code, with the correlation id of the answer', () => {
    const failed = lines.filter(({ context }) => context === 'problems');
    expect(failed.length).toBeGreaterThan(3);
    for (const { code, correlation } of failed) {
      expect(code).toBe('provider-unavailable');
      expect(lines.some((line) => line['context'] === 'http' && line['correlation'] === correlation)).toBe(
        true,
      );
    }
  });

  it('hold nothing of any person, nothing that was typed and no secret', () => {
    const secrets = [
      wellKnown.found,
      wellKnown.several.name,
      '25208017643',
      '25208017644',
      '記録',
      '窓口',
      '秘密',
      'secret@',
      '/secret',
      'o-marked42',
      '555123',
      PIN,
      inquiry,
      people.grant,
      kiroku.directory,
      ...[people.operator, people.manager, people.security, people.responder].flatMap(
        ({ operator, token }) => [operator, token as string],
      ),
      ...kiroku.installed.accounts.flatMap(({ operator, pin, name }) => [operator, pin, name]),
    ];
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });
});
