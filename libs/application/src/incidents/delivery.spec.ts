import { beforeEach, describe, expect, it } from '@jest/globals';
import { alertOf, alertStream, faultTable } from '#domain';
import { AlarmScene, PUBLIC_URL } from '../testing/alarm-scene.js';
import type { LoadedStream } from '../journal.js';
import { AlertDelivery } from './delivery.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const MAIL = 'ours@example.jp';
const HOOK = 'https://hooks.example.jp/ours';
const THEIRS = 'theirs@example.jp';

describe('the delivery of alerts', () => {
  let scene: AlarmScene;
  let ours: string;
  let theirs: string;
  let incident: string;
  beforeEach(async () => {
    scene = await AlarmScene.open();
    ours = await scene.contact('recipient', MAIL, HOOK);
    theirs = await scene.contact('provider', THEIRS);
    await scene.tick();
    const drill = { kind: 'drill', description: '山田さんの端末で訓練' } as const;
    ({ incident } = await scene.process.incidents.declare(drill, scene.of('recipient')));
    await scene.process.alarm.tick(scene.context);
  });

  const deliver = () => scene.process.alarm.deliver(scene.context);
  /** What was sent since the last look: the address, and channel and round of the message. */
  const news = (): readonly string[] =>
    scene.channels.sent.splice(0).map(({ address, id }) => `${address} ${id.split('.').slice(1).join('.')}`);
  const after = async (ms: number): Promise<readonly string[]> => {
    scene.memory.clock.advance(ms);
    await deliver();
    return news();
  };
  const record = (contact: string) => scene.memory.types(alertStream(alertOf(incident, contact)));

  it('brings each contact one message, by its first channel', async () => {
    expect(await deliver()).toEqual({ sent: 2, failed: 0 });
    expect(scene.channels.sent.map(({ address, id }) => [address, id])).toEqual([
      [MAIL, `${alertOf(incident, ours)}.0.0`],
      [THEIRS, `${alertOf(incident, theirs)}.0.0`],
    ]);
    expect(await scene.events('AlertSent')).toMatchObject([
      { contact: ours, channel: 0, kind: 'smtp', round: 0, lifeboat: null },
      { contact: theirs, message: `${alertOf(incident, theirs)}.0.0` },
    ]);
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
  });

  it('says what happened and where to go, and nothing of anybody', async () => {
    await deliver();
    const [first] = scene.channels.sent;
    const { text, subject, payload, contact, version } = first?.message ?? { text: '' };
    expect(text).toContain(scene.process.links.urlOf(alertOf(incident, ours)));
    expect(text).toContain(`${PUBLIC_URL}/v1/incidents/${incident}`);
    expect(text).toMatch(/訓練[\s\S]*drill[\s\S]*kiroku\.example\.jp\/log\n3\nAAAA/);
    expect([contact, version]).toEqual([ours, 1]);
    const everything = scene.channels.sent.map(({ message }) => JSON.stringify(message)).join('\n');
    expect(subject && payload).toBeTruthy();
    for (const secret of ['当番', 'ours@', 'theirs@', 'hooks.example', '山田', '端末', '対応 三郎']) {
      expect(everything).not.toContain(secret);
    }
  });

  it('says of a fault what it is, in both languages', async () => {
    await scene.answersFaulty(1, 'individual-number');
    await scene.tick();
    const { ja, en } = faultTable['individual-number-received'];
    const text = scene.channels.sent.at(-1)?.message.text;
    expect(text).toContain(ja);
    expect(text).toContain(en);
  });

  it('goes without a checkpoint where none can be read', async () => {
    const { journal, contacts, links } = scene.process;
    const broken = new AlertDelivery(
      journal,
      contacts,
      scene.channels,
      links,
      () => Promise.reject(new Error('log-inconsistent')),
      { publicUrl: PUBLIC_URL },
    );
    expect(await broken.run([incident], scene.context)).toEqual({ sent: 2, failed: 0 });
    expect(scene.channels.sent[0]?.message.payload.data).toMatchObject({ checkpoint: null });
  });

  describe('when a process dies', () => {
    it('after the other side took the message, before the record: the same message once more', async () => {
      scene.memory.store.failNextAppend('before');
      await expect(deliver()).rejects.toMatchObject({ code: 'store-failed' });
      expect(await scene.events('AlertSent')).toHaveLength(1);
      scene.start();
      await scene.tick();
      const sent = news();
      expect(sent).toHaveLength(3);
      expect(new Set(sent)).toEqual(new Set([`${MAIL} 0.0`, `${THEIRS} 0.0`]));
      for (const contact of [ours, theirs])
        expect(await record(contact)).toEqual(['AlertRaised', 'AlertSent']);
    });

    it('after the record, before it knew: nothing more', async () => {
      scene.memory.store.failNextAppend('after');
      await expect(deliver()).rejects.toMatchObject({ code: 'store-failed' });
      scene.start();
      await scene.tick();
      expect(news()).toEqual([`${MAIL} 0.0`, `${THEIRS} 0.0`]);
      expect(await record(ours)).toEqual(['AlertRaised', 'AlertSent']);
    });
  });

  it('of two processes at once is recorded once, under one id', async () => {
    const [worker, api] = [scene.start(), scene.start()];
    await Promise.all([worker, api].map(({ delivery }) => delivery.run([incident], scene.context)));
    expect(new Set(news())).toEqual(new Set([`${MAIL} 0.0`, `${THEIRS} 0.0`]));
    expect(await record(ours)).toEqual(['AlertRaised', 'AlertSent']);
    expect(await record(theirs)).toEqual(['AlertRaised', 'AlertSent']);
  });

  it('is tried again with growing pauses, under the same id, until the message is taken', async () => {
    scene.channels.behave(THEIRS, 'refuses');
    await deliver();
    expect(news()).toContain(`${THEIRS} 0.0`);
    expect(await after(5 * SECOND_MS - 1)).toEqual([]);
    expect(await after(1)).toEqual([`${THEIRS} 0.0`]);
    expect(await after(10 * SECOND_MS - 1)).toEqual([]);
    expect(await after(1)).toEqual([`${THEIRS} 0.0`]);
    scene.channels.behave(THEIRS, 'takes');
    expect(await after(20 * SECOND_MS)).toEqual([`${THEIRS} 0.0`]);
    expect(await record(theirs)).toEqual([
      'AlertRaised',
      ...Array<string>(3).fill('AlertDeliveryFailed'),
      'AlertSent',
    ]);
    expect((await scene.events('AlertDeliveryFailed'))[0]).toMatchObject({
      why: 'refused',
      permanent: false,
    });
  });

  it('keeps the stream of an alert short, however long nobody takes it', async () => {
    for (const address of [MAIL, HOOK, THEIRS]) scene.channels.behave(address, 'refuses');
    for (let minute = 0; minute < 24 * 60; minute += 1) await after(MINUTE_MS);
    expect((await record(theirs)).length).toBeLessThan(80);
    expect((await record(ours)).length).toBeLessThan(160);
  });

  it('takes the next channel at once when one is gone', async () => {
    scene.channels.behave(MAIL, 'is-gone');
    await deliver();
    expect(await after(0)).toEqual([`${MAIL} 0.0`, `${THEIRS} 0.0`, `${HOOK} 1.0`]);
    expect(await scene.events('AlertDeliveryFailed')).toMatchObject([{ why: 'gone', permanent: true }]);
  });

  it('takes the next channel beside one that has failed for two minutes', async () => {
    scene.channels.behave(MAIL, 'refuses');
    await deliver();
    news();
    for (let second = 0; second < 119; second += 1)
      expect(await after(SECOND_MS)).not.toContain(`${HOOK} 1.0`);
    expect(await after(SECOND_MS)).toContain(`${HOOK} 1.0`);
  });

  it('is repeated by the next channel while nobody acknowledges it, three times each, and then no more', async () => {
    await deliver();
    news();
    expect(await after(15 * MINUTE_MS - 1)).toEqual([]);
    expect(await after(1)).toEqual([`${HOOK} 1.0`, `${THEIRS} 0.1`]);
    expect(await after(15 * MINUTE_MS)).toEqual([`${MAIL} 0.1`, `${THEIRS} 0.2`]);
    expect(await after(15 * MINUTE_MS)).toEqual([`${HOOK} 1.1`]);
    expect(await after(15 * MINUTE_MS)).toEqual([`${MAIL} 0.2`]);
    expect(await after(15 * MINUTE_MS)).toEqual([`${HOOK} 1.2`]);
    expect(await after(24 * 60 * MINUTE_MS)).toEqual([]);
  });

  it('ends when the contact acknowledges, and goes on to the others', async () => {
    await deliver();
    news();
    await scene.process.alerts.acknowledge(alertOf(incident, ours), scene.of('recipient'));
    expect(await after(15 * MINUTE_MS)).toEqual([`${THEIRS} 0.1`]);
  });

  it('ends when the incident is closed, although nobody has acknowledged', async () => {
    await deliver();
    news();
    await scene.process.incidents.close(incident, '訓練終了', scene.of('recipient'));
    expect(await after(15 * MINUTE_MS)).toEqual([]);
    await scene.tick();
    expect(await after(15 * MINUTE_MS)).toEqual([]);
  });

  it('ends for a contact that is removed, and begins for one that is registered', async () => {
    const late = await scene.contact('recipient', 'late@example.jp');
    await scene.process.contacts.remove(ours, scene.of('recipient'));
    await scene.tick();
    expect(news()).toEqual(['late@example.jp 0.0', `${THEIRS} 0.0`]);
    expect(await record(late)).toEqual(['AlertRaised', 'AlertSent']);
    expect(await record(ours)).toEqual(['AlertRaised']);
  });

  it('goes to the new address of a contact that was changed, also when the old one was gone', async () => {
    scene.channels.behave(THEIRS, 'is-gone');
    await deliver();
    news();
    scene.memory.clock.advance(MINUTE_MS);
    const corrected = { name: '当番', channels: [{ kind: 'smtp', address: 'right@example.jp' }] } as const;
    await scene.process.contacts.change(theirs, corrected, scene.of('provider'));
    await scene.tick();
    expect(news()).toEqual(['right@example.jp 0.0']);
    expect(scene.process.delivery.nextAt()).not.toBeNull();
  });

  it('to a server that hangs holds up nobody else, and is not begun twice', async () => {
    scene.channels.behave(MAIL, 'hangs');
    const hung = deliver();
    await settle();
    expect(news()).toEqual([`${MAIL} 0.0`, `${THEIRS} 0.0`]);
    expect(await record(theirs)).toEqual(['AlertRaised', 'AlertSent']);
    expect(await after(15 * MINUTE_MS)).toEqual([`${THEIRS} 0.1`]);
    scene.channels.letGo();
    expect(await hung).toEqual({ sent: 1, failed: 1 });
    await scene.process.alarm.idle();
    expect(await scene.events('AlertDeliveryFailed')).toMatchObject([{ contact: ours, why: 'timeout' }]);
  });

  it('to one contact makes a few attempts at once, however many incidents are open, and all of them in the end', async () => {
    for (let more = 1; more < 30; more += 1) {
      // Both parties declare: one alone has at most 20 open.
      const drill = { kind: 'drill', description: '訓練' } as const;
      await scene.process.incidents.declare(drill, scene.of(more % 2 ? 'recipient' : 'provider'));
    }
    await scene.process.alarm.tick(scene.context);
    scene.channels.behave(MAIL, 'hangs');
    const hung = deliver();
    for (let patience = 0; patience < 50; patience += 1) await settle();
    const to = (address: string) => news().filter((one) => one.startsWith(address)).length;
    expect(to(MAIL)).toBe(10);
    scene.channels.behave(MAIL, 'takes');
    scene.channels.letGo();
    await hung;
    news();
    for (let second = 0; second < 10; second += 1) {
      scene.memory.clock.advance(SECOND_MS);
      await deliver();
    }
    expect((await scene.events('AlertSent')).filter(({ contact }) => contact === ours)).toHaveLength(30);
    expect((await scene.events('AlertSent')).filter(({ contact }) => contact === theirs)).toHaveLength(30);
  });

  it('looks once for all who ask while it looks', async () => {
    await deliver();
    const { journal } = scene.process;
    const loadAll = journal.loadAll.bind(journal);
    let looks = 0;
    journal.loadAll = (streams) => {
      if (streams[0]?.startsWith('alert-')) looks += 1;
      return loadAll(streams);
    };
    await Promise.all(Array.from({ length: 100 }, deliver));
    expect(looks).toBeLessThanOrEqual(2);
  });

  it('reads a long stream once, and not at every look', async () => {
    await deliver();
    const { journal } = scene.process;
    const loadAll = journal.loadAll.bind(journal);
    const watched = new Map<object, LoadedStream>();
    let read = 0;
    const watch = (loaded: LoadedStream): LoadedStream => {
      const { recorded } = loaded;
      const get = () => ((read += 1), recorded);
      if (!watched.has(loaded))
        watched.set(loaded, Object.defineProperty({ ...loaded }, 'recorded', { get }));
      return watched.get(loaded) as LoadedStream;
    };
    journal.loadAll = async (streams) => {
      const loaded = await loadAll(streams);
      return streams[0]?.startsWith('alert-') ? loaded.map(watch) : loaded;
    };
    for (let look = 0; look < 10; look += 1) await deliver();
    expect(read).toBe(2);
  });

  it('looks at what the last of them asked for', async () => {
    const { delivery } = scene.process;
    await Promise.all([[], [], [incident]].map((asked) => delivery.run(asked, scene.context)));
    await delivery.idle();
    expect(news()).toEqual([`${MAIL} 0.0`, `${THEIRS} 0.0`]);
  });

  it('that cannot be recorded is told to whoever asked, also when the look itself fails', async () => {
    const { journal, incidents } = scene.process;
    await incidents.declare({ kind: 'drill', description: '訓練' }, scene.of('recipient'));
    await scene.process.alarm.tick(scene.context);
    scene.memory.store.failNextAppend('before');
    const loadAll = journal.loadAll.bind(journal);
    let looks = 0;
    journal.loadAll = async (streams) => {
      if (!streams[0]?.startsWith('alert-') || streams.length < 2 || (looks += 1) < 2)
        return loadAll(streams);
      // Long enough for the first incident's attempt to have failed, and nobody to have listened.
      await new Promise((resolve) => void setImmediate(resolve));
      throw new Error('store-failed');
    };
    const unheard: unknown[] = [];
    const hear = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', hear);
    await expect(deliver()).rejects.toThrow('store-failed');
    await new Promise((resolve) => void setImmediate(resolve));
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });

  it('is not begun by a run that looked before another one was done', async () => {
    const { journal } = scene.process;
    const loadAll = journal.loadAll.bind(journal);
    const earlier = await loadAll([ours, theirs].map((contact) => alertStream(alertOf(incident, contact))));
    await deliver();
    news();
    journal.loadAll = (streams) => {
      if (!streams[0]?.startsWith('alert-')) return loadAll(streams);
      Reflect.deleteProperty(journal, 'loadAll');
      return Promise.resolve(earlier);
    };
    expect(await deliver()).toEqual({ sent: 0, failed: 0 });
    expect(news()).toEqual([]);
  });

  it('does not go out to somebody who acknowledged while the attempt before was under way', async () => {
    scene.channels.behave(MAIL, 'hangs');
    const hung = deliver();
    await settle();
    await scene.process.alerts.acknowledge(alertOf(incident, ours), scene.of('recipient'));
    scene.channels.letGo();
    await hung;
    news();
    expect(await after(15 * MINUTE_MS)).toEqual([`${THEIRS} 0.1`]);
  });

  it('goes to the addresses of the lifeboat while the vault does not open', async () => {
    const reachable = await scene.process.contacts.reachable('mlit-jlis');
    const kept = reachable.map((one) => ({ ...one, channels: one.channels ?? [] }));
    scene.memory.vault.open = () => Promise.reject(new Error('vault-unavailable'));
    scene.start(() => kept);
    await scene.tick();
    expect(news()).toEqual([`${MAIL} 0.0`, `${THEIRS} 0.0`]);
  });

  it('is on record as failed while nobody has the addresses, and is tried again', async () => {
    scene.memory.vault.open = () => Promise.reject(new Error('vault-unavailable'));
    expect(await deliver()).toEqual({ sent: 0, failed: 2 });
    expect(news()).toEqual([]);
    expect(await scene.events('AlertDeliveryFailed')).toMatchObject([{ why: 'sealed' }, { why: 'sealed' }]);
    Reflect.deleteProperty(scene.memory.vault, 'open');
    expect(await after(5 * SECOND_MS)).toEqual([`${HOOK} 1.0`, `${THEIRS} 0.0`]);
  });

  it('of one alert goes on when the stream of another was changed', async () => {
    scene.memory.store.tamper(alertStream(alertOf(incident, ours)), 0, '{"id":"x"}');
    scene.start();
    await scene.process.alarm.tick(scene.context);
    expect(await deliver()).toEqual({ sent: 1, failed: 0 });
    expect(news()).toEqual([`${THEIRS} 0.0`]);
    const { alerts } = await scene.process.incidents.show(incident, 'mlit-jlis');
    expect(alerts.map(({ contact }) => contact)).toEqual([theirs]);
  });

  it('knows when to look again', async () => {
    expect(scene.process.delivery.nextAt()).toBeNull();
    await deliver();
    await deliver();
    expect(scene.process.delivery.nextAt()).toBe(scene.memory.clock.realNow() + 15 * MINUTE_MS);
    await scene.process.incidents.close(incident, '訓練終了', scene.of('recipient'));
    await deliver();
    expect(scene.process.delivery.nextAt()).toBeNull();
  });
});

/** Lets everything happen that does not wait for the other side. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
}
