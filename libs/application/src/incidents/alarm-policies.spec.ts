import { beforeEach, describe, expect, it } from '@jest/globals';
import { erasureHoldStream, faultOf, faultStream } from '#domain';
import { AlarmScene } from '../testing/alarm-scene.js';
import { AGREEMENT } from '../testing/in-memory.js';

const MINUTE_MS = 60_000;
const UNREACHABLE = faultOf(AGREEMENT, 'provider-unreachable');

/** A small generator with a seed, so that a failure can be looked at again (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('the policies of the alarm', () => {
  let scene: AlarmScene;
  beforeEach(async () => {
    scene = await AlarmScene.open();
    await scene.contact('recipient', 'ours@example.jp');
    await scene.contact('provider', 'theirs@example.jp');
    await tick();
  });
  const tick = () => scene.process.alarm.tick(scene.context);
  it('make of a faulty answer a fault, an incident and the alerts, in one step', async () => {
    await scene.answersFaulty(1);
    await tick();
    expect(await scene.counts()).toMatchObject({ FaultOpened: 1, IncidentDeclared: 1, AlertRaised: 2 });
    const [declared] = await scene.events('IncidentDeclared');
    const incident = await scene.incidentOf();
    expect(declared).toEqual({
      incident,
      kind: 'failure',
      cause: 'provider-unreachable',
      fault: UNREACHABLE,
    });
    expect(scene.process.policies.open()).toEqual([incident]);
  });

  it.each([
    ['individual-number', 'individual-number-received', 'leak-feared'],
    ['timeout', 'provider-unreachable', 'failure'],
    ['unreachable', 'provider-unreachable', 'failure'],
    ['too-large', 'provider-answers-wrongly', 'failure'],
    ['malformed', 'provider-answers-wrongly', 'failure'],
    ['replayed', 'provider-answers-wrongly', 'failure'],
    ['not-authentic', 'provider-answers-wrongly', 'failure'],
  ] as const)('take an answer that is %s for %s', async (fault, cause, kind) => {
    await scene.answersFaulty(1, fault);
    await tick();
    expect(await scene.events('IncidentDeclared')).toMatchObject([{ cause, kind }]);
  });

  it('take an answer that was not recorded for an incident, and an abandoned inquiry for none', async () => {
    const unknown = (cause: string) => ({ type: 'InquiryOutcomeUnknown', data: { inquiry: 'i', cause } });
    await scene.happens('inquiry-i', unknown('abandoned'));
    await tick();
    expect(await scene.events('FaultOpened')).toEqual([]);
    await scene.happens('inquiry-j', unknown('not-recorded'));
    await tick();
    expect(await scene.events('IncidentDeclared')).toMatchObject([{ cause: 'unrecorded' }]);
  });

  it('take a run that waits for two people for a wrong clock, and one that they have released for none', async () => {
    const hold = (run: string) =>
      scene.happens(erasureHoldStream(run), {
        type: 'ErasureHeld',
        data: { run, why: 'clock-ahead', days: 4, through: '2026-04-06' },
      });
    await hold('r-1');
    for (const approver of ['o-ito', 'o-kato']) {
      const data = { run: 'r-1', approver };
      await scene.happens(erasureHoldStream('r-1'), { type: 'ErasureReleaseApproved', data });
    }
    await tick();
    expect(await scene.events('FaultOpened')).toEqual([]);
    await hold('r-2');
    await tick();
    expect(await scene.events('IncidentDeclared')).toMatchObject([{ cause: 'clock-wrong' }]);
  });

  it('alert a contact that is registered while an incident is open, and not once it is closed', async () => {
    const drill = { kind: 'drill', description: '訓練' } as const;
    const { incident } = await scene.process.incidents.declare(drill, scene.of('recipient'));
    await scene.tick();
    const late = await scene.contact('provider', 'late@example.jp');
    await tick();
    expect((await scene.events('AlertRaised')).at(-1)).toMatchObject({ incident, contact: late });
    await scene.close(incident);
    await scene.contact('recipient', 'too-late@example.jp');
    await tick();
    expect(await scene.events('AlertRaised')).toHaveLength(3);
    expect(scene.process.policies.open()).toEqual([]);
  });

  describe('carry out everything once', () => {
    const once = { FaultOpened: 1, IncidentDeclared: 1, AlertRaised: 2, AlertSent: 2 };
    const steps = [1, 2, 3, 4, 5, 6];
    const dyingAtAppend = (step: number, when: 'before' | 'after'): void => {
      for (let append = 1; append <= step; append += 1) {
        scene.memory.store.beforeNextAppend(() => {
          if (append === step) scene.memory.store.failNextAppend(when);
          return Promise.resolve();
        });
      }
    };

    it.each(steps.flatMap((step) => [[step, 'before'] as const, [step, 'after'] as const]))(
      'although the process dies at append %i, %s it is on disk',
      async (step, when) => {
        await scene.answersFaulty(3);
        dyingAtAppend(step, when);
        await expect(scene.tick()).rejects.toMatchObject({ code: 'store-failed' });
        scene.start();
        await scene.tick();
        await scene.tick();
        expect(await scene.counts()).toEqual(once);
        expect((await scene.process.faults.standing('provider-unreachable', AGREEMENT))?.times).toBe(3);
        // What was sent although the record of it got lost is sent again, and says that it is the same.
        expect(new Set(scene.channels.sent.map(({ id }) => id)).size).toBe(2);
      },
    );

    it.each([0, 1, 2])('although it dies before mark %i is written', async (writes) => {
      await scene.answersFaulty(3);
      scene.marks.writesLeft = writes;
      await scene.process.alarm.tick(scene.context).catch(() => undefined);
      scene.marks.writesLeft = Infinity;
      scene.start();
      await scene.tick();
      expect(await scene.counts()).toEqual(once);
    });

    it('although every batch is applied twice, and the second time with what came after it', async () => {
      await scene.answersFaulty(3);
      scene.marks.writesLeft = 0;
      await expect(tick()).rejects.toThrow('killed');
      scene.marks.writesLeft = Infinity;
      await scene.answersFaulty(2);
      scene.start();
      await tick();
      await scene.answersWell();
      scene.memory.clock.advance(2 * MINUTE_MS);
      await tick();
      expect(await scene.events('FaultCleared')).toMatchObject([{ times: 5 }]);
    });

    it('although a fault is cleared and the process dies before it has written that down', async () => {
      await scene.answersFaulty(2);
      await tick();
      await scene.answersFaulty(1);
      await scene.answersWell();
      await tick();
      scene.memory.clock.advance(2 * MINUTE_MS);
      scene.marks.writesLeft = 0;
      await expect(tick()).rejects.toThrow('killed');
      expect(await scene.events('FaultCleared')).toMatchObject([{ times: 3 }]);
      scene.marks.writesLeft = Infinity;
      scene.start();
      await scene.answersFaulty(4);
      await tick();
      expect(await scene.process.faults.standing('provider-unreachable', AGREEMENT)).toMatchObject({
        standing: true,
        times: 7,
      });
      expect(await scene.events('IncidentDeclared')).toHaveLength(1);
    });

    it('although an incident is closed and the process dies before it has written that down', async () => {
      await scene.answersFaulty(2, 'individual-number');
      await scene.tick();
      await scene.answersFaulty(1, 'individual-number');
      await tick();
      await scene.close(await scene.incidentOf());
      await scene.answersFaulty(5, 'individual-number');
      scene.marks.writesLeft = 0;
      await expect(tick()).rejects.toThrow('killed');
      scene.marks.writesLeft = Infinity;
      // The batch with the closing comes again, and does not end what began after it.
      const other = scene.start();
      await tick();
      expect(await scene.events('FaultCleared')).toMatchObject([{ times: 3 }]);
      expect(await other.faults.standing('individual-number-received', AGREEMENT)).toMatchObject({
        incident: await scene.incidentOf(1),
        standing: true,
        times: 5,
      });
      expect(await scene.events('IncidentDeclared')).toHaveLength(2);
    });

    it('although two processes do it at the same time, over the same mark', async () => {
      const [worker, api] = [scene.start(), scene.start()];
      await scene.answersFaulty(40);
      await Promise.all([worker, api].map(({ alarm }) => alarm.tick(scene.context)));
      await scene.answersFaulty(60);
      await api.alarm.tick(scene.context);
      await worker.alarm.tick(scene.context);
      expect(await scene.counts()).toMatchObject({ FaultOpened: 1, IncidentDeclared: 1, AlertRaised: 2 });
      expect((await worker.faults.standing('provider-unreachable', AGREEMENT))?.times).toBe(100);
    });
  });

  it('make one incident of 10,000 faults, count them all, and keep every stream short', async () => {
    const random = randomFrom(20_260_406);
    let left = 10_000;
    while (left > 0) {
      const times = Math.min(left, 1 + random(400));
      await scene.answersFaulty(times);
      left -= times;
      if (random(3) === 0) {
        // Dies after the commands, before the mark is written.
        scene.marks.writesLeft = random(2);
        await tick().catch(() => undefined);
        scene.marks.writesLeft = Infinity;
        scene.start();
      }
      if (random(2) === 0) await tick();
    }
    await scene.answersWell();
    await tick();
    scene.memory.clock.advance(2 * MINUTE_MS);
    await scene.tick();
    expect(await scene.counts()).toEqual({
      FaultOpened: 1,
      IncidentDeclared: 1,
      AlertRaised: 2,
      AlertSent: 2,
    });
    expect(await scene.events('FaultCleared')).toMatchObject([{ times: 10_000 }]);
    expect((await scene.memory.types(faultStream(UNREACHABLE))).length).toBeLessThanOrEqual(16);
    expect(await scene.memory.types(`incident-${await scene.incidentOf()}`)).toEqual(['IncidentDeclared']);
  });

  describe('say that the provider is well', () => {
    const cleared = async () => (await scene.events('FaultCleared')).length;
    beforeEach(async () => {
      await scene.answersFaulty(2);
      await tick();
    });

    it('when it has answered, and gone on doing so for a minute', async () => {
      await scene.answersWell();
      scene.memory.clock.advance(MINUTE_MS - 1);
      await tick();
      expect(await cleared()).toBe(0);
      scene.memory.clock.advance(1);
      await tick();
      expect(await cleared()).toBe(1);
      await tick();
      expect(await cleared()).toBe(1);
    });

    it('not when nobody has asked it, however long', async () => {
      scene.memory.clock.advance(60 * MINUTE_MS);
      await tick();
      expect(await cleared()).toBe(0);
    });

    it('not when it has failed again since', async () => {
      await scene.answersWell();
      await scene.answersFaulty(1);
      scene.memory.clock.advance(60 * MINUTE_MS);
      await tick();
      expect(await cleared()).toBe(0);
      await scene.answersWell();
      await tick();
      expect(await scene.events('FaultCleared')).toMatchObject([{ times: 3 }]);
    });

    it('not because the client says that there was no answer', async () => {
      const data = {
        inquiry: 'i',
        purpose: 'rtva-67:acceptance',
        outcome: 'provider-unavailable',
        count: null,
      };
      await scene.happens('inquiry-i', { type: 'NothingProvided', data });
      scene.memory.clock.advance(60 * MINUTE_MS);
      await tick();
      expect(await cleared()).toBe(0);
    });

    it('in the agreement that it has answered under', async () => {
      const { journal } = scene.memory;
      const elsewhere = { ...scene.context, agreement: 'another' };
      const data = { inquiry: 'i', purpose: 'rtva-67:acceptance', outcome: 'not-found', count: null };
      const loaded = await journal.load('inquiry-i');
      await journal.append(loaded, [{ type: 'NothingProvided', data }], elsewhere);
      scene.memory.clock.advance(60 * MINUTE_MS);
      await tick();
      expect(await cleared()).toBe(0);
    });

    it('also when the clock was put back since it failed', async () => {
      await scene.answersWell();
      scene.memory.clock.advance(-24 * 60 * MINUTE_MS);
      await tick();
      expect(await cleared()).toBe(1);
    });
  });

  it('leave it to the closing of the incident to end what no answer makes good', async () => {
    await scene.answersFaulty(1, 'individual-number');
    await scene.tick();
    await scene.answersWell();
    scene.memory.clock.advance(60 * MINUTE_MS);
    await tick();
    expect(await scene.events('FaultCleared')).toEqual([]);
    await scene.close(await scene.incidentOf());
    await tick();
    expect(await scene.events('FaultCleared')).toMatchObject([{ times: 1 }]);
  });

  it('count a fault that goes on into the incident that was closed, and open another for what comes after', async () => {
    await scene.answersFaulty(10);
    await scene.tick();
    await scene.answersFaulty(3);
    await tick();
    const first = await scene.incidentOf();
    await scene.close(first);
    await scene.answersFaulty(4);
    await tick();
    expect(await scene.events('FaultRepeated')).toMatchObject([{ incident: first, times: 13 }]);
    expect(await scene.events('FaultOpened')).toMatchObject([{ incident: first, times: 10 }, { times: 4 }]);
    expect(await scene.incidentOf(1)).not.toBe(first);
    await scene.answersWell();
    scene.memory.clock.advance(2 * MINUTE_MS);
    await tick();
    expect(await scene.events('FaultCleared')).toMatchObject([
      { incident: await scene.incidentOf(1), times: 4 },
    ]);
  });
});
