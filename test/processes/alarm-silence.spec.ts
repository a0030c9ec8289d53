import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Caller } from '../harness/caller.js';
import { Deployment } from '../harness/deployment.js';
import { until } from '../harness/processes.js';
import { incidentToldOf, lapse, messagesAbout, ofType, recordedOf } from './alarms.js';

const TIMEOUT_MS = 120_000;
/** The shortest silence that may be set; a living process gives a sign every three seconds. */
const IMPATIENT = { KIROKU_SILENCE_SECONDS: '5', KIROKU_FAULT_SETTLE_SECONDS: '0' };

describe('api and worker watch each other', () => {
  let deployment: Deployment;

  beforeAll(async () => {
    ({ deployment } = await Deployment.make(async () => undefined, IMPATIENT));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'and neither is missed while both live, nor an api that said goodbye',
    async () => {
      const worker = await deployment.start('retention-worker');
      const api = await deployment.start('api');
      const caller = new Caller(api.url, deployment.pki, undefined, null);
      expect((await caller.get('/livez')).status).toBe(200);
      caller.close();
      expect(await api.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      await deployment.start('api');
      await deployment.settle();
      expect([worker.lives, ofType(await deployment.recorded(), 'FaultOpened')]).toEqual([true, []]);
    },
    TIMEOUT_MS,
  );

  it(
    'so that both contacts hear from the api when the worker was killed',
    async () => {
      const [worker] = deployment.daemons;
      await worker?.kill('SIGKILL');
      lapse(deployment, 'retention-worker');
      lapse(deployment, 'alarm');
      const incident = await incidentToldOf(deployment, 'worker-silent');
      const [declared] = await recordedOf(deployment, 'IncidentDeclared', incident);
      expect(declared?.data).toMatchObject({ cause: 'worker-silent', kind: 'failure' });
      expect(declared?.actor).toEqual({ system: 'api' });
      const sent = await recordedOf(deployment, 'AlertSent', incident);
      expect(sent.every(({ data }) => data.lifeboat === null)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'until a worker lives again: then the fault is over, and its incident is still open',
    async () => {
      const incident = await incidentToldOf(deployment, 'worker-silent');
      await deployment.start('retention-worker');
      await recordedOf(deployment, 'FaultCleared', incident);
      expect(ofType(await deployment.recorded(), 'IncidentClosed')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'so that both contacts hear from the worker when every api was killed, and that is over too',
    async () => {
      for (const daemon of deployment.daemons) if (daemon.app === 'api') await daemon.kill('SIGKILL');
      lapse(deployment, 'api');
      const incident = await incidentToldOf(deployment, 'api-silent');
      const [declared] = await recordedOf(deployment, 'IncidentDeclared', incident);
      expect(declared?.actor).toEqual({ system: 'retention-worker' });
      await deployment.start('api');
      await recordedOf(deployment, 'FaultCleared', incident);
    },
    TIMEOUT_MS,
  );

  it('and each of them told each contact once', async () => {
    for (const cause of ['worker-silent', 'api-silent'] as const) {
      expect(messagesAbout(deployment, cause)).toHaveLength(2);
    }
    await until('nothing to be recorded any more', async () => {
      const before = (await deployment.recorded()).length;
      await deployment.settle();
      return (await deployment.recorded()).length === before;
    });
    const opened = ofType(await deployment.recorded(), 'FaultOpened').map(({ data }) => data.kind);
    expect(opened).toEqual(['worker-silent', 'api-silent']);
  });
});
