import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { verifyLog } from '#ledger';
import { Death, Deaths, type Point, pointsOf } from './deaths.js';
import { ACCEPTANCE, cohortOf, DAY, erasureOf, HANAKO, House } from './house.js';

/** The last afternoon of fiscal year 2025, in Tokyo. */
const LAST_OF_MARCH = '2026-03-31T06:00:00.000Z';
const DUE = cohortOf('2026-04-01');
const DUE_TOO = cohortOf('2026-04-01', ACCEPTANCE);
const UNUSED = cohortOf('2026-04-01', 'rtva-12-1:response');
const NOT_DUE = cohortOf('2026-04-30');

interface Inquiries {
  readonly due: readonly string[];
  readonly notDue: string;
}

/** A house for a while; the trail of a fiscal year ends with the year. */
async function inHouse<T>(act: (house: House) => Promise<T>): Promise<T> {
  const house = await House.open(LAST_OF_MARCH, { trailYears: 0 });
  try {
    return await act(house);
  } finally {
    await house.close();
  }
}

async function die(house: House, point: Point): Promise<void> {
  await expect(house.run(1, new Deaths(point).tools(house))).rejects.toBeInstanceOf(Death);
}

/**
 * Two cohorts, an unused key and the trail of a fiscal year are due; one cohort is not. Two days later the worker
 * would erase the first four in one run.
 */
async function prepare(house: House): Promise<Inquiries> {
  const due = [await house.provided(), await house.provided(), await house.provided({ purpose: ACCEPTANCE })];
  const notDue = await house.provided({ period: 'P30D' });
  await house.vault.ensure('cohort', [UNUSED]);
  await house.settle();
  await house.run();
  house.clock.advance(2 * DAY);
  await house.settle();
  return { due, notDue };
}

/** Runs until there is nothing left to do, as a worker started again would, tick by tick. */
async function startAgain(house: House): Promise<void> {
  const worker = house.worker();
  for (let tick = 0; tick < 4; tick += 1) {
    await house.settle();
    await worker.run(2);
  }
  await house.settle();
}

/** Everything that must hold in the end, wherever the first worker died. */
async function whatIsLeft(house: House, { due, notDue }: Inquiries) {
  const dead = [DUE, DUE_TOO, UNUSED].map((id) => ['cohort', id] as const);
  const keys = [...dead, ['trail', '2025'] as const, ['subject', '2025'] as const];
  const verified = await verifyLog({
    directory: join(house.directory, 'log'),
    verifierKey: house.verifierKey,
  });
  const recorded = await house.recorded();
  const started = recorded.filter(({ type }) => type === 'ErasureStarted');
  return {
    opened: await Promise.all(due.map((inquiry) => house.opened(inquiry))),
    notDue: await house.opened(notDue),
    erasures: await Promise.all([DUE, DUE_TOO].map((cohort) => house.types(erasureOf(cohort)))),
    erased: started.map(({ data }) => (data as { cohort: string }).cohort).toSorted(),
    unfinished: await house.queries.erasuresUnfinished(),
    unrecoverable: await Promise.all(keys.map(([kind, id]) => house.vault.isGone(kind, id, 1))),
    keysOnRecord: await Promise.all(keys.map(([kind, id]) => house.types(`key-${kind}/${id}`))),
    living: await house.vault.living('cohort'),
    roots: (await house.roots()).length,
    subjects: await house.queries.searchTrail({ subjectTokens: await tokensOf(house) }, { limit: 10 }),
    log: verified.ok,
  };
}

const tokensOf = (house: House) =>
  house.vault.tokensFor('mlit-jlis', { kind: 'resident-code', value: HANAKO.residentCode });

const allDone = {
  opened: ['shredded', 'shredded', 'shredded'],
  notDue: HANAKO,
  erasures: [
    ['ErasureStarted', 'IdentityDataErased', 'ErasureVerified'],
    ['ErasureStarted', 'IdentityDataErased', 'ErasureVerified'],
  ],
  erased: [DUE, DUE_TOO],
  unfinished: [],
  unrecoverable: [true, true, true, true, true],
  keysOnRecord: Array.from({ length: 5 }, () => ['KeyGenerated', 'KeyDestroyed']),
  living: [NOT_DUE],
  roots: 1,
  subjects: expect.objectContaining({ rows: [] }),
  log: true,
};

/** Steps that a rehearsal must pass, or the table below would prove less than it says. */
const watched = [
  'append ErasureStarted',
  'destroy cohort',
  'read back cohort',
  'append KeyGenerated of cohort + KeyDestroyed of cohort',
  'append IdentityDataErased',
  'destroy trail',
  'destroy subject',
  'drop the subject index',
  'rotate the root',
  'mark retention-rotated',
  'ask every process',
  'append ErasureVerified',
];

/** What differs from a run that nobody killed, after the first worker died at `point` and another went on. */
const afterDeathAt = (point: Point): Promise<readonly string[]> =>
  inHouse(async (house) => {
    const inquiries = await prepare(house);
    await die(house, point);
    await startAgain(house);
    const left = await whatIsLeft(house, inquiries);
    const wrong = Object.entries(left).filter(
      ([name, value]) => !sameAs(value, name as keyof typeof allDone),
    );
    const { moment, step, occurrence } = point;
    return wrong.map(([name, value]) => `${moment} ${step} #${occurrence}: ${name} ${JSON.stringify(value)}`);
  });

function sameAs(value: unknown, name: keyof typeof allDone): boolean {
  try {
    expect(value).toEqual(allDone[name]);
    return true;
  } catch {
    return false;
  }
}

const rehearse = (): Promise<readonly string[]> =>
  inHouse(async (house) => {
    await prepare(house);
    const watch = new Deaths();
    await house.run(1, watch.tools(house));
    return watch.steps;
  });

/** How many deaths are played at once: most of their time is waiting for the disk. */
const AT_ONCE = 8;

describe('a worker killed in the middle of a retention run, and started again', () => {
  it('is watched at every step that destroys, records or certifies', async () => {
    const steps = new Set(await rehearse());
    for (const step of watched) expect([...steps]).toContain(step);
  });

  it('leaves everything due erased and certified once, and nothing else, wherever it was killed', async () => {
    const points = pointsOf(await rehearse());
    expect(points.length).toBeGreaterThan(watched.length);
    const wrong: string[] = [];
    for (let first = 0; first < points.length; first += AT_ONCE) {
      const played = points.slice(first, first + AT_ONCE).map(afterDeathAt);
      wrong.push(...(await Promise.all(played)).flat());
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('destroys a key that no inquiry used, and its root, once, with nothing else due', async () => {
    const onlyAKey = async (house: House): Promise<void> => {
      await house.vault.ensure('cohort', [UNUSED]);
      house.clock.advance(2 * DAY);
      await house.settle();
    };
    const watch = new Deaths();
    await inHouse(async (house) => {
      await onlyAKey(house);
      await house.run(1, watch.tools(house));
    });
    expect(watch.steps).toEqual(expect.arrayContaining(['destroy cohort', 'rotate the root']));
    for (const point of pointsOf(watch.steps)) {
      await inHouse(async (house) => {
        await onlyAKey(house);
        await die(house, point);
        await startAgain(house);
        const left = [
          await house.vault.isGone('cohort', UNUSED, 1),
          await house.types(`key-cohort/${UNUSED}`),
          (await house.roots()).length,
        ];
        expect([point, ...left]).toEqual([point, true, ['KeyGenerated', 'KeyDestroyed'], 1]);
      });
    }
  });

  describe('while it stops for a backlog', () => {
    it.each([
      { step: 'mark retention-hold', occurrence: 1, moment: 'before' },
      { step: 'mark retention-hold', occurrence: 1, moment: 'after' },
      { step: 'append ErasureHeld', occurrence: 1, moment: 'before' },
      { step: 'append ErasureHeld', occurrence: 1, moment: 'after' },
    ] as const)('stops for one hold, killed $moment $step', (point) =>
      inHouse(async (house) => {
        const inquiry = await house.provided();
        house.clock.advance(9 * DAY);
        await house.settle();
        await die(house, point);
        await house.settle();
        expect(await house.run()).toMatchObject({ state: 'held' });
        const held = (await house.recorded()).filter(({ type }) => type === 'ErasureHeld');
        expect(held).toHaveLength(1);
        expect(await house.opened(inquiry)).toEqual(HANAKO);
      }),
    );
  });
});
