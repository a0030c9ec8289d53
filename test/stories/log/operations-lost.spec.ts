import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { WORKER_LEASE } from '#wiring';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, ordinaryDay, type Person } from '../../harness/people.js';
import { until } from '../../harness/processes.js';

describe('an installation whose operations database was lost', () => {
  let kiroku: Kiroku;
  let operator: Person;

  beforeAll(async () => {
    kiroku = await Kiroku.start();
    ({ operator } = await ordinaryDay(kiroku));
    // Each new holder of the lease has a higher token than the last.
    for (let restart = 0; restart < 3; restart++) {
      await kiroku.stopWorker();
      await kiroku.startWorker();
    }
    await ask(operator, { residentCode: wellKnown.found }).expect(200);
    await kiroku.settle();
  });
  afterAll(() => kiroku.stop());

  const state = () => kiroku.api.rooms.log.state();
  const loseOperations = async (): Promise<void> => {
    await kiroku.stopApi();
    const { operations } = kiroku.configuration.paths;
    expect(existsSync(operations)).toBe(true);
    rmSync(dirname(operations), { recursive: true });
    await kiroku.startApi();
  };
  const isWhole = async (): Promise<boolean> =>
    (await state()).position === (await kiroku.api.rooms.store.lastPosition());

  it('has its log go on under the worker that runs, where its lease alone was lost', async () => {
    const before = await state();
    const database = new Database(kiroku.configuration.paths.operations, { timeout: 5_000 });
    database.prepare('DELETE FROM leases WHERE name = ?').run(WORKER_LEASE);
    database.close();
    await ask(operator, { residentCode: wellKnown.found }).expect(200);
    await until('the log to go on under another token', async () => {
      await kiroku.worker.beat();
      await kiroku.worker.sequence();
      return (await isWhole()) && (await state()).fence > before.fence;
    });
    expect(kiroku.api.rooms.operations.leases.read(WORKER_LEASE)?.fence).toBe((await state()).fence);
  });

  it('has its log go on at the first start of a worker, under a token that nobody had', async () => {
    await kiroku.settle();
    await kiroku.stopWorker();
    // Recorded, and not in the log yet.
    await ask(operator, { residentCode: wellKnown.found }).expect(200);
    const before = await state();
    expect(before.fence).toBeGreaterThan(3);
    expect(await isWhole()).toBe(false);
    await loseOperations();
    await kiroku.startWorker();
    await kiroku.settle();
    await until('the log to have all', isWhole);
    expect((await state()).fence).toBe(before.fence + 1);
  });

  it('erases on, however high a token the key store has seen', async () => {
    await kiroku.api.rooms.vault.destroy('cohort', ['2001-01/never-used'], 500);
    await kiroku.stopWorker();
    await loseOperations();
    await kiroku.startWorker();
    await kiroku.settle();
    await until('the log to have all', isWhole);
    expect(kiroku.api.rooms.operations.leases.read(WORKER_LEASE)).toMatchObject({ fence: 501 });
    expect((await state()).fence).toBe(501);
  });
});
