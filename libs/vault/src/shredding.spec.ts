import { cpSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { byResidentCode } from '#domain';
import { AGREEMENT, CANARY, COHORT, everything, inquiry, Place, sealOne } from './specimens.contract.js';
import type { Vault } from './port.js';

const JULY = `${AGREEMENT}/rtva-59-1:examination/2026-07-01`;
const STALE_MS = 10_000;

let place: Place;
let vault: Vault;
beforeEach(async () => {
  place = new Place();
  vault = await place.open();
});
afterEach(() => place.remove());

describe('Destroying a cohort key', () => {
  it('shreds the identity data of its inquiries, and of no others', async () => {
    const june = await sealOne(vault, everything());
    const july = await sealOne(vault, inquiry('i-2', '2026-07-01'));

    const { destroyed } = await vault.destroy('cohort', [COHORT], 1);

    expect(destroyed).toEqual([COHORT]);
    expect(await vault.open(june, 'secret')).toEqual({ state: 'shredded' });
    expect(await vault.open(june, 'note')).toEqual({ state: 'open', value: `why: ${CANARY}` });
    expect(await vault.open(june, 'name')).toEqual({ state: 'open', value: CANARY });
    expect(await vault.open(july, 'secret')).toEqual({ state: 'open', value: { name: CANARY } });
  });

  it('reaches a process that holds the key in memory, at its next call', async () => {
    const api = await place.open({ process: 'api' });
    const june = await sealOne(api, everything());
    expect((await api.open(june, 'secret')).state).toBe('open');

    await vault.destroy('cohort', [COHORT], 1);

    expect(await api.open(june, 'secret')).toEqual({ state: 'shredded' });
    await expect(api.seal([everything()], [june])).rejects.toMatchObject({ code: 'key-gone' });
    expect(await api.isGone('cohort', COHORT)).toBe(true);
  });

  it('reaches a process whose next call is to seal', async () => {
    const api = await place.open({ process: 'api' });
    const june = await sealOne(api, everything());
    await vault.destroy('cohort', [COHORT], 1);

    await expect(api.seal([everything()], [])).rejects.toMatchObject({ code: 'key-gone' });
    await expect(api.seal([everything()], [june])).rejects.toMatchObject({ code: 'key-gone' });
  });

  it('lasts across a restart', async () => {
    const june = await sealOne(vault, everything());
    await vault.destroy('cohort', [COHORT], 1);
    await vault.close();

    expect(await (await place.open()).open(june, 'secret')).toEqual({ state: 'shredded' });
  });

  it('is for ever: the key is never made again', async () => {
    await vault.destroy('cohort', [COHORT], 1);

    await expect(vault.ensure('cohort', [JULY, COHORT])).rejects.toMatchObject({ code: 'key-gone' });
    await expect(vault.seal([everything()], [])).rejects.toMatchObject({ key: `cohort/${COHORT}` });
    expect(await vault.living('cohort')).toEqual([]);
  });

  it('can be repeated, and raises the generation once', async () => {
    await vault.ensure('cohort', [COHORT, JULY]);
    const before = await vault.generation();
    const first = await vault.destroy('cohort', [COHORT], 1);
    const again = await vault.destroy('cohort', [COHORT, COHORT], 1);

    expect(first).toEqual({ destroyed: [COHORT], generation: before + 1 });
    expect(again).toEqual(first);
  });

  it('leaves nothing of the wrapped key in the files', async () => {
    await vault.ensure('cohort', [COHORT, JULY]);
    const ghost = (): boolean => place.bytes().includes('cohort' + COHORT);
    expect(ghost()).toBe(true);

    await vault.destroy('cohort', [COHORT], 1);

    // The tombstone says the same name: it must be the only place.
    const bytes = place.bytes();
    const first = bytes.indexOf('cohort' + COHORT);
    expect(bytes.indexOf('cohort' + COHORT, first + 1)).toBe(-1);
  });
});

describe('Destroying', () => {
  it('a subject key of one year leaves the tokens of another', async () => {
    const entry = await sealOne(vault, everything());
    const later = await sealOne(vault, everything({}, { at: '2027-04-01T00:00:00.000Z' }));
    await vault.destroy('subject', ['2026'], 1);
    const [kept, gone, again] = await vault.openTokensOfEach([later, entry, later]);
    expect([kept?.length, gone?.length, again?.length]).toEqual([1, 0, 1]);
  });

  it('a trail shreds its texts and tokens, and the year is searched no more', async () => {
    const entry = await sealOne(vault, everything());
    await vault.destroy('subject', ['2026'], 1);
    expect(await vault.openTokens(entry)).toEqual([]);
    expect(await vault.tokensFor(AGREEMENT, byResidentCode('24727059608'))).toEqual([]);

    await vault.destroy('trail', ['2026'], 1);
    expect(await vault.open(entry, 'note')).toEqual({ state: 'shredded' });
    expect(await vault.openTokens(entry)).toEqual([]);
  });

  it("a person's key shreds the name", async () => {
    const entry = await sealOne(vault, everything());
    await vault.destroy('person', ['op-7'], 1);

    expect(await vault.open(entry, 'name')).toEqual({ state: 'shredded' });
  });

  it('the append key is refused: every stored event would look forged', async () => {
    await expect(vault.destroy('append', ['event-store'], 1)).rejects.toThrow(TypeError);
  });

  it('is refused to a holder of an older fencing token, and changes nothing', async () => {
    await vault.ensure('cohort', [COHORT]);
    expect(await vault.highestFence()).toBe(0);
    await vault.destroy('cohort', [JULY], 5);
    expect(await vault.highestFence()).toBe(5);

    await expect(vault.destroy('cohort', [COHORT], 4)).rejects.toMatchObject({
      code: 'stale-fence',
      seen: 5,
    });
    await expect(vault.rotateRoot(4)).rejects.toMatchObject({ code: 'stale-fence' });
    await expect(vault.destroy('cohort', [COHORT], 1.5)).rejects.toThrow(TypeError);
    expect(await vault.living('cohort')).toEqual([COHORT]);
    expect(await vault.epochs()).toEqual({ current: 1, roots: [1] });
  });
});

describe('A destroyed key is', () => {
  it('gone once its tombstone stands, and unrecoverable once its root is destroyed', async () => {
    await vault.ensure('cohort', [COHORT]);
    expect(await vault.isGone('cohort', COHORT)).toBe(false);
    expect(await vault.isGone('cohort', JULY)).toBe(false);

    await vault.destroy('cohort', [COHORT], 1);
    expect(await vault.isGone('cohort', COHORT)).toBe(true);
    expect(await vault.isGone('cohort', COHORT, 1)).toBe(false);

    expect(await vault.rotateRoot(1)).toEqual({ epoch: 2, destroyedEpoch: 1 });
    expect(await vault.isGone('cohort', COHORT, 1)).toBe(true);
  });

  it('dropped everywhere when each living process has seen it', async () => {
    const api = await place.open({ process: 'api' });
    const { generation } = await vault.destroy('cohort', [COHORT], 1);
    expect(await vault.droppedEverywhere(generation, STALE_MS)).toBe(false);

    await api.heartbeat();
    expect(await vault.droppedEverywhere(generation, STALE_MS)).toBe(true);
  });

  it('dropped everywhere when the other process is dead, or closed its vault', async () => {
    await place.open({ process: 'dead' });
    const closed = await place.open({ process: 'closed' });
    const { generation } = await vault.destroy('cohort', [COHORT], 1);
    await closed.close();
    expect(await vault.droppedEverywhere(generation, STALE_MS)).toBe(false);

    place.now += STALE_MS + 1;
    expect(await vault.droppedEverywhere(generation, STALE_MS)).toBe(true);
  });

  it('not dropped while one of two processes of the same name has not seen it', async () => {
    const [one] = [await place.open({ process: 'api' }), await place.open({ process: 'api' })];
    const { generation } = await vault.destroy('cohort', [COHORT], 1);
    await one.heartbeat();

    expect(await vault.droppedEverywhere(generation, STALE_MS)).toBe(false);
  });
});

describe('A copy of the key table from before the destruction', () => {
  const backup = (): string => join(place.base, 'backup');

  beforeEach(async () => {
    await vault.ensure('cohort', [COHORT, JULY]);
    cpSync(place.directory, backup(), { recursive: true });
  });

  it('opens nothing after the rotation: its root is missing', async () => {
    const june = await sealOne(vault, everything());
    await vault.destroy('cohort', [COHORT], 1);
    await vault.rotateRoot(1);

    await expect(place.open({ directory: backup() })).rejects.toThrow(/root-1\.key/);
    expect(await vault.open(june, 'secret')).toEqual({ state: 'shredded' });
  });

  it('opens nothing with the current root in the place of the old one', async () => {
    const june = await sealOne(vault, everything());
    const july = await sealOne(vault, inquiry('i-2', '2026-07-01'));
    await vault.destroy('cohort', [COHORT], 1);
    await vault.rotateRoot(1);
    const stolen = join(place.base, 'stolen');
    cpSync(place.rootDirectory, stolen, { recursive: true });
    renameSync(join(stolen, 'root-2.key'), join(stolen, 'root-1.key'));
    const thief = await place.open({ directory: backup(), rootDirectory: stolen });

    for (const entry of [june, july]) {
      await expect(thief.open(entry, 'secret')).rejects.toMatchObject({ code: 'vault-unavailable' });
    }
  });

  it('still opens it before the rotation: unreadable is not yet unrecoverable', async () => {
    const june = await sealOne(vault, everything());
    await vault.destroy('cohort', [COHORT], 1);
    const thief = await place.open({ directory: backup() });

    expect((await thief.open(june, 'secret')).state).toBe('open');
    expect(await vault.isGone('cohort', COHORT, 1)).toBe(false);
  });
});
