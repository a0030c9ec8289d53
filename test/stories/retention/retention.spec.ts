import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { startWorker } from '../../../apps/retention-worker/src/start-worker.js';
import type { Worker } from '../../../apps/retention-worker/src/worker.js';
import { WORKER } from '../../../apps/retention-worker/src/worker.module.js';
import { openLogReadOnly, verifyLog } from '#ledger';
import { openOperations } from '#operations';
import { readConfiguration, WORKER_LEASE } from '#wiring';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person, PURPOSE } from '../../harness/people.js';
import { passUntil } from '../access/time.js';
import { DAY } from './house.js';
import { until } from './until.js';

const FOUND = { residentCode: wellKnown.found };

describe('identity data, from the counter to its erasure', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  const [early, late] = [uuidv7(), uuidv7()];
  let erasure = '';
  let before = { size: 0, root: '' };

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
    // A worker that has never run believes whatever clock it finds: one run, before any clock is moved.
    await until('the first run', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      return kiroku.api.rooms.marks.read('retention-clock');
    });
  });
  afterAll(() => kiroku.stop());

  const disclose = (inquiry: string) =>
    people.operator.post(`/v1/inquiries/${inquiry}/disclosures`, { reason: 'case-continued' });
  const due = async () => (await people.retention.get('/v1/retention/due').expect(200)).body;
  const released = (person: Person, run: string) => person.post(`/v1/erasure-holds/${run}/approvals`);

  /** Lets the worker run until it waits for two people. */
  const hold = () =>
    until('the run to be held', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      return (await due()).hold;
    });

  it('is usable through the day that was in force when the inquiry came, whatever is agreed later', async () => {
    const first = await ask(people.operator, FOUND, { id: early }).expect(200);
    expect(first.body.usableThrough).toBe('2032-07-04');
    const shorter = { purpose: PURPOSE, period: 'P30D', effectiveFrom: '2032-04-05' };
    const { body } = await people.retention.post('/v1/retention/periods', shorter).expect(201);
    const approval = `/v1/retention/periods/${PURPOSE}/${body.proposal}/approval`;
    await people.retention.post(approval).expect(403);
    const meanwhile = await ask(people.operator, FOUND).expect(200);
    expect(meanwhile.body.usableThrough).toBe('2032-07-04');
    await people.security.post(approval).expect(204);
    const second = await ask(people.operator, FOUND, { id: late }).expect(200);
    expect(second.body.usableThrough).toBe('2032-05-05');
    const again = await ask(people.operator, FOUND, { id: early }).expect(200);
    expect(again.body).toMatchObject({ usableThrough: '2032-07-04', redelivered: true });
  });

  it('is announced to those who may know: by cohort, with the instant from which it is due', async () => {
    await kiroku.settle();
    const report = await due();
    expect(report).toMatchObject({ today: '2032-04-05', due: [], hold: null });
    expect(
      report.coming.map(({ usableThrough, inquiries, dueAt }: Record<string, unknown>) => [
        usableThrough,
        inquiries,
        dueAt,
      ]),
    ).toEqual([
      ['2032-05-05', 1, '2032-05-05T15:00:00.000Z'],
      ['2032-07-04', 2, '2032-07-04T15:00:00.000Z'],
    ]);
    await people.provider.get('/v1/retention/due').expect(200);
    await people.security.get('/v1/retention/due').expect(200);
    for (const person of [people.operator, people.manager]) {
      expect(codesOf(await person.get('/v1/retention/due').expect(403))).toEqual(['role-missing']);
    }
  });

  it('may be seen until the last minute of its last day', async () => {
    await passUntil(kiroku, '2032-05-05T14:50:00.000Z');
    const { body } = await disclose(late).expect(201);
    expect(body).toMatchObject({ usableThrough: '2032-05-05' });
    expect(body.records).toHaveLength(1);
  });

  it('is refused from 00:00 in Tokyo on, even while the worker, which would erase it, is stopped', async () => {
    await passUntil(kiroku, '2032-05-05T14:59:00.000Z');
    await kiroku.stopWorker();
    await passUntil(kiroku, '2032-05-05T15:00:00.000Z');
    const refused = await disclose(late);
    expect([refused.status, codesOf(refused)]).toEqual([410, ['identity-data-expired']]);
    expect(refused.text).not.toContain('記録 花子');
    const again = await ask(people.operator, FOUND, { id: late });
    expect([again.status, codesOf(again)]).toEqual([410, ['identity-data-expired']]);
    await disclose(early).expect(201);
  });

  it('is not erased by a clock that has jumped, before two people of the right roles have looked', async () => {
    const log = { directory: kiroku.configuration.paths.log };
    const state = await verifyLog(log);
    before = { size: state.size ?? 0, root: state.root ?? '' };
    await kiroku.startWorker();
    const { run, why, approvals } = await hold();
    expect([why, approvals]).toEqual(['clock-ahead', 0]);
    for (const person of [people.operator, people.manager, people.provider]) {
      expect(codesOf(await released(person, run).expect(403))).toEqual(['role-missing']);
    }
    expect((await released(people.retention, run).expect(200)).body).toEqual({ released: false });
    const twice = await released(people.retention, run).expect(403);
    expect(codesOf(twice)).toEqual(['approver-not-different']);
    expect((await hold()).approvals).toBe(1);
    expect(codesOf(await disclose(late))).toEqual(['identity-data-expired']);
    expect((await released(people.security, run).expect(200)).body).toEqual({ released: true });
    const third = await released(people.retention, run).expect(409);
    expect(codesOf(third)).toContain('erasure-hold-released');
  });

  it('is gone then, and every question about it is answered with the erasure on record', async () => {
    const gone = await until('the erasure', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      const answer = await disclose(late);
      return codesOf(answer)[0] === 'identity-data-erased' ? answer : null;
    });
    expect(gone.status).toBe(410);
    erasure = gone.body.erasure;
    const again = await ask(people.operator, FOUND, { id: late }).expect(410);
    expect(again.body).toMatchObject({ code: 'identity-data-erased', erasure });
    const shown = await disclose(early).expect(201);
    expect(shown.body.records).toHaveLength(1);
  });

  it('has an erasure that says what was erased and when, and is verified once the api has let go', async () => {
    const report = await until('the verification', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      const { body } = await people.retention.get(`/v1/erasures/${erasure}`).expect(200);
      return body.state === 'verified' ? body : null;
    });
    expect(report).toMatchObject({
      run: erasure,
      cohort: `${kiroku.installed.agreement}/${PURPOSE}/2032-05-05`,
      inquiries: 1,
    });
    const { startedAt, erasedAt, verifiedAt } = report;
    expect(startedAt >= '2032-05-05T15:00:00.000Z').toBe(true);
    expect([erasedAt >= startedAt, verifiedAt >= erasedAt]).toEqual([true, true]);
    await people.provider.get(`/v1/erasures/${erasure}`).expect(200);
    await people.operator.get(`/v1/erasures/${erasure}`).expect(403);
    for (const unknown of [uuidv7(), 'none']) {
      expect(codesOf(await people.retention.get(`/v1/erasures/${unknown}`).expect(404))).toEqual([
        'erasure-not-found',
      ]);
    }
    expect(readdirSync(kiroku.configuration.paths.rootKeys)).toHaveLength(1);
  });

  it('leaves who was given it to be found, and a log that verifies with the root it had before', async () => {
    await kiroku.settle();
    expect(await provisionsFound()).toBeGreaterThanOrEqual(3);
    await expectProvenLog();
  });

  it('is erased by the worker with the lease alone; another takes over when that one ends', async () => {
    const configuration = readConfiguration(kiroku.environment, 'worker');
    const second = await startWorker(configuration, () => undefined);
    const operations = openOperations({ file: kiroku.configuration.paths.operations, clock: kiroku.clock });
    try {
      const worker = second.get<Worker>(WORKER);
      const lease = operations.leases.read(WORKER_LEASE);
      await worker.beat();
      expect(operations.leases.read(WORKER_LEASE)?.holder).toBe(lease?.holder);
      await kiroku.stopWorker();
      await worker.beat();
      const taken = operations.leases.read(WORKER_LEASE);
      expect(taken?.holder).not.toBe(lease?.holder);
      expect(taken?.fence).toBe((lease?.fence ?? 0) + 1);
      await worker.sequence();
      await worker.erase();
    } finally {
      operations.close();
      await second.close();
      await kiroku.startWorker();
    }
    await expectProvenLog();
  });

  it('leaves no trace of the resident once the trail has ended, after seven years and two people', async () => {
    kiroku.advance(8 * 365 * DAY);
    const { run } = await hold();
    expect(await provisionsFound()).toBeGreaterThanOrEqual(3);
    await released(people.retention, run).expect(200);
    await released(people.security, run).expect(200);
    const gone = await until('the trail of 2032 to end', async () => {
      await kiroku.settle();
      await kiroku.worker.erase();
      const streams = await keysDestroyed();
      return streams.includes('key-trail/2032') && (await due()).hold === null ? streams : null;
    });
    expect(gone).toContain('key-subject/2032');
    expect(await provisionsFound()).toBe(0);
    await expectProvenLog();
  });

  async function keysDestroyed(): Promise<readonly string[]> {
    const { body } = await people.security
      .post('/v1/audit/searches', { type: 'KeyDestroyed', limit: 500, reason: 'custody' })
      .expect(200);
    return body.rows.map(({ stream }: { stream: string }) => stream);
  }

  async function provisionsFound(): Promise<number> {
    const { body } = await people.security
      .post('/v1/audit/searches', { ...FOUND, type: 'RecordProvided', limit: 500, reason: '開示請求' })
      .expect(200);
    return body.rows.length;
  }

  async function expectProvenLog(): Promise<void> {
    const { log, ledgerDatabase } = kiroku.configuration.paths;
    const verified = await verifyLog({ directory: log, verifierKey: kiroku.installed.verifierKey });
    expect(verified).toMatchObject({ ok: true, faults: [], selfConsistentOnly: false });
    const reader = await openLogReadOnly({ directory: log, database: ledgerDatabase });
    try {
      expect(before.size).toBeGreaterThan(0);
      expect(await reader.rootAt(before.size)).toBe(before.root);
    } finally {
      await reader.close();
    }
  }
});
