import { beforeEach, describe, expect, it } from '@jest/globals';
import { faultOf, faultStream } from '#domain';
import { AlarmScene } from '../testing/alarm-scene.js';
import { AGREEMENT } from '../testing/in-memory.js';
import type { UncountedAfter } from './faults.js';

const FAULT = faultOf(AGREEMENT, 'log-late');

describe('a fault', () => {
  let scene: AlarmScene;
  beforeEach(async () => {
    scene = await AlarmScene.open();
    await scene.contact('recipient', 'ours@example.jp');
    await scene.contact('provider', 'theirs@example.jp');
  });
  const faults = () => scene.process.faults;
  const types = (fault = FAULT) => scene.memory.types(faultStream(fault));
  const uncounted =
    (occurrences: number, through: string): UncountedAfter =>
    () =>
      Promise.resolve({ occurrences, through });
  const close = async (incident: string): Promise<void> => {
    await scene.tick();
    await scene.process.incidents.close(incident, '復旧を確認', scene.of('recipient'));
  };

  it('was never seen at first', async () => {
    expect(await faults().standing('log-late', AGREEMENT)).toBeNull();
    expect(await faults().clear('log-late', scene.context)).toBe(false);
    expect(await types()).toEqual([]);
  });

  it('that is observed is recorded when it begins and when it is over, however often somebody looks', async () => {
    const { incident, opened } = await faults().raise('log-late', scene.context);
    expect(opened).toBe(true);
    expect(await faults().raise('log-late', scene.context)).toEqual({ incident, opened: false });
    expect(await faults().standing('log-late', AGREEMENT)).toMatchObject({ standing: true, incident });
    expect(await faults().clear('log-late', scene.context)).toBe(true);
    expect(await faults().clear('log-late', scene.context)).toBe(false);
    expect(await types()).toEqual(['FaultOpened', 'FaultCleared']);
  });

  it('is seen at once by two processes, and is one', async () => {
    const [one, two] = [scene.start(), scene.start()];
    const raised = await Promise.all([one, two].map(({ faults }) => faults.raise('log-late', scene.context)));
    expect(new Set(raised.map(({ incident }) => incident)).size).toBe(1);
    expect(raised.filter(({ opened }) => opened)).toHaveLength(1);
    expect(await types()).toEqual(['FaultOpened']);
  });

  it('opens under the id that people were told of already', async () => {
    const incident = scene.memory.journal.newId();
    expect(await faults().raise('log-late', scene.context, { incident })).toEqual({ incident, opened: true });
    const later = scene.memory.journal.newId();
    expect(await faults().raise('log-late', scene.context, { incident: later })).toEqual({
      incident,
      opened: false,
    });
  });

  it('that comes back belongs to its incident while that is open, and to a new one afterwards', async () => {
    const { incident } = await faults().raise('log-late', scene.context);
    await faults().clear('log-late', scene.context);
    expect(await faults().raise('log-late', scene.context)).toEqual({ incident, opened: false });
    await faults().clear('log-late', scene.context);
    await close(incident);
    const again = await faults().raise('log-late', scene.context);
    expect(again.opened).toBe(true);
    expect(again.incident).not.toBe(incident);
  });

  it('belongs to its incident also before that is declared', async () => {
    const { incident } = await faults().raise('log-late', scene.context);
    await faults().clear('log-late', scene.context);
    expect(await faults().raise('log-late', scene.context)).toEqual({ incident, opened: false });
    expect(await scene.events('IncidentDeclared')).toEqual([]);
  });

  it('is told apart from the same of another agreement', async () => {
    const { incident } = await faults().raise('log-late', scene.context);
    const other = await faults().raise('log-late', { ...scene.context, agreement: 'another' });
    expect(other.opened).toBe(true);
    expect(other.incident).not.toBe(incident);
  });

  describe('that events show', () => {
    const UNREACHABLE = faultOf(AGREEMENT, 'provider-unreachable');
    const count = (occurrences: number, through: string) =>
      faults().count('provider-unreachable', scene.context, uncounted(occurrences, through));
    const times = async () => (await faults().standing('provider-unreachable', AGREEMENT))?.times;

    it('counts each event once', async () => {
      const seen = { occurrences: 3, through: 'e-3' };
      const first = await faults().raise('provider-unreachable', scene.context, seen);
      expect(await faults().raise('provider-unreachable', scene.context, seen)).toEqual({
        ...first,
        opened: false,
      });
      expect(await times()).toBe(3);
    });

    it('is recorded when its count has doubled, and whole when it is over', async () => {
      await count(3, 'e-3');
      await count(2, 'e-5');
      expect(await times()).toBe(3);
      await count(4, 'e-7');
      expect(await times()).toBe(7);
      await faults().clear('provider-unreachable', scene.context, uncounted(1, 'e-8'));
      expect(await scene.memory.types(faultStream(UNREACHABLE))).toEqual([
        'FaultOpened',
        'FaultRepeated',
        'FaultRepeated',
        'FaultCleared',
      ]);
      expect(await faults().standing('provider-unreachable', AGREEMENT)).toMatchObject({
        standing: false,
        times: 8,
        through: 'e-8',
      });
    });

    it('is nothing where there is nothing to count', async () => {
      expect(await count(0, 'e-0')).toBeNull();
      await count(1, 'e-1');
      expect(await count(0, 'e-1')).toMatchObject({ opened: false });
      expect(await types(UNREACHABLE)).toEqual(['FaultOpened']);
    });

    it('asks anew what is not counted when somebody else was faster', async () => {
      const asked: (string | null)[] = [];
      const other = scene.start();
      scene.memory.store.beforeNextAppend(async () => {
        await other.faults.count('provider-unreachable', scene.context, uncounted(2, 'e-2'));
      });
      await scene.start().faults.count('provider-unreachable', scene.context, (through) => {
        asked.push(through);
        return Promise.resolve({ occurrences: through === 'e-2' ? 2 : 4, through: 'e-4' });
      });
      expect(asked).toEqual([null, 'e-2']);
      expect(await times()).toBe(4);
    });
  });
});
