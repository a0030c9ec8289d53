import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { drawBelow } from '../../apps/registry-simulator/src/chance.js';
import { wellKnown } from '../../apps/registry-simulator/src/well-known.js';
import { type Entry, parseEntry } from '#domain';
import type { StoredEvent } from '#event-store';
import { Deployment } from '../harness/deployment.js';
import type { Kiroku } from '../harness/kiroku.js';
import {
  ask,
  type FirstPeople,
  firstPeople,
  grant,
  hire,
  openForBusiness,
  type Person,
  registerTerminal,
} from '../harness/people.js';
import { until } from '../harness/processes.js';

const TIMEOUT_MS = 180_000;
const SEED = 90_210;
const KILLS = 12;
const HOUR_MS = 3_600_000;
const DAYS = 4;
/** Those due after 90 days; a fourth is kept longer and must survive. */
const PURPOSES = [
  ['rtva-59-1:examination', 'SK-2032-000001'],
  ['rtva-67:acceptance', 'KN-2032-000001'],
  ['rtva-12-1:acceptance', 'HT-2032-000001'],
] as const;
const KEPT = ['rtva-71-4:acceptance', 'KF-2032-000001'] as const;

interface Prepared {
  readonly people: FirstPeople;
  readonly operator: Person;
  /** Before anything was erased. */
  readonly log: { readonly size: number; readonly root: string };
  readonly hold: string;
}

/** Twelve cohorts that are due, one that is not, and a run that two people have let go on. */
async function prepare(kiroku: Kiroku): Promise<Prepared> {
  const people = await firstPeople(kiroku);
  for (const [purpose] of PURPOSES) await openForBusiness(kiroku, people, purpose);
  await keepLonger(kiroku, people);
  await registerTerminal(kiroku, people, 'terminal-1');
  const operator = await hire(kiroku, people, ['operator'], 'terminal-1');
  await grant(kiroku, people, operator, { purposes: [...PURPOSES, KEPT].map(([purpose]) => purpose) });
  // Days pass without a worker: one that saw the clock creep on would hold its runs, each only through that day.
  await kiroku.stopWorker();
  for (let day = 0; day < DAYS; day += 1) {
    for (const [purpose, caseReference] of [...PURPOSES, KEPT]) {
      for (const residentCode of [wellKnown.found, wellKnown.rareCharacters]) {
        await ask(operator, { residentCode }, { purpose, caseReference }).expect(200);
      }
    }
    kiroku.advance(24 * HOUR_MS);
    await operator.enter();
  }
  kiroku.advance(100 * 24 * HOUR_MS);
  await kiroku.startWorker();
  await kiroku.settle();
  const { size, root } = await kiroku.api.rooms.log.state();
  await kiroku.worker.erase();
  await kiroku.stopWorker();
  for (const person of [people.retention, people.security]) await person.enter();
  const { body } = await people.retention.get('/v1/retention/due').expect(200);
  for (const person of [people.retention, people.security]) {
    await person.post(`/v1/erasure-holds/${body.hold.run}/approvals`).expect(200);
  }
  return { people, operator, log: { size, root }, hold: body.hold.run };
}

async function keepLonger(kiroku: Kiroku, { retention, security }: FirstPeople): Promise<void> {
  const [purpose] = KEPT;
  const effectiveFrom = kiroku.clock.now().slice(0, 10);
  const { body } = await retention
    .post('/v1/retention/periods', { purpose, period: 'P300D', effectiveFrom })
    .expect(201);
  await security.post(`/v1/retention/periods/${purpose}/${body.proposal}/approval`).expect(204);
}

describe('a worker killed again and again while it erases', () => {
  let deployment: Deployment;
  let prepared: Prepared;

  beforeAll(async () => {
    ({ deployment, prepared } = await Deployment.make(prepare));
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  it(
    'never destroys before it is on record, whatever the moment of the kill',
    async () => {
      const progress = progressOf(deployment);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const worker = await deployment.start('retention-worker');
        const target = progress.now() + 1 + drawBelow(SEED, kill, 3, 6);
        await until('the worker to get further', () => progress.now() >= target, 0);
        await worker.kill('SIGKILL');
        deployment.forgetTheDead('retention-worker');
        expect(contradictionsIn(await deployment.recorded(), progress.tombstones())).toEqual([]);
      }
      progress.close();
    },
    TIMEOUT_MS,
  );

  it(
    'ends with every cohort erased, counted and verified once, and the rest untouched',
    async () => {
      await deployment.start('retention-worker');
      await until(
        'every erasure to be verified',
        async () => (await verifiedCohorts()).length === PURPOSES.length * DAYS,
        200,
      );
      const events = await deployment.recorded();
      const erasures = events.filter(
        ({ stream }) => stream.startsWith('erasure-') && !stream.startsWith('erasure-hold-'),
      );
      const types = new Map<string, string[]>();
      for (const { stream, type } of erasures) types.set(stream, [...(types.get(stream) ?? []), type]);
      expect(new Set([...types.values()].map(String))).toEqual(
        new Set(['ErasureStarted,IdentityDataErased,ErasureVerified']),
      );
      const named = ofType(events, 'IdentityDataErased').flatMap(({ data }) => data.inquiries);
      const asked = ofType(events, 'InquiryReceived').filter(({ data }) => data.purpose !== KEPT[0]);
      expect(named.sort()).toEqual(asked.map(({ data }) => data.inquiry).sort());
      const progress = progressOf(deployment);
      expect(contradictionsIn(events, progress.tombstones())).toEqual([]);
      progress.close();
    },
    TIMEOUT_MS,
  );

  it(
    'leaves nothing half erased: what was due opens nowhere, what was not still opens everywhere',
    async () => {
      const events = await deployment.recorded();
      const states = await deployment.withRooms(async ({ vault }) => {
        const seen = new Map<string, Set<string>>();
        const purposeOf = new Map(
          ofType(events, 'InquiryReceived').map(({ data }) => [data.inquiry, data.purpose]),
        );
        for (const [type, field] of [
          ['InquiryReceived', 'question'],
          ['RecordProvided', 'record'],
        ] as const) {
          for (const entry of ofType(events, type)) {
            const purpose = purposeOf.get(entry.data.inquiry) ?? '';
            const { state } = await vault.open(entry, field);
            seen.set(purpose, (seen.get(purpose) ?? new Set()).add(state));
          }
        }
        return seen;
      });
      const expected = [
        ...PURPOSES.map(([purpose]) => [purpose, new Set(['shredded'])] as const),
        [KEPT[0], new Set(['open'])] as const,
      ];
      expect(states).toEqual(new Map(expected));
      expect(readdirSync(deployment.paths.rootKeys)).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves a log that verifies and still has the root it had before',
    async () => {
      const { events, log } = await deployment.settled();
      expect(log).toMatchObject({ ok: true, size: events.length });
      const earlier = await deployment.withRooms(({ log }) => log.rootAt(prepared.log.size));
      expect(earlier).toBe(prepared.log.root);
    },
    TIMEOUT_MS,
  );

  const verifiedCohorts = async (): Promise<readonly string[]> =>
    ofType(await deployment.recorded(), 'ErasureVerified').map(({ data }) => data.cohort);
});

/** What these stories read of an event. */
type Told = Entry & {
  readonly data: {
    readonly inquiry: string;
    readonly purpose: string;
    readonly cohort: string;
    readonly inquiries: readonly string[];
  };
};

const ofType = (events: readonly StoredEvent[], type: string): readonly Told[] =>
  events.filter((event) => event.type === type).map(({ entry }) => parseEntry(entry) as unknown as Told);

/** How far the worker has got: events about erasure, destroyed keys and roots made, counted from outside. */
function progressOf(deployment: Deployment): {
  now(): number;
  tombstones(): readonly string[];
  close(): void;
} {
  const open = (file: string) => new Database(file, { readonly: true, timeout: 5_000 });
  const [events, keys] = [open(deployment.paths.events), open(`${deployment.paths.keys}/keys.sqlite`)];
  const recorded = events.prepare<[], number>('SELECT count(*) FROM events').pluck();
  const destroyed = keys.prepare<[], number>('SELECT count(*) FROM tombstones').pluck();
  const epoch = keys.prepare<[], number>('SELECT epoch FROM state').pluck();
  const cohorts = keys
    .prepare<[], string>("SELECT id FROM tombstones WHERE kind = 'cohort' ORDER BY id")
    .pluck();
  return {
    now: () => (recorded.get() ?? 0) + (destroyed.get() ?? 0) + (epoch.get() ?? 0),
    tombstones: () => cohorts.all(),
    close: () => {
      events.close();
      keys.close();
    },
  };
}

/** What must hold at any moment: destroyed only after it was recorded, and recorded as erased only after. */
function contradictionsIn(events: readonly StoredEvent[], tombstones: readonly string[]): readonly string[] {
  const cohorts = (type: string): ReadonlySet<string> =>
    new Set(ofType(events, type).map(({ data }) => data.cohort));
  const [started, erased, verified] = [
    cohorts('ErasureStarted'),
    cohorts('IdentityDataErased'),
    cohorts('ErasureVerified'),
  ];
  return [
    ...tombstones.filter((id) => !started.has(id)).map((id) => `${id} destroyed, not on record`),
    ...[...erased]
      .filter((id) => !tombstones.includes(id))
      .map((id) => `${id} recorded as erased, key living`),
    ...[...verified].filter((id) => !erased.has(id)).map((id) => `${id} verified, not erased`),
  ];
}
