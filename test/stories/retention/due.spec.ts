import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ErasureHolds } from '#application';
import { agreementStream, catalogue } from '#domain';
import { verifyLog } from '#ledger';
import { openVault } from '#vault';
import { ACCEPTANCE, AGREEMENT, cohortOf, DAY, erasureOf, HANAKO, HOUR, House } from './house.js';

/** Monday, 10:00 in Tokyo. */
const MONDAY = '2026-04-06T01:00:00.000Z';
const WHOLE_ERASURE = ['ErasureStarted', 'IdentityDataErased', 'ErasureVerified'];
const nothing = { state: 'done', erased: [], failed: [], verified: [], unverified: [] };

describe('a retention run', () => {
  let house: House;
  beforeEach(async () => {
    house = await House.open(MONDAY);
  });
  afterEach(() => house.close());

  const settledRun = async (fence = 1) => {
    await house.settle();
    return house.run(fence);
  };

  it('does nothing, and records nothing, when nothing is due', async () => {
    const inquiry = await house.provided();
    await house.settle();
    const [before, roots] = [await house.store.lastPosition(), await house.roots()];
    expect(await house.run()).toMatchObject(nothing);
    expect(await house.store.lastPosition()).toBe(before);
    expect(await house.roots()).toEqual(roots);
    expect(await house.opened(inquiry)).toEqual(HANAKO);
  });

  it('erases at 00:00 in Tokyo of the day after the last usable one, and not a minute before', async () => {
    const inquiry = await house.provided({ period: 'P1D' });
    house.clock.advance(37 * HOUR + 59 * 60_000);
    expect(house.clock.now()).toBe('2026-04-07T14:59:00.000Z');
    expect(await settledRun()).toMatchObject(nothing);
    expect(await house.opened(inquiry)).toEqual(HANAKO);
    house.clock.advance(59_999);
    expect(await settledRun()).toMatchObject(nothing);
    house.clock.advance(1);
    const cohort = cohortOf('2026-04-07');
    expect(await settledRun()).toMatchObject({ state: 'done', erased: [cohort], verified: [cohort] });
    expect(await house.opened(inquiry)).toBe('shredded');
  });

  it('records the erasure first, destroys then, and certifies after the root was rotated', async () => {
    const inquiry = await house.provided();
    house.clock.advance(2 * DAY);
    await house.settle();
    const steps: string[] = [];
    const state = async (): Promise<string> =>
      `${typeof (await house.opened(inquiry)) === 'string' ? 'gone' : 'there'} under ${(await house.roots()).join()}`;
    const store = new Proxy(house.store, {
      get: (target, name) =>
        name === 'append'
          ? async (...args: Parameters<typeof target.append>) => {
              for (const { type } of args[2])
                if (WHOLE_ERASURE.includes(type)) steps.push(`${type}: ${await state()}`);
              return target.append(...args);
            }
          : Reflect.get(target, name).bind(target),
    });
    await house.run(1, { store });
    expect(steps).toEqual([
      'ErasureStarted: there under root-1.key',
      'IdentityDataErased: gone under root-1.key',
      'ErasureVerified: gone under root-2.key',
    ]);
    const stream = await house.types(erasureOf(cohortOf('2026-04-07')));
    expect(stream).toEqual(WHOLE_ERASURE);
  });

  it('destroys nothing that another hand put among the keys to be ended', async () => {
    const inquiry = await house.provided();
    const value = { unused: await house.vault.living('cohort'), years: [2026], persons: [] };
    for (const forged of [value, { value, mac: 'a'.repeat(64) }]) {
      const roots = await house.roots();
      house.operations.marks.write('retention-ending', forged);
      expect(await settledRun()).toMatchObject(nothing);
      expect(await house.opened(inquiry)).toEqual(HANAKO);
      // What had begun to end, before it was written over, is beyond recovery; and nobody finds the forgery again.
      expect(await house.roots()).not.toEqual(roots);
      expect(house.marks.genuine('retention-ending')).toEqual({ value: null });
    }
    // Of its own it believes it: who is killed in between goes on where it was.
    house.marks.write('retention-ending', value);
    await settledRun();
    expect(await house.opened(inquiry)).toBe('shredded');
  });

  it('looks again where another hand wrote a hold, and leaves nothing of it', async () => {
    await house.provided();
    house.operations.marks.write('retention-hold', { run: 'x' });
    expect(await settledRun()).toMatchObject(nothing);
    expect(house.marks.genuine('retention-hold')).toEqual({ value: null });
    house.operations.marks.write('retention-hold', { run: 'x' });
    house.clock.skewBusiness(100 * DAY);
    expect(await settledRun()).toMatchObject({ state: 'held' });
    expect(house.marks.genuine('retention-hold')).toMatchObject({ value: { run: expect.any(String) } });
  });

  it('leaves other cohorts unharmed: another purpose with a longer period, and another day', async () => {
    const due = await house.provided({ period: 'P1D' });
    const otherPurpose = await house.provided({ period: 'P30D', purpose: ACCEPTANCE });
    house.clock.advance(DAY);
    const otherDay = await house.provided({ period: 'P1D' });
    house.clock.advance(DAY);
    expect(await settledRun()).toMatchObject({ erased: [cohortOf('2026-04-07')] });
    expect(await house.opened(due)).toBe('shredded');
    expect(await house.opened(otherPurpose)).toEqual(HANAKO);
    expect(await house.opened(otherDay)).toEqual(HANAKO);
    await house.settle();
    const living = await house.queries.cohortsLiving();
    expect(living.map(({ cohort, inquiries }) => [cohort, inquiries])).toEqual([
      [cohortOf('2026-04-08'), 1],
      [cohortOf('2026-05-06', ACCEPTANCE), 1],
    ]);
  });

  it('erases two purposes due on one day each in a stream of its own, under one new root', async () => {
    await house.provided();
    await house.provided({ purpose: ACCEPTANCE });
    house.clock.advance(2 * DAY);
    const report = await settledRun();
    const both = [cohortOf('2026-04-07'), cohortOf('2026-04-07', ACCEPTANCE)];
    expect(report).toMatchObject({ erased: both, verified: both });
    for (const cohort of both) expect(await house.types(erasureOf(cohort))).toEqual(WHOLE_ERASURE);
    expect(await house.roots()).toEqual(['root-2.key']);
  });

  it('does not count before the read models have read everything', async () => {
    const inquiry = await house.provided();
    house.clock.advance(2 * DAY);
    expect(await house.run()).toEqual({ state: 'waiting', for: 'read-models' });
    expect(await house.opened(inquiry)).toEqual(HANAKO);
  });

  it('ends cohort keys that no inquiry ever used, too, with their own root', async () => {
    const [unused, living] = [cohortOf('2026-04-07'), cohortOf('2026-04-08')];
    await house.vault.ensure('cohort', [unused, living]);
    house.clock.advance(2 * DAY);
    expect(await settledRun()).toMatchObject(nothing);
    expect(await house.vault.living('cohort')).toEqual([living]);
    expect(await house.vault.isGone('cohort', unused, 1)).toBe(true);
    expect(await house.types(`key-cohort/${unused}`)).toEqual(['KeyGenerated', 'KeyDestroyed']);
  });

  it('leaves one root after each run that destroyed, another one each time', async () => {
    await house.provided({ period: 'P1D' });
    await house.provided({ period: 'P2D' });
    const last = await house.provided({ period: 'P3D' });
    expect(await house.roots()).toEqual(['root-1.key']);
    const seen: string[][] = [];
    for (let day = 0; day < 4; day += 1) {
      house.clock.advance(DAY);
      await settledRun();
      seen.push([...(await house.roots())]);
    }
    expect(seen).toEqual([['root-1.key'], ['root-2.key'], ['root-3.key'], ['root-4.key']]);
    expect(await house.opened(last)).toBe('shredded');
  });

  it('does not certify while another process may still hold the key, and does once it has let go', async () => {
    await house.provided();
    const other = await openVault({
      directory: join(house.directory, 'keys'),
      rootDirectory: join(house.directory, 'roots'),
      process: 'another api',
      catalogue,
      realNow: () => house.clock.realNow(),
    });
    try {
      house.clock.advance(2 * DAY);
      await other.heartbeat();
      const cohort = cohortOf('2026-04-07');
      expect(await settledRun()).toMatchObject({ erased: [cohort], verified: [], unverified: [cohort] });
      expect(await settledRun()).toMatchObject({
        erased: [],
        failed: [],
        verified: [],
        unverified: [cohort],
      });
      await other.heartbeat();
      expect(await settledRun()).toMatchObject({
        erased: [],
        failed: [],
        verified: [cohort],
        unverified: [],
      });
      expect(await house.roots()).toEqual(['root-2.key']);
    } finally {
      await other.close();
    }
  });

  it('leaves a log that verifies, with the root it had before', async () => {
    await house.provided();
    await house.settle();
    const before = await house.log.state();
    house.clock.advance(2 * DAY);
    await settledRun();
    await house.settle();
    const verified = await verifyLog({
      directory: join(house.directory, 'log'),
      verifierKey: house.verifierKey,
    });
    expect(verified).toMatchObject({ ok: true, faults: [], selfConsistentOnly: false });
    expect(verified.size).toBeGreaterThan(before.size);
    expect(await house.log.rootAt(before.size)).toBe(before.root);
  });

  it('catches up by itself after three days of downtime', async () => {
    await house.provided();
    await settledRun();
    house.clock.advance(4 * DAY);
    expect(house.clock.now()).toBe('2026-04-10T01:00:00.000Z');
    expect(await settledRun()).toMatchObject({ verified: [cohortOf('2026-04-07')] });
  });

  it('does not let a worker destroy whose fence is older than one that has destroyed', async () => {
    const first = await house.provided({ period: 'P1D' });
    const second = await house.provided({ period: 'P2D' });
    house.clock.advance(2 * DAY);
    await settledRun(7);
    expect(await house.opened(first)).toBe('shredded');
    house.clock.advance(DAY);
    await expect(settledRun(6)).rejects.toMatchObject({ code: 'stale-fence' });
    expect(await house.opened(second)).toEqual(HANAKO);
    expect(readdirSync(join(house.directory, 'roots'))).toEqual(['root-2.key']);
    expect(await settledRun(7)).toMatchObject({ verified: [cohortOf('2026-04-08')] });
  });

  describe('that a clock or a backlog stops', () => {
    const held = async (): Promise<string> => {
      const report = await settledRun();
      if (report.state !== 'held') throw new Error(`the run is ${report.state}`);
      return report.run;
    };
    const approve = (run: string, approver: string) =>
      new ErasureHolds(house.journal).approve(run, approver, house.context);

    it('waits, whoever asks and however often, until two different people have approved', async () => {
      const inquiry = await house.provided();
      house.clock.advance(5 * DAY);
      const run = await held();
      expect(await held()).toBe(run);
      expect(await approve(run, 'o-ito')).toEqual({ released: false });
      await expect(approve(run, 'o-ito')).rejects.toMatchObject({
        refusals: [{ code: 'approver-not-different' }],
      });
      expect(await held()).toBe(run);
      expect(await house.opened(inquiry)).toEqual(HANAKO);
      expect(await house.types(`erasure-hold-${run}`)).toEqual(['ErasureHeld', 'ErasureReleaseApproved']);
      expect(await approve(run, 'o-kato')).toEqual({ released: true });
      await expect(approve(run, 'o-saito')).rejects.toMatchObject({
        refusals: [{ code: 'erasure-hold-released' }],
      });
      expect(await settledRun()).toMatchObject({ verified: [cohortOf('2026-04-07')] });
      expect(await house.opened(inquiry)).toBe('shredded');
    });

    it('says that a backlog of more than three days stopped it', async () => {
      await house.provided();
      await settledRun();
      house.clock.advance(5 * DAY);
      const run = await held();
      const event = (await house.recorded()).find(({ type }) => type === 'ErasureHeld');
      expect(event?.data).toEqual({ run, why: 'backlog', days: 4, through: '2026-04-11' });
    });

    it('says that a clock more than a day ahead stopped it', async () => {
      await house.provided();
      await settledRun();
      house.clock.skewBusiness(2 * DAY);
      const run = await held();
      const event = (await house.recorded()).find(({ type }) => type === 'ErasureHeld');
      expect(event?.data).toEqual({ run, why: 'clock-ahead', days: 2, through: '2026-04-08' });
    });

    it.each<[string, unknown]>([
      ['was taken away', null],
      [
        'is none of its own',
        { value: { bootId: 'b', anchor: { nowMs: 0, monotonicMs: 0 }, lastMs: 0 }, mac: '0' },
      ],
    ])('says that it does not know the last run, where its mark %s', async (_how, instead) => {
      await house.provided();
      const terms = { type: 'AgreementConcluded', data: { agreement: AGREEMENT } };
      await house.journal.append(
        await house.journal.load(agreementStream(AGREEMENT)),
        [terms],
        house.context,
      );
      const lastMs = Date.parse(house.clock.now());
      house.marks.write('retention-clock', { bootId: 'b', anchor: { nowMs: 0, monotonicMs: 0 }, lastMs });
      expect(await settledRun()).toMatchObject(nothing);
      house.operations.marks.write('retention-clock', instead);
      house.clock.skewBusiness(2 * DAY);
      const run = await held();
      const event = (await house.recorded()).find(({ type }) => type === 'ErasureHeld');
      expect(event?.data).toEqual({ run, why: 'clock-forgotten', days: 0, through: '2026-04-08' });
    });

    it('is not stopped by a clock that is one day ahead, and is by one that creeps further', async () => {
      await house.provided();
      await settledRun();
      for (let hour = 0; hour < 24; hour += 6) {
        house.clock.skewBusiness(6 * HOUR);
        expect(await settledRun()).toMatchObject(nothing);
      }
      house.clock.skewBusiness(6 * HOUR);
      await held();
    });

    it('goes on with an old worker and a new one alike, once released', async () => {
      await house.provided();
      await settledRun();
      house.clock.skewBusiness(3 * DAY);
      const run = await held();
      for (const person of ['o-ito', 'o-kato']) await approve(run, person);
      expect(await settledRun()).toMatchObject({ verified: [cohortOf('2026-04-07')] });
      const next = await house.provided();
      house.clock.advance(2 * DAY);
      expect(await settledRun()).toMatchObject({ verified: [cohortOf('2026-04-10')] });
      expect(await house.opened(next)).toBe('shredded');
    });

    it('is stopped again by a clock that was set right before the release, and leaps once more', async () => {
      const inquiry = await house.provided({ period: 'P6D' });
      await settledRun();
      house.clock.stepReal(8 * DAY);
      const run = await held();
      house.clock.stepReal(-8 * DAY);
      for (const person of ['o-ito', 'o-kato']) await approve(run, person);
      expect(await settledRun()).toMatchObject(nothing);
      house.clock.stepReal(8 * DAY);
      expect(await held()).not.toBe(run);
      expect(await house.opened(inquiry)).toEqual(HANAKO);
    });

    it('erases no more than what was held when it was released, and stops again for the rest', async () => {
      await house.provided({ period: 'P1D' });
      const later = await house.provided({ period: 'P6D' });
      house.clock.advance(5 * DAY);
      const run = await held();
      house.clock.advance(8 * DAY);
      await approve(run, 'o-ito');
      await approve(run, 'o-kato');
      expect(await settledRun()).toMatchObject({ erased: [cohortOf('2026-04-07')] });
      expect(await house.opened(later)).toEqual(HANAKO);
      const next = await held();
      expect(next).not.toBe(run);
      expect(await house.opened(later)).toEqual(HANAKO);
    });
  });
});
