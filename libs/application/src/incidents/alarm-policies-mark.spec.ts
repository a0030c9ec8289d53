import { beforeEach, describe, expect, it } from '@jest/globals';
import { agreementStream, alertOf, alertStream, contactStream, faultOf, faultStream } from '#domain';
import { AlarmScene, genuine } from '../testing/alarm-scene.js';
import { AGREEMENT } from '../testing/in-memory.js';
import { ALARM_POLICIES } from './alarm-policies.js';

const MINUTE_MS = 60_000;
const TERMS = {
  agreement: AGREEMENT,
  recipient: '例示機関',
  provider: '例示提供者',
  purposes: ['rtva-59-1:examination'],
  casePatterns: { 'rtva-59-1': 'SK-\\d{4}' },
  deadlineMs: 1_000,
};

describe('the policies of the alarm', () => {
  let scene: AlarmScene;
  let ours: string;
  beforeEach(async () => {
    scene = await AlarmScene.open();
    ours = await scene.contact('recipient', 'ours@example.jp');
    await scene.contact('provider', 'theirs@example.jp');
    await tick();
  });
  const tick = () => scene.process.alarm.tick(scene.context);
  const end = () => scene.memory.store.lastPosition();

  describe('that have lost their mark', () => {
    const losing: readonly (readonly [string, () => void])[] = [
      ['is gone', () => scene.marks.forget(ALARM_POLICIES)],
      [
        'is of another history',
        () =>
          genuine(scene.marks).write(ALARM_POLICIES, {
            position: '1',
            eventId: 'x',
            open: ['x'],
            faults: {},
          }),
      ],
    ];

    it.each(losing)('because it %s, carry nothing out again', async (_how, lose) => {
      await scene.answersFaulty(3, 'individual-number');
      await scene.tick();
      await scene.close(await scene.incidentOf());
      await scene.answersFaulty(2);
      await scene.tick();
      const before = [await end(), scene.channels.sent.length];
      lose();
      scene.start();
      await scene.tick();
      await scene.tick();
      expect([await end(), scene.channels.sent.length]).toEqual(before);
      expect(scene.process.policies.open()).toEqual([await scene.incidentOf(1)]);
    });

    it.each(losing)('because it %s, do not alarm about what was never put on record', async (_how, lose) => {
      await scene.answersFaulty(3);
      lose();
      scene.start();
      await scene.tick();
      expect(await scene.events('FaultOpened')).toEqual([]);
    });

    it('because it is gone, take what comes back after it was over for new', async () => {
      await scene.answersFaulty(2);
      await scene.answersWell();
      await tick();
      scene.memory.clock.advance(2 * MINUTE_MS);
      await tick();
      await scene.answersFaulty(3);
      scene.marks.forget(ALARM_POLICIES);
      scene.start();
      await tick();
      await scene.answersFaulty(1);
      await tick();
      expect(await scene.events('FaultOpened')).toMatchObject([{ times: 2 }, { times: 3 }]);
    });

    it.each(losing)('because it %s, go on counting, and clear what is over', async (_how, lose) => {
      await scene.answersFaulty(10);
      await scene.tick();
      await scene.answersFaulty(3);
      await tick();
      lose();
      scene.start();
      await tick();
      await scene.answersFaulty(2);
      await scene.answersWell();
      scene.memory.clock.advance(2 * MINUTE_MS);
      await tick();
      expect(await scene.events('FaultCleared')).toMatchObject([{ times: 15 }]);
    });

    it('see to it that everything open has what it needs', async () => {
      await scene.answersFaulty(1);
      for (const step of [1, 2]) {
        scene.memory.store.beforeNextAppend(() => {
          if (step === 2) scene.memory.store.failNextAppend('before');
          return Promise.resolve();
        });
      }
      await expect(tick()).rejects.toMatchObject({ code: 'store-failed' });
      expect(await scene.counts()).toMatchObject({ FaultOpened: 1, IncidentDeclared: 0 });
      scene.marks.forget(ALARM_POLICIES);
      scene.start();
      await tick();
      expect(await scene.counts()).toMatchObject({ FaultOpened: 1, IncidentDeclared: 1, AlertRaised: 2 });
    });

    const tampering: readonly (readonly [string, () => Promise<void>])[] = [
      ['is gone', async () => scene.marks.forget(ALARM_POLICIES)],
      [
        'was moved behind what it has not read',
        async () => {
          const last = (await scene.memory.store.readAll(null, 10_000)).at(-1);
          const kept = scene.marks.read<{ value: object }>(ALARM_POLICIES);
          const value = { ...kept?.value, position: last?.position, eventId: last?.id };
          scene.marks.write(ALARM_POLICIES, { ...kept, value });
        },
      ],
    ];
    const concluded = (): Promise<void> =>
      scene.happens(agreementStream(AGREEMENT), { type: 'AgreementConcluded', data: TERMS });

    it.each(tampering)('although there was one: because it %s, say so, once', async (_how, tamper) => {
      await concluded();
      await tick();
      await scene.answersFaulty(1, 'individual-number');
      await tamper();
      for (let round = 0; round < 2; round += 1) {
        scene.start();
        await tick();
        await tick();
      }
      expect(await scene.events('FaultOpened')).toMatchObject([{ kind: 'mark-forged' }]);
      expect(await scene.counts()).toMatchObject({ IncidentDeclared: 1, AlertRaised: 2 });
    });

    it.each(tampering)('while they run: because it %s, miss nothing, and say so', async (_how, tamper) => {
      await concluded();
      await tick();
      await scene.answersFaulty(1, 'individual-number');
      await tamper();
      await tick();
      await tick();
      const kinds = (await scene.events('FaultOpened')).map(({ kind }) => kind);
      expect(new Set(kinds)).toEqual(new Set(['individual-number-received', 'mark-forged']));
      expect(kinds).toHaveLength(2);
    });

    it('and were killed before they had made another, say so all the same', async () => {
      await concluded();
      await tick();
      await scene.answersFaulty(1);
      scene.marks.forget(ALARM_POLICIES);
      scene.marks.writesLeft = 0;
      scene.start();
      await expect(tick()).rejects.toThrow('killed');
      scene.marks.writesLeft = Infinity;
      scene.start();
      await tick();
      expect(await scene.events('FaultOpened')).toMatchObject([{ kind: 'mark-forged' }]);
    });

    it('and find an older one put back, carry out again what is there already', async () => {
      await scene.answersFaulty(1);
      await tick();
      const older = scene.marks.read(ALARM_POLICIES);
      await scene.answersFaulty(2, 'individual-number');
      await scene.answersWell();
      scene.memory.clock.advance(2 * MINUTE_MS);
      await tick();
      await tick();
      const before = await scene.counts();
      scene.marks.write(ALARM_POLICIES, older);
      await scene.answersFaulty(1, 'malformed');
      scene.start();
      await tick();
      await tick();
      const { FaultOpened = 0, IncidentDeclared = 0 } = before;
      expect(await scene.counts()).toMatchObject({
        FaultOpened: FaultOpened + 1,
        IncidentDeclared: IncidentDeclared + 1,
      });
    });

    it('miss nothing from the installation on, although no worker has run yet', async () => {
      scene.marks.forget(ALARM_POLICIES);
      await scene.start().alarm.begin();
      await scene.answersFaulty(1);
      await scene.start().alarm.begin();
      scene.start();
      await tick();
      expect(await scene.counts()).toMatchObject({ IncidentDeclared: 1, AlertRaised: 2 });
    });

    it('begin with the first event of an empty store', async () => {
      const empty = new AlarmScene();
      await empty.process.alarm.tick(empty.context);
      await empty.answersFaulty(1);
      await empty.process.alarm.tick(empty.context);
      expect(await empty.events('IncidentDeclared')).toHaveLength(1);
    });
  });

  describe('go on', () => {
    const declare = (kind: 'leak' | 'drill') =>
      scene.process.incidents.declare({ kind, description: '報告あり' }, scene.of('recipient'));

    it('behind an event that somebody has forged', async () => {
      const fault = { inquiry: 'f', fault: 'individual-number' };
      await scene.happens('inquiry-forged', { type: 'AnswerFaulty', data: fault });
      scene.memory.store.tamper('inquiry-forged', 0, '{"id":"x"}');
      const { incident } = await declare('leak');
      await tick();
      await tick();
      expect(scene.process.policies.open()).toEqual([incident]);
      expect(await scene.memory.types(alertStream(alertOf(incident, ours)))).toEqual(['AlertRaised']);
    });

    it('when the stream of a fault was changed', async () => {
      await scene.answersFaulty(1);
      await tick();
      scene.memory.store.tamper(faultStream(faultOf(AGREEMENT, 'provider-unreachable')), 0, '{"id":"x"}');
      scene.start();
      await scene.answersFaulty(1);
      const { incident } = await declare('leak');
      await tick();
      expect(scene.process.policies.open()).toContain(incident);
      expect(await scene.memory.types(alertStream(alertOf(incident, ours)))).toEqual(['AlertRaised']);
    });

    it('when the stream of the contacts of a party was changed, with those of the lifeboat', async () => {
      const [, theirs] = await scene.process.contacts.reachable(AGREEMENT);
      scene.memory.store.tamper(contactStream(AGREEMENT, 'recipient'), 0, '{"id":"x"}');
      const kept = { ...theirs, channels: theirs?.channels ?? [] } as never;
      scene.start(() => [kept]);
      const { incident } = await declare('leak');
      await tick();
      const { process } = scene;
      expect(process.policies.open()).toEqual([incident]);
      await process.alarm.deliver(scene.context);
      expect(scene.channels.sent.map(({ address }) => address)).toEqual(['theirs@example.jp']);
    });
  });

  it('write their mark when there is something to remember, and now and then to say where they are', async () => {
    const before = scene.marks.writes;
    for (let event = 0; event < 10; event += 1) {
      await scene.answersWell();
      await tick();
    }
    expect(scene.marks.writes).toBe(before);
    scene.memory.clock.advance(5_000);
    // Nothing comes after it: whoever asks how far the alarm has read must not be told for ever that it is behind.
    await tick();
    expect(scene.marks.writes).toBe(before + 1);
    await tick();
    scene.memory.clock.advance(5_000);
    await tick();
    expect(scene.marks.writes).toBe(before + 1);
    scene.start();
    await tick();
    expect(scene.marks.writes).toBe(before + 1);
  });
});
