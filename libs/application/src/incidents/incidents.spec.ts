import { beforeEach, describe, expect, it } from '@jest/globals';
import { alertOf, incidentStream } from '#domain';
import { AlarmScene } from '../testing/alarm-scene.js';
import { AGREEMENT, MONDAY_MORNING } from '../testing/in-memory.js';

const refusal = (...refusals: object[]) => ({
  refusals: refusals.map((one) => expect.objectContaining(one)),
});
const MINUTE_MS = 60_000;
const leak = { kind: 'leak-feared', description: '端末の紛失の報告あり' } as const;

describe('an incident', () => {
  let scene: AlarmScene;
  let ours: string;
  let theirs: string;
  beforeEach(async () => {
    scene = await AlarmScene.open();
    ours = await scene.contact('recipient', 'ours@example.jp', 'https://hooks.example.jp/ours');
    theirs = await scene.contact('provider', 'theirs@example.jp');
  });
  const incidents = () => scene.process.incidents;
  const declare = () => incidents().declare(leak, scene.of('recipient'));
  const show = (incident: string) => incidents().show(incident, AGREEMENT);

  it('is declared by a person, noted, and closed once somebody of each party was reached', async () => {
    const { incident } = await declare();
    await incidents().note(incident, '端末を発見', scene.of('provider'));
    await expect(incidents().close(incident, '漏えいなし', scene.of('recipient'))).rejects.toMatchObject(
      refusal(
        { code: 'incident-party-unreached', field: 'recipient' },
        { code: 'incident-party-unreached', field: 'provider' },
      ),
    );
    await scene.tick();
    await incidents().close(incident, '漏えいなし', scene.of('recipient'));
    expect(await show(incident)).toMatchObject({
      incident,
      state: 'closed',
      kind: 'leak-feared',
      cause: null,
      fault: null,
      declaredAt: MONDAY_MORNING,
      closedAt: MONDAY_MORNING,
      description: leak.description,
      finding: '漏えいなし',
      notes: [{ at: MONDAY_MORNING, by: scene.people.provider, note: '端末を発見' }],
      reached: { recipient: true, provider: true },
    });
    await expect(incidents().note(incident, '追記', scene.of('recipient'))).rejects.toMatchObject(
      refusal({ code: 'incident-closed' }),
    );
  });

  it('is declared twenty times and no more by one side while they are open; a feared leak twice as often', async () => {
    const drill = { kind: 'drill', description: '訓練' } as const;
    const declared: string[] = [];
    for (let time = 0; time < 20; time += 1)
      declared.push((await incidents().declare(drill, scene.of('recipient'))).incident);
    const tooMany = refusal({ code: 'incidents-too-many' });
    await expect(incidents().declare(drill, scene.of('recipient'))).rejects.toMatchObject(tooMany);
    await incidents().declare(drill, scene.of('provider'));
    for (let time = 0; time < 20; time += 1) await declare();
    await expect(declare()).rejects.toMatchObject(tooMany);
    await incidents().declare(drill, scene.of('provider'));
    await scene.tick();
    await incidents().close(declared[0] ?? '', '終了', scene.of('recipient'));
    await declare();
  });

  it('is not closed while nobody of one party was reached, be it by a channel or by an answer', async () => {
    scene.channels.behave('theirs@example.jp', 'refuses');
    const { incident } = await declare();
    await scene.tick();
    await expect(incidents().close(incident, '完了', scene.of('recipient'))).rejects.toMatchObject(
      refusal({ code: 'incident-party-unreached', field: 'provider' }),
    );
    expect((await show(incident)).reached).toEqual({ recipient: true, provider: false });
    await scene.process.alerts.acknowledge(alertOf(incident, theirs), scene.of('provider'));
    await incidents().close(incident, '完了', scene.of('recipient'));
  });

  it('needs a person, words, and an agreement that it belongs to', async () => {
    await expect(incidents().declare(leak, scene.context)).rejects.toMatchObject(
      refusal({ code: 'person-required' }),
    );
    await expect(
      incidents().declare({ ...leak, description: ' ' }, scene.of('recipient')),
    ).rejects.toMatchObject(refusal({ code: 'description-malformed' }));
    const { incident } = await declare();
    const missing = { name: 'NotFound', what: 'incident' };
    await expect(incidents().show(incident, 'another')).rejects.toMatchObject(missing);
    await expect(incidents().show('unknown', AGREEMENT)).rejects.toMatchObject(missing);
    const elsewhere = { ...scene.of('recipient'), agreement: 'another' };
    await expect(incidents().note(incident, '追記', elsewhere)).rejects.toMatchObject(missing);
    await expect(incidents().close(incident, '完了', elsewhere)).rejects.toMatchObject(missing);
  });

  it('of a fault is declared once under the id that the fault gave it, and again nothing, even when closed', async () => {
    const { incident } = await scene.process.faults.raise('provider-unreachable', scene.context, {
      through: 'e-1',
    });
    const fault = `${AGREEMENT}-provider-unreachable`;
    const command = { incident, cause: 'provider-unreachable', fault } as const;
    await incidents().declareFor(command, scene.context);
    await incidents().declareFor(command, scene.context);
    expect(await scene.memory.types(incidentStream(incident))).toEqual(['IncidentDeclared']);
    expect(await show(incident)).toMatchObject({
      kind: 'failure',
      cause: 'provider-unreachable',
      description: null,
      fault: { kind: 'provider-unreachable', standing: true, times: 1 },
    });
    await scene.tick();
    await incidents().close(incident, '提供者に電話で確認', scene.of('recipient'));
    await incidents().declareFor(command, scene.context);
    expect(await scene.events('IncidentDeclared')).toHaveLength(1);
  });

  it('whose fault a watcher still sees is not closed', async () => {
    const { incident } = await scene.process.faults.raise('log-late', scene.context);
    await scene.tick();
    await expect(incidents().close(incident, '完了', scene.of('recipient'))).rejects.toMatchObject(
      refusal({ code: 'incident-fault-stands' }),
    );
    await scene.process.faults.clear('log-late', scene.context);
    await incidents().close(incident, '完了', scene.of('recipient'));
    const again = await scene.process.faults.raise('log-late', scene.context);
    expect((await show(incident)).fault).toBeNull();
    await scene.tick();
    expect((await show(again.incident)).fault).toEqual({ kind: 'log-late', standing: true, times: 1 });
  });

  it('keeps its words under the key of the trail, and is shown without them when that is gone', async () => {
    const { incident } = await declare();
    expect((await scene.memory.entries()).join('\n')).not.toContain(leak.description);
    scene.memory.vault.destroyKey('trail/2026');
    expect(await show(incident)).toMatchObject({ state: 'open', description: null });
    scene.memory.vault.open = () => Promise.reject(new Error('vault-unavailable'));
    expect(await show(incident)).toMatchObject({ state: 'open', description: null });
  });

  describe('shows of each contact', () => {
    let incident: string;
    beforeEach(async () => {
      ({ incident } = await declare());
    });
    const alert = async (contact: string) =>
      (await show(incident)).alerts.find((one) => one.contact === contact);

    it('that it is waiting, then that it was sent, then that it was acknowledged', async () => {
      await scene.process.alarm.tick(scene.context);
      expect(await alert(ours)).toEqual({
        alert: alertOf(incident, ours),
        contact: ours,
        party: 'recipient',
        state: 'pending',
        overdue: false,
        raisedAt: MONDAY_MORNING,
        sentAt: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
        attempts: 0,
        lastFailure: null,
        nextAt: MONDAY_MORNING,
        channelsTried: [],
      });
      scene.memory.clock.advance(1_000);
      await scene.tick();
      expect(await alert(ours)).toMatchObject({
        state: 'delivered',
        sentAt: '2026-04-06T01:00:01.000Z',
        nextAt: '2026-04-06T01:15:01.000Z',
        attempts: 1,
        channelsTried: ['smtp'],
      });
      await scene.process.alerts.acknowledge(alertOf(incident, ours), scene.of('recipient'));
      expect(await alert(ours)).toMatchObject({
        state: 'acknowledged',
        acknowledgedAt: '2026-04-06T01:00:01.000Z',
        acknowledgedBy: 'person',
        nextAt: null,
      });
    });

    it('what failed and when it is tried again', async () => {
      scene.channels.behave('ours@example.jp', 'refuses');
      await scene.tick();
      expect(await alert(ours)).toMatchObject({
        state: 'failing',
        sentAt: null,
        attempts: 1,
        lastFailure: { at: MONDAY_MORNING, why: 'refused', kind: 'smtp' },
        nextAt: '2026-04-06T01:00:05.000Z',
      });
    });

    it('that nobody has answered within the bound; not of a closed incident, nor of a removed contact', async () => {
      await scene.tick();
      scene.memory.clock.advance(15 * MINUTE_MS - 1);
      expect(await alert(ours)).toMatchObject({ overdue: false });
      scene.memory.clock.advance(1);
      expect(await alert(ours)).toMatchObject({ state: 'delivered', overdue: true });
      await scene.contact('recipient', 'another@example.jp');
      await scene.process.contacts.remove(ours, scene.of('recipient'));
      expect(await alert(ours)).toMatchObject({ state: 'delivered', overdue: false, nextAt: null });
      expect((await show(incident)).reached).toEqual({ recipient: true, provider: true });
      await incidents().close(incident, '完了', scene.of('recipient'));
      expect(await alert(theirs)).toMatchObject({ overdue: false, nextAt: null });
    });
  });
});
