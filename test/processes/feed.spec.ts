import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDemoPki } from '#wiring';
import { Deployment } from '../harness/deployment.js';
import { Acknowledgements, load } from '../harness/load.js';
import { type FirstPeople, ordinaryDay, type Person } from '../harness/people.js';
import { until } from '../harness/processes.js';
import { HttpsSiem } from '../harness/siem-https.js';

const TIMEOUT_MS = 120_000;
const ROUNDS = 4;
const AT_ONCE = 4;
const EACH = 20;

describe('kill -9 of the worker while it feeds a SIEM', () => {
  let directory: string;
  let siem: HttpsSiem;
  let deployment: Deployment;
  let people: FirstPeople & { operator: Person; grant: string };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kiroku-siem-'));
    const { api, authority } = await makeDemoPki(directory, { now: new Date(), names: [] });
    const [cert, key] = [await readFile(api.certificate, 'utf8'), await readFile(api.key, 'utf8')];
    siem = await HttpsSiem.start({ cert, key });
    ({ deployment, prepared: people } = await Deployment.make(ordinaryDay, {
      KIROKU_FEED_URL: siem.url,
      KIROKU_FEED_CA: authority.certificate,
      KIROKU_FEED_FROM: 'beginning',
    }));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await deployment?.stop();
    await siem?.close();
    await rm(directory, { recursive: true, force: true });
  }, TIMEOUT_MS);

  it(
    'again and again: every event arrives, in order, and of none more than the batch that was under way',
    async () => {
      await deployment.start('api');
      const list = new Acknowledgements();
      for (let round = 0; round < ROUNDS; round += 1) {
        const worker = await deployment.start('retention-worker');
        const caller = deployment.caller(people.operator, 'terminal-1');
        const [arrived, batches] = [siem.arrived.length, siem.batches.length];
        await load([caller], list, { each: EACH, atOnce: AT_ONCE });
        caller.close();
        await until('some of it to arrive', () => siem.arrived.length > arrived, 0);
        if (round % 2) await until('a batch to be taken', () => siem.batches.length > batches, 0);
        await worker.kill('SIGKILL');
        deployment.forgetTheDead('retention-worker');
      }
      await deployment.start('retention-worker');
      let recorded: readonly string[] = [];
      await until('everything to arrive', async () => {
        const events = await deployment.recorded();
        recorded = events.filter(({ type }) => type !== 'RecordProvided').map(({ id }) => id);
        return siem.uids.length === recorded.length;
      });
      expect(siem.uids).toEqual(recorded);
      expect(list.answered.size).toBe(ROUNDS * AT_ONCE * EACH);
      const again = siem.arrived.length - siem.uids.length;
      expect(again).toBeLessThanOrEqual(ROUNDS * Math.max(...siem.batches));
    },
    TIMEOUT_MS,
  );
});
