import { beforeEach, describe, expect, it } from '@jest/globals';
import { alertOf, alertStream } from '#domain';
import { AlarmScene } from '../testing/alarm-scene.js';
import { by } from '../testing/in-memory.js';

const notFound = { name: 'NotFound', what: 'alert' };

describe('the alerts of an incident', () => {
  let scene: AlarmScene;
  let ours: string;
  let theirs: string;
  let incident: string;
  const drill = { kind: 'drill', description: '年次訓練' } as const;

  beforeEach(async () => {
    scene = await AlarmScene.open();
    ours = await scene.contact('recipient', 'ours@example.jp');
    theirs = await scene.contact('provider', 'theirs@example.jp');
    ({ incident } = await scene.process.incidents.declare(drill, scene.of('recipient')));
  });
  const alerts = () => scene.process.alerts;
  const tokenOf = (alert: string): string => scene.process.links.urlOf(alert).split('/').at(-1) as string;

  it('are one for every contact of both parties, however often they are raised', async () => {
    await alerts().raiseFor(incident, scene.context);
    await alerts().raiseFor(incident, scene.context);
    expect(await scene.events('AlertRaised')).toEqual([
      { alert: alertOf(incident, ours), incident, contact: ours, party: 'recipient' },
      { alert: alertOf(incident, theirs), incident, contact: theirs, party: 'provider' },
    ]);
  });

  it('are raised once by two processes at the same moment', async () => {
    const [one, two] = [scene.start(), scene.start()];
    await Promise.all([
      one.alerts.raiseFor(incident, scene.context),
      two.alerts.raiseFor(incident, scene.context),
    ]);
    expect(await scene.events('AlertRaised')).toHaveLength(2);
  });

  it('are raised for a contact that comes later, and the rest of them after a crash', async () => {
    scene.memory.store.failNextAppend('before');
    await expect(alerts().raiseFor(incident, scene.context)).rejects.toMatchObject({ code: 'store-failed' });
    await alerts().raiseFor(incident, scene.context);
    expect(await scene.events('AlertRaised')).toHaveLength(2);
    const late = await scene.contact('provider', 'late@example.jp');
    await alerts().raiseFor(incident, scene.context);
    expect((await scene.events('AlertRaised')).at(-1)).toMatchObject({ contact: late });
  });

  it('are not raised for an incident that is closed, or that there is none of', async () => {
    await alerts().raiseFor(incident, scene.context);
    await scene.process.alarm.tick(scene.context);
    await scene.tick();
    await scene.process.incidents.close(incident, '訓練終了', scene.of('recipient'));
    const before = await scene.events('AlertRaised');
    await scene.contact('provider', 'late@example.jp');
    await alerts().raiseFor(incident, scene.context);
    await alerts().raiseFor('unknown', scene.context);
    expect(await scene.events('AlertRaised')).toEqual(before);
  });

  describe('are acknowledged', () => {
    let alert: string;
    beforeEach(async () => {
      await alerts().raiseFor(incident, scene.context);
      alert = alertOf(incident, ours);
    });
    const acknowledged = () => scene.events('AlertAcknowledged');

    it('by a person of the party, once', async () => {
      await alerts().acknowledge(alert, scene.of('recipient'));
      await alerts().acknowledge(alert, scene.of('recipient'));
      expect(await acknowledged()).toEqual([{ alert, incident, contact: ours, by: 'person' }]);
    });

    it('by nobody of the other party', async () => {
      await expect(alerts().acknowledge(alert, scene.of('provider'))).rejects.toMatchObject({
        refusals: [{ code: 'alert-of-other-party' }],
      });
      expect(await acknowledged()).toEqual([]);
    });

    it('in their own agreement only, where there are any', async () => {
      const elsewhere = { ...scene.of('recipient'), agreement: 'another' };
      await expect(alerts().acknowledge(alert, elsewhere)).rejects.toMatchObject(notFound);
      await expect(alerts().acknowledge('unknown', scene.of('recipient'))).rejects.toMatchObject(notFound);
      await expect(alerts().acknowledge(alert, by('o-unknown'))).rejects.toMatchObject({
        refusals: [{ code: 'operator-missing' }],
      });
    });

    it('by the link, once, and looking changes nothing', async () => {
      const seen = {
        alert,
        incident,
        declared: { kind: 'drill', cause: null, declaredAt: expect.any(String) },
      };
      expect(await alerts().byLink(alert, tokenOf(alert))).toEqual({ ...seen, acknowledged: false });
      expect(await acknowledged()).toEqual([]);
      await Promise.all([
        alerts().acknowledgeByLink(alert, tokenOf(alert)),
        alerts().acknowledgeByLink(alert, tokenOf(alert)),
      ]);
      expect(await acknowledged()).toEqual([{ alert, incident, contact: ours, by: 'link' }]);
      expect(await alerts().byLink(alert, tokenOf(alert))).toEqual({ ...seen, acknowledged: true });
      expect((await scene.memory.recorded(alertStream(alert))).at(-1)?.actor).toEqual({ system: 'api' });
    });

    it.each([
      ['a wrong token', (own: string) => [own, 'A'.repeat(43)]],
      ['the token of another alert', (own: string, other: string) => [own, tokenOf(other)]],
      [
        'an alert that is not there',
        () => {
          const none = alertOf(
            '019d6000-0000-7000-8000-000000000001',
            '019d6000-0000-7000-8000-000000000002',
          );
          return [none, tokenOf(none)];
        },
      ],
      ['something else', () => ['x', tokenOf('x')]],
    ] as const)('not by %s, and nobody can tell which it was', async (_what, link) => {
      const [of, token] = link(alert, alertOf(incident, theirs)) as [string, string];
      await expect(alerts().byLink(of, token)).rejects.toMatchObject(notFound);
      await expect(alerts().acknowledgeByLink(of, token)).rejects.toMatchObject(notFound);
      expect(await acknowledged()).toEqual([]);
    });
  });
});
