import { beforeEach, describe, expect, it } from '@jest/globals';
import { contactStream } from '#domain';
import { AlarmScene } from '../testing/alarm-scene.js';
import { AGREEMENT } from '../testing/in-memory.js';
import type { StoredContacts } from './contacts.js';

const refusal = (...codes: string[]) => ({
  refusals: codes.map((code) => expect.objectContaining({ code })),
});
const channels = [
  { kind: 'smtp', address: 'duty@example.jp' },
  { kind: 'webhook', address: 'https://hooks.example.jp/duty' },
] as const;
const command = { name: '当番 花子', channels };

describe('the contacts of an agreement', () => {
  let scene: AlarmScene;
  beforeEach(async () => {
    scene = await AlarmScene.open();
  });
  const contacts = () => scene.process.contacts;

  it('are registered by a party, and count when the other party has confirmed them', async () => {
    expect(await contacts().missing(AGREEMENT)).toEqual(['recipient', 'provider']);
    const { contact, version } = await contacts().register(command, scene.of('provider'));
    expect(version).toBe(1);
    expect(await contacts().list(AGREEMENT)).toEqual([
      { contact, party: 'provider', version: 1, confirmed: false, kinds: ['smtp', 'webhook'], ...command },
    ]);
    expect(await contacts().missing(AGREEMENT)).toEqual(['recipient', 'provider']);
    await expect(contacts().confirm(contact, 1, scene.of('provider'))).rejects.toMatchObject(
      refusal('contact-of-own-party'),
    );
    await contacts().confirm(contact, 1, scene.of('recipient'));
    await contacts().confirm(contact, 1, scene.of('recipient'));
    expect(await contacts().list(AGREEMENT)).toMatchObject([{ confirmed: true }]);
    expect(await contacts().missing(AGREEMENT)).toEqual(['recipient']);
    expect(await scene.memory.types(contactStream(AGREEMENT, 'provider'))).toEqual([
      'ContactRegistered',
      'ContactConfirmed',
    ]);
  });

  it('are confirmed anew after a change, in the version that was seen', async () => {
    const { contact } = await contacts().register(command, scene.of('recipient'));
    const moved = { name: '当番 次郎', channels: [{ kind: 'smtp', address: 'new@example.jp' }] } as const;
    expect(await contacts().change(contact, moved, scene.of('recipient'))).toEqual({ version: 2 });
    await expect(contacts().confirm(contact, 1, scene.of('provider'))).rejects.toMatchObject(
      refusal('contact-version-outdated'),
    );
    await contacts().confirm(contact, 2, scene.of('provider'));
    expect(await contacts().list(AGREEMENT)).toMatchObject([{ version: 2, confirmed: true, ...moved }]);
    await expect(contacts().change(contact, moved, scene.of('provider'))).rejects.toMatchObject(
      refusal('contact-of-other-party'),
    );
  });

  it('are removed, all but the last', async () => {
    const first = await scene.contact('recipient', 'one@example.jp');
    await expect(contacts().remove(first, scene.of('recipient'))).rejects.toMatchObject(
      refusal('contact-last'),
    );
    const second = await scene.contact('recipient', 'two@example.jp');
    await contacts().remove(first, scene.of('recipient'));
    expect((await contacts().living(AGREEMENT)).map(({ contact }) => contact)).toEqual([second]);
    expect(await contacts().everKnown(AGREEMENT)).toMatchObject([
      { contact: second, living: { version: 1 } },
      { contact: first, living: null },
    ]);
    expect(await contacts().reach(first, AGREEMENT)).toBeNull();
    for (const gone of [first, 'unknown']) {
      const missing = { name: 'NotFound', what: 'contact' };
      await expect(contacts().change(gone, command, scene.of('recipient'))).rejects.toMatchObject(missing);
      await expect(contacts().confirm(gone, 1, scene.of('provider'))).rejects.toMatchObject(missing);
      await expect(contacts().remove(gone, scene.of('recipient'))).rejects.toMatchObject(missing);
    }
  });

  it('are nobody of an agreement that is not there', async () => {
    expect(await contacts().list('another')).toEqual([]);
    expect(await contacts().missing('another')).toEqual(['recipient', 'provider']);
  });

  it('have their names and addresses under their own key only', async () => {
    const { contact } = await contacts().register(command, scene.of('recipient'));
    const entries = (await scene.memory.entries()).join('\n');
    for (const secret of ['花子', 'duty@', 'hooks.example']) expect(entries).not.toContain(secret);
    scene.memory.vault.destroyKey(`person/${contact}`);
    expect(await contacts().list(AGREEMENT)).toMatchObject([{ contact, name: null, channels: null }]);
    expect(await contacts().reachable(AGREEMENT)).toMatchObject([{ contact, channels: null }]);
  });

  describe('when the vault does not open', () => {
    let contact: string;
    let kept: ReturnType<StoredContacts>;
    beforeEach(async () => {
      ({ contact } = await contacts().register(command, scene.of('recipient')));
      kept = [{ contact, party: 'recipient', version: 1, channels }];
      scene.memory.vault.open = () => Promise.reject(new Error('vault-unavailable'));
    });

    it('are reached at the addresses that the lifeboat keeps', async () => {
      scene.start(() => kept);
      expect(await contacts().reachable(AGREEMENT)).toMatchObject([{ contact, channels }]);
      expect(await contacts().reach(contact, AGREEMENT)).toMatchObject({ contact, channels });
    });

    it('are not reached at addresses that they have left', async () => {
      kept = kept.map((one) => ({ ...one, version: 0 }));
      scene.start(() => kept);
      expect(await contacts().reachable(AGREEMENT)).toMatchObject([{ contact, channels: null }]);
    });

    it('are not listed as if they had none', async () => {
      await expect(contacts().list(AGREEMENT)).rejects.toThrow('vault-unavailable');
    });
  });

  it('are those of the lifeboat where somebody has changed their stream', async () => {
    const { contact } = await contacts().register(command, scene.of('recipient'));
    scene.memory.store.tamper(contactStream(AGREEMENT, 'recipient'), 0, '{"id":"x"}');
    scene.start(() => [{ contact, party: 'recipient', version: 1, channels }]);
    const found = { contact, party: 'recipient', version: 1, kinds: ['smtp', 'webhook'], since: 0, channels };
    expect(await contacts().reachable(AGREEMENT)).toEqual([found]);
    expect(await contacts().reach(contact, AGREEMENT)).toEqual(found);
  });
});
