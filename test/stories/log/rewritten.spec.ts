import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { Kiroku } from '../../harness/kiroku.js';
import { ask, codesOf, type FirstPeople, ordinaryDay, type Person } from '../../harness/people.js';
import { until } from '../retention/until.js';

const FOUND = { residentCode: wellKnown.found };

/** Somebody with events.sqlite, and without the append key. */
describe('when somebody deletes events behind the back of Kiroku', () => {
  let kiroku: Kiroku;
  let people: FirstPeople & { operator: Person; grant: string };
  beforeEach(async () => {
    kiroku = await Kiroku.start();
    people = await ordinaryDay(kiroku);
  });
  afterEach(() => kiroku.stop());

  const remove = (where: string): void => {
    const db = new Database(kiroku.configuration.paths.events);
    try {
      const triggers = db
        .prepare<[], { name: string; sql: string }>(
          "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'",
        )
        .all();
      for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
      expect(db.prepare(`DELETE FROM events WHERE ${where}`).run().changes).toBe(1);
      for (const { sql } of triggers) db.exec(sql);
    } finally {
      db.close();
    }
  };
  const size = async (): Promise<number> => (await kiroku.api.rooms.log.state()).size;
  const checks = async () => (await people.security.get('/readyz')).body.checks;

  it('a revocation that the log has is missed within a count: nothing more is notarised, and no worker takes over', async () => {
    await people.manager.post(`/v1/grants/${people.grant}/revocation`, { reason: '異動' }).expect(204);
    expect((await ask(people.operator, FOUND)).status).toBe(403);
    await kiroku.settle();
    const before = await size();
    remove("type = 'GrantRevoked'");
    await kiroku.settle();
    const undone = await size();
    expect(undone).toBeGreaterThanOrEqual(before);
    await kiroku.worker.tidy();
    await until('inquiries to end', async () => !(await checks()).log.ok || null);
    expect(codesOf(await ask(people.operator, FOUND))).toContain('log-not-provable');
    await kiroku.settle();
    expect(await size()).toBe(undone);
    await kiroku.stopWorker();
    await kiroku.startWorker();
    await kiroku.settle();
    expect(await size()).toBe(undone);
    expect((await checks()).worker.ok).toBe(false);
  });

  it('the newest ones, their positions given to others: inquiries end at once and for good', async () => {
    await people.manager.post(`/v1/grants/${people.grant}/revocation`, { reason: '異動' }).expect(204);
    await kiroku.settle();
    await kiroku.settle();
    const before = await size();
    const { eventId } = await kiroku.api.rooms.log.state();
    const last = await kiroku.api.rooms.store.readEvent(eventId ?? '');
    expect(last?.type).toBe('GrantRevoked');
    remove(`id = '${eventId}'`);
    await until('inquiries to end', async () => !(await checks()).log.ok || null);
    for (let round = 0; round < 3; round += 1) {
      const refused = await ask(people.operator, FOUND);
      expect(codesOf(refused)).toContain('log-not-provable');
      await kiroku.settle();
    }
    expect(await size()).toBe(before);
    expect((await checks()).log).toEqual({ ok: false, value: null });
  });
});
