import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { drawBelow } from '../../apps/registry-simulator/src/chance.js';
import { Deployment } from '../harness/deployment.js';
import { Acknowledgements, askAndNote, load } from '../harness/load.js';
import { type FirstPeople, ordinaryDay, type Person } from '../harness/people.js';
import { until } from '../harness/processes.js';
import { expectNothingLost, inquiriesIn, typesOf } from './evidence.js';

const TIMEOUT_MS = 120_000;
const SEED = 20_320_405;
/** Enough that every kill finds some at the provider, and the sequencer in the middle of its work. */
const AT_ONCE = 8;

describe('kill -9 under load', () => {
  let deployment: Deployment;
  let people: FirstPeople & { operator: Person; grant: string };
  const list = new Acknowledgements();

  beforeAll(async () => {
    ({ deployment, prepared: people } = await Deployment.make(ordinaryDay));
    deployment.kiroku.simulator.behave({ mode: 'slow', delayMs: 20 });
  }, TIMEOUT_MS);
  afterAll(() => deployment?.stop(), TIMEOUT_MS);

  /** Works until `enough` more inquiries are acknowledged, and then lets `kill` happen in the middle of the rest. */
  async function underLoad(enough: number, kill: () => Promise<unknown>, each = 200): Promise<void> {
    const caller = deployment.caller(people.operator, 'terminal-1');
    const before = list.answered.size;
    const working = load([caller], list, { each, atOnce: AT_ONCE });
    await until(`${enough} answers`, () => list.answered.size >= before + enough, 0);
    await kill();
    await working;
    caller.close();
  }

  it(
    'of the api, again and again: nothing that was acknowledged is lost',
    async () => {
      await deployment.start('retention-worker');
      for (let round = 0; round < 5; round += 1) {
        const api = await deployment.start('api');
        await underLoad(10 + drawBelow(SEED, round, 1, 40), () => api.kill('SIGKILL'));
        expect(await api.ended).toEqual({ code: null, signal: 'SIGKILL' });
      }
      expect(list.cut.size).toBeGreaterThanOrEqual(5);
      expect(list.refused).toEqual(new Map());
      expectNothingLost(list, await deployment.recorded());
    },
    TIMEOUT_MS,
  );

  it(
    'of the worker, again and again: the api goes on, and the log verifies with every event once',
    async () => {
      const api = await deployment.start('api');
      const cut = list.cut.size;
      for (let round = 0; round < 4; round += 1) {
        const worker = deployment.daemons.findLast(({ app }) => app === 'retention-worker');
        await underLoad(10 + drawBelow(SEED, round, 2, 30), async () => worker?.kill('SIGKILL'), 12);
        deployment.forgetTheDead('retention-worker');
        await deployment.start('retention-worker');
      }
      expect([list.cut.size, api.lives]).toEqual([cut, true]);
      const { events, log } = await deployment.settled();
      expectNothingLost(list, events);
      expect(log).toMatchObject({ ok: true, faults: [], size: events.length });
    },
    TIMEOUT_MS,
  );

  it(
    'leaves inquiries cut in the middle, which the worker closes as unknown, and which are never shown',
    async () => {
      const open = async (): Promise<readonly string[]> =>
        [...inquiriesIn(await deployment.recorded())].flatMap(([id, stream]) =>
          stream.at(-1)?.type === 'InquiryReceived' ? [id] : [],
        );
      // Deadline and grace are ten seconds each, of real time.
      await until('every abandoned inquiry to be closed', async () => (await open()).length === 0, 500);
      const inquiries = inquiriesIn(await deployment.recorded());
      const unknown = [...inquiries].flatMap(([id, stream]) =>
        typesOf(stream).includes('InquiryOutcomeUnknown') ? [id] : [],
      );
      expect(unknown.length).toBeGreaterThan(0);
      expect(unknown.filter((id) => list.answered.has(id) || !list.cut.has(id))).toEqual([]);
      for (const id of unknown) {
        expect(typesOf(inquiries.get(id))).toEqual(['InquiryReceived', 'InquiryOutcomeUnknown']);
      }
      const caller = deployment.caller(people.operator, 'terminal-1');
      const again = new Acknowledgements();
      for (const inquiry of unknown)
        for (const nth of [0, 1, 2, 3]) await askAndNote(caller, again, { inquiry, nth });
      expect([again.answered.size, again.cut.size]).toEqual([0, 0]);
      expect([...again.refused.keys()].sort()).toEqual([
        '409 inquiry-outcome-unknown',
        '422 inquiry-question-differs',
      ]);
      caller.close();
    },
    TIMEOUT_MS,
  );

  it(
    'keeps every other answer: cut after it was durable, it is given again to the same question',
    async () => {
      const inquiries = inquiriesIn(await deployment.recorded());
      const durable = [...list.cut].filter((id) =>
        typesOf(inquiries.get(id)).some((type) => type.endsWith('Provided')),
      );
      const caller = deployment.caller(people.operator, 'terminal-1');
      const again = new Acknowledgements();
      for (const inquiry of durable)
        for (const nth of [0, 1, 2, 3]) await askAndNote(caller, again, { inquiry, nth });
      expect([...again.answered.keys()].sort()).toEqual(durable.sort());
      caller.close();
    },
    TIMEOUT_MS,
  );
});
