import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { naiveLeaf, NaiveTree } from '../../libs/ledger/test/naive-tree.js';
import { Deployment } from '../harness/deployment.js';
import { Acknowledgements, askAndNote, load } from '../harness/load.js';
import { type FirstPeople, ordinaryDay, type Person } from '../harness/people.js';
import { until } from '../harness/processes.js';
import { expectNothingLost, inquiriesIn, typesOf } from './evidence.js';

const TIMEOUT_MS = 120_000;
const TALKATIVE = { KIROKU_LOG_LEVEL: 'info' };
const ACTIVE = /"worker":"active"/g;

describe('two apis and two workers on one data directory', () => {
  let deployment: Deployment;
  let people: FirstPeople & { operator: Person; grant: string };
  const list = new Acknowledgements();

  beforeAll(async () => {
    const made = await Deployment.make(ordinaryDay);
    ({ deployment, prepared: people } = made);
    // At once, as a machine that boots starts them.
    await Promise.all([
      deployment.start('api', TALKATIVE),
      deployment.start('api', TALKATIVE),
      deployment.start('retention-worker', TALKATIVE),
      deployment.start('retention-worker', TALKATIVE),
    ]);
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  const daemons = (app: string) => deployment.daemons.filter((daemon) => daemon.app === app);
  const callers = () => daemons('api').map((api) => deployment.caller(people.operator, 'terminal-1', api));
  const timesActive = () =>
    daemons('retention-worker').map(({ output }) => [...output.matchAll(ACTIVE)].length);

  it(
    'record every acknowledged inquiry exactly once, with the receipts it was given',
    async () => {
      const both = callers();
      await load(both, list, { each: 20, atOnce: 4 });
      expect(list.refused).toEqual(new Map());
      expect([list.answered.size, list.cut.size]).toEqual([160, 0]);
      expectNothingLost(list, await deployment.recorded());
      for (const caller of both) caller.close();
    },
    TIMEOUT_MS,
  );

  it(
    'make one inquiry of the same request sent to both, and ask the provider once',
    async () => {
      const both = callers();
      const ids = Array.from({ length: 20 }, () => uuidv7());
      const before = deployment.kiroku.simulator.statistics().inquiries;
      const raced = [new Acknowledgements(), new Acknowledgements()];
      for (const inquiry of ids) {
        await Promise.all(
          both.map((caller, index) => askAndNote(caller, raced[index] as Acknowledgements, { inquiry })),
        );
      }
      expect(deployment.kiroku.simulator.statistics().inquiries).toBe(before + ids.length);
      const inquiries = inquiriesIn(await deployment.recorded());
      const first = ids.map((id) =>
        typesOf(inquiries.get(id)).filter((type) => type !== 'AnswerRedelivered'),
      );
      expect(new Set(first.map(String))).toEqual(
        new Set(['InquiryReceived,InformationProvided,RecordProvided']),
      );
      // Each was answered to one of the two at least; the other was told that it is open, or given it again.
      expect(ids.filter((id) => !raced.some(({ answered }) => answered.has(id)))).toEqual([]);
      expect(
        raced.flatMap(({ refused }) => [...refused.keys()]).filter((what) => what !== '409 inquiry-open'),
      ).toEqual([]);
      for (const caller of both) caller.close();
    },
    TIMEOUT_MS,
  );

  it(
    'have one active worker, and a log that verifies and is the store, leaf by leaf',
    async () => {
      const { events, log } = await deployment.settled();
      expect(timesActive().sort((a, b) => a - b)).toEqual([0, 1]);
      expect(log).toMatchObject({ ok: true, selfConsistentOnly: false, size: events.length });
      const leaves = events.map(({ entry }) => naiveLeaf(Buffer.from(entry, 'utf8')));
      expect(log.root).toBe(new NaiveTree(leaves).root(0, leaves.length).toString('hex'));
    },
    TIMEOUT_MS,
  );

  it(
    'go on when the active worker is stopped: it ends with 0, and the other takes over',
    async () => {
      const [active, idle] = daemons('retention-worker').sort((a) =>
        /"worker":"active"/.test(a.output) ? -1 : 1,
      );
      expect(await active?.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      await until('the other worker to be active', () => /"worker":"active"/.test(idle?.output ?? ''));
      const [caller] = callers();
      if (caller) await askAndNote(caller, list);
      await deployment.settle();
      expect(await deployment.verified()).toMatchObject({ ok: true });
      caller?.close();
    },
    TIMEOUT_MS,
  );

  it('answer what is under way when they are told to stop, end with 0, and leave no process', async () => {
    const { simulator } = deployment.kiroku;
    simulator.behave({ mode: 'slow', delayMs: 700 });
    const before = simulator.statistics().requests;
    const both = callers();
    const late = new Acknowledgements();
    const asked = both.flatMap((caller) => [1, 2, 3].map(() => askAndNote(caller, late)));
    await until('the provider to have every question', () => simulator.statistics().requests >= before + 6);
    const living = deployment.daemons.filter(({ lives }) => lives);
    const endings = await Promise.all(living.map((daemon) => daemon.kill('SIGTERM')));
    await Promise.all(asked);
    simulator.behave('normal');
    expect([late.answered.size, late.cut.size, late.refused.size]).toEqual([6, 0, 0]);
    expect(endings).toEqual(living.map(() => ({ code: 0, signal: null })));
    expect(deployment.daemons.filter(({ pid }) => isRunning(pid))).toEqual([]);
    expectNothingLost(late, await deployment.recorded());
    for (const caller of both) caller.close();
  }, 30_000); // A connection kept alive by its client must not keep the process: that would take over a minute.
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
