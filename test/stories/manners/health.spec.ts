import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, Person } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { nameOf, routes } from '../access/routes.js';

const found = { residentCode: wellKnown.found };
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the api', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  let realTime: ReturnType<typeof jest.spyOn>;
  let passed = 0;

  beforeAll(async () => {
    // How old the log is, is a matter of real time (decision 22): this story moves it.
    const now = Date.now.bind(Date);
    realTime = jest.spyOn(Date, 'now').mockImplementation(() => now() + passed);
    kiroku = await Kiroku.start({ KIROKU_UNSEQUENCED_MINUTES: '5' });
    people = await ordinaryDay(kiroku);
  });
  afterAll(async () => {
    await kiroku.stop();
    realTime.mockRestore();
  });

  const somebody = (): Person => new Person(kiroku, 'nobody');
  const readiness = async (): Promise<{ status: number; failing: string[] }> => {
    const { status, body } = await somebody().get('/readyz');
    const checks = Object.entries(body.checks as Record<string, { ok: boolean }>);
    expect(body.status).toBe(status === 200 ? 'ready' : 'not-ready');
    expect(checks.map(([name]) => name).sort()).toEqual([
      'alarm',
      'api',
      'channels',
      'contacts',
      'keys',
      'log',
      'read-models',
      'store',
      'worker',
    ]);
    return { status, failing: checks.flatMap(([name, { ok }]) => (ok ? [] : [name])) };
  };

  it('answers, and says so to anybody', async () => {
    const { body } = await somebody().get('/livez').expect(200);
    expect(body).toEqual({ status: 'ok' });
  });

  it('sends its security headers with whatever it answers', async () => {
    const answers = [
      await somebody().get('/livez'),
      await somebody().get('/v1/agreement'),
      await somebody().get('/nothing'),
      await people.operator.get('/v1/agreement'),
      await ask(people.operator, found),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 200, 200]);
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/max-age=\d{8}/),
        'content-security-policy': expect.stringMatching(/^default-src 'none';/),
        'x-frame-options': expect.any(String),
      });
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['server']).toBeUndefined();
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('gives each request a correlation id of its own making', async () => {
    const ids = [];
    for (let request = 0; request < 3; request += 1) {
      const { headers } = await somebody().get('/livez').set('x-correlation-id', 'mine');
      ids.push(headers['x-correlation-id']);
    }
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(UUID7);
  });

  it('describes every route in OpenAPI 3.1, and which of them need a session', async () => {
    const { body } = await somebody().get('/openapi.json').expect(200);
    expect(body.openapi).toMatch(/^3\.1\./);
    const described = Object.entries(body.paths as Record<string, Record<string, { security?: object[] }>>);
    const operations = described.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        isPublic: !security?.length,
      })),
    );
    const expected = routes
      .filter(({ path }) => path !== '/openapi.json')
      .map((route) => ({ name: nameOf(route), isPublic: route.isPublic }));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(operations.sort(byName)).toEqual(expected.sort(byName));
  });

  describe('is measured', () => {
    const metrics = async (): Promise<string> => (await fetch(kiroku.api.metricsUrl)).text();

    it('on a listener of its own, which offers nothing else, and nowhere else', async () => {
      for (const person of [somebody(), people.security, people.operator])
        await person.get('/metrics').expect(404);
      const { origin, hostname } = new URL(kiroku.api.metricsUrl);
      expect(hostname).toBe('127.0.0.1');
      for (const path of ['/', '/v1/agreement', '/livez', '/metrics/more'])
        expect((await fetch(`${origin}${path}`)).status).toBe(404);
      expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(404);
    });

    it('by route and status, without a word that anybody typed', async () => {
      await ask(people.operator, { name: wellKnown.several.name, birthDate: wellKnown.several.birthDate });
      await ask(people.operator, found).expect(200);
      await people.manager.get(`/v1/operators/${people.operator.operator}`).expect(200);
      await people.manager.get('/v1/grants/25208017643').expect(404);
      await people.manager.get(`/25208017643?name=${encodeURIComponent('記録 花子')}`).expect(404);
      const text = await metrics();
      const labelled = [...text.matchAll(/method="(\w+)",route="([^"]+)",status="(\d{3})"/g)];
      const patterns = new Set(routes.map(({ path }) => path.replaceAll(/\{(\w+)\}/g, ':$1')));
      expect(labelled.length).toBeGreaterThan(10);
      for (const [, , route = ''] of labelled) expect([...patterns, 'none']).toContain(route);
      for (const word of [wellKnown.found, '25208017643', '記録', wellKnown.several.name])
        expect(text).not.toContain(word);
      for (const { operator, token } of [people.operator, people.manager])
        expect(text).not.toMatch(new RegExp(`${operator}|${token}`));
      expect(text).toMatch(/^kiroku_log_lag_seconds /m);
      expect(text).toMatch(/^kiroku_key_epoch 1$/m);
      expect(text).toMatch(/^kiroku_incidents_open 0$/m);
      expect(text).toMatch(/^kiroku_alerts_unreached 0$/m);
    });
  });

  describe('is ready', () => {
    it('when store, keys, log, read models and worker are', async () => {
      await kiroku.settle();
      expect(await readiness()).toEqual({ status: 200, failing: [] });
    });

    it('but not without a worker, and says that it is the worker', async () => {
      await kiroku.settle();
      await kiroku.stopWorker();
      expect(await readiness()).toEqual({ status: 503, failing: ['worker'] });
      await somebody().get('/livez').expect(200);
    });

    it('but not when the log is too old to prove anything; then nothing is asked of the register', async () => {
      await people.manager.post('/v1/operators', { side: 'recipient', name: '新人', unit: 'counter' });
      expect((await readiness()).failing).not.toContain('log');
      passed += 5 * 60_000 + 1;
      const { status, failing } = await readiness();
      expect([status, failing.includes('log'), failing.includes('worker')]).toEqual([503, true, true]);
      const refused = await ask(people.operator, found);
      expect([refused.status, codesOf(refused)]).toEqual([503, ['log-not-provable']]);
      expect(refused.headers['retry-after']).toBe('5');
    });

    it('and is again as soon as a worker has caught up', async () => {
      await kiroku.startWorker();
      await kiroku.settle();
      passed += 1_000; // the age of the log is remembered for a moment
      await kiroku.worker.beat();
      // The api says that it lives, and the alarm reads on, at their own pace.
      await until('the api to be ready', async () => (await readiness()).status === 200);
      await ask(people.operator, found).expect(200);
    });
  });

  it('finishes what is under way before it stops, and takes nothing new', async () => {
    kiroku.simulator.behave({ mode: 'slow', delayMs: 400 });
    const before = kiroku.simulator.statistics().requests;
    const answering = ask(people.operator, found).then((response) => response);
    while (kiroku.simulator.statistics().requests === before) await new Promise(setImmediate);
    const { url } = kiroku.api;
    await kiroku.stopApi();
    const answer = await answering;
    expect([answer.status, answer.body.outcome]).toEqual([200, 'found']);
    await expect(fetch(`${url}/livez`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    kiroku.simulator.behave('normal');
    await kiroku.startApi();
    // The session outlives the process; what it was told is on record.
    await ask(people.operator, found).expect(200);
  });
});
