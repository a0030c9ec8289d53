import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { wellKnown } from '../../../apps/registry-simulator/src/well-known.js';
import { LOG_CHECKED, type LogChecked } from '#application';
import { ask } from '../../harness/people.js';
import { until } from '../../harness/processes.js';
import { AlarmScene } from '../incidents/alarm-scene.js';

const HOUR_MS = 3_600_000;

describe('the full check of the log', () => {
  let scene: AlarmScene;
  /** What the processes have written to their logs. */
  let said = '';
  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    scene = await AlarmScene.open({
      KIROKU_LOG_CHECK_HOURS: '2',
      KIROKU_FAULT_SETTLE_SECONDS: '0',
      KIROKU_LOG_LEVEL: 'error',
    });
  });
  afterAll(async () => {
    await scene.close();
    jest.restoreAllMocks();
  });

  const last = (): LogChecked | null => scene.kiroku.api.rooms.marks.read<LogChecked>(LOG_CHECKED);
  const checkedAfter = (at: number): Promise<void> =>
    until('the log to be checked', async () => {
      await scene.kiroku.worker.check();
      return (last()?.at ?? -1) > at;
    });

  it('is made by the worker by itself, of every entry, as often as is configured', async () => {
    await checkedAfter(-1);
    const first = last()?.at ?? 0;
    await scene.kiroku.worker.check();
    expect(last()?.at).toBe(first);
    await scene.pass(2 * HOUR_MS);
    await checkedAfter(first);
    const { size } = await scene.kiroku.api.rooms.log.state();
    expect(last()).toMatchObject({ holds: true });
    expect(last()?.entries).toBeGreaterThan(20);
    expect(last()?.entries).toBeLessThanOrEqual(size);
  });

  it('finds a flipped bit, of which both parties hear, and is content again when it is mended', async () => {
    await ask(scene.people.operator, { residentCode: wellKnown.found });
    await scene.kiroku.settle();
    const { size } = await scene.kiroku.api.rooms.log.state();
    const file = join(scene.kiroku.configuration.paths.log, 'tile/entries/000.p', String(size));
    const genuine = readFileSync(file);
    const flipped = Buffer.from(genuine);
    flipped.writeUInt8(flipped.readUInt8(100) ^ 1, 100);
    const before = last()?.at ?? 0;
    writeFileSync(file, flipped);
    scene.passAtOnce(2 * HOUR_MS);
    await checkedAfter(before);
    expect(last()).toMatchObject({
      holds: false,
      place: expect.stringMatching(`^tile/entries/000.p/${size} entry \\d+$`),
    });
    const incident = await scene.incidentOf('log-not-verifying');
    await scene.mail(incident, 'recipient');
    await scene.webhook(incident, 'provider');
    writeFileSync(file, genuine);
    scene.passAtOnce(HOUR_MS / 6);
    await until('the log to be found good again', async () => {
      await scene.kiroku.worker.check();
      return last()?.holds === true;
    });
    await until('the fault to be over', async () => {
      await scene.kiroku.settle();
      await scene.kiroku.worker.watch();
      return (await scene.report(incident)).fault?.standing === false;
    });
  });

  it('finds an event that was changed, and names its position', async () => {
    const before = last()?.at ?? 0;
    const db = new Database(scene.kiroku.configuration.paths.events);
    try {
      const trigger = db
        .prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'events_are_never_changed'")
        .pluck()
        .get();
      db.exec('DROP TRIGGER events_are_never_changed');
      db.exec(`UPDATE events SET entry = replace(entry, '"v":1', '"v":9') WHERE position = 7`);
      db.exec(trigger ?? '');
    } finally {
      db.close();
    }
    scene.passAtOnce(2 * HOUR_MS);
    await checkedAfter(before);
    expect(last()).toMatchObject({ holds: false, place: 'events position 7' });
    expect(said.match(/"task":"log-check","place":"events position 7"/g)).toHaveLength(1);
  });
});
