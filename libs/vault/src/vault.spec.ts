import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { everything, Place, sealOne } from './specimens.contract.js';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const root = (epoch: number): string => join(place.rootDirectory, `root-${epoch}.key`);

describe('The first start', () => {
  it('makes the directories, the key table and root 1', async () => {
    const vault = await place.open();

    expect(await vault.epochs()).toEqual({ current: 1, roots: [1] });
    expect(await vault.living('cohort')).toEqual([]);
  });

  it('can happen several times at once: one root, and each opens what the other sealed', async () => {
    const [one, two, three] = await Promise.all([place.open(), place.open(), place.open()]);
    const entries = await Promise.all([one, two, three].map((vault) => sealOne(vault, everything())));

    for (const entry of entries) {
      for (const vault of [one, two, three]) expect((await vault.open(entry, 'note')).state).toBe('open');
    }
    expect((await one.epochs()).roots).toEqual([1]);
  });

  it('takes over a root that a crash left before the table knew of it', async () => {
    await (await place.open()).close();
    rmSync(place.directory, { recursive: true });

    expect(await (await place.open()).epochs()).toEqual({ current: 1, roots: [1] });
  });

  it('is refused beside roots of a later epoch: the key table was lost', async () => {
    const vault = await place.open();
    await vault.rotateRoot(1);
    await vault.close();
    rmSync(place.directory, { recursive: true });

    await expect(place.open()).rejects.toThrow(/root-2\.key is there but keys\.sqlite is new/);
  });

  it('is refused when the roots would lie in the data directory, also through a link', async () => {
    mkdirSync(join(place.directory, 'root'), { recursive: true });
    symlinkSync(join(place.directory, 'root'), join(place.base, 'link'));

    for (const rootDirectory of [place.directory, join(place.directory, 'root'), join(place.base, 'link')]) {
      await expect(place.open({ rootDirectory })).rejects.toThrow(/inside the data directory/);
    }
  });

  it('is refused where they would be made in the data directory, and makes nothing there', async () => {
    mkdirSync(place.directory, { recursive: true });
    symlinkSync(place.directory, join(place.base, 'link'));

    for (const above of [place.directory, join(place.base, 'link')]) {
      const rootDirectory = join(above, 'secrets', 'root');
      await expect(place.open({ rootDirectory })).rejects.toThrow(/inside the data directory/);
      expect(existsSync(rootDirectory)).toBe(false);
    }
  });
});

describe('A later start', () => {
  it('opens what was sealed before', async () => {
    const vault = await place.open();
    const entry = await sealOne(vault, everything());
    await vault.close();

    expect((await (await place.open()).open(entry, 'secret')).state).toBe('open');
  });

  it('is refused without the root file, which it names', async () => {
    const vault = await place.open();
    await sealOne(vault, everything());
    await vault.close();
    renameSync(root(1), join(place.base, 'elsewhere'));

    await expect(place.open()).rejects.toThrow(/^根の鍵が.*\nroot key missing: /);
    await expect(place.open()).rejects.toThrow(`root key missing: ${root(1)}`);
  });

  it('is refused without the directory of the roots, and makes none: it is put back as it was', async () => {
    const entry = await sealOne(await place.open(), everything());
    await place.close();
    const away = join(place.base, 'away');
    renameSync(place.rootDirectory, away);

    await expect(place.open()).rejects.toThrow(/^根の鍵のディレクトリー.*\nroot key directory missing: /);
    await expect(place.open()).rejects.toThrow(place.rootDirectory);
    expect(existsSync(place.rootDirectory)).toBe(false);
    renameSync(away, place.rootDirectory);
    expect((await (await place.open()).open(entry, 'secret')).state).toBe('open');
  });
});

describe('Keys', () => {
  it('are made ahead, once, and listed in order', async () => {
    const vault = await place.open();

    expect(await vault.ensure('trail', ['2027', '2026', '2027'])).toEqual(['2027', '2026']);
    expect(await vault.ensure('trail', ['2026', '2028'])).toEqual(['2028']);
    expect(await vault.living('trail')).toEqual(['2026', '2027', '2028']);
  });

  it('have ids that are not empty', async () => {
    const vault = await place.open();

    await expect(vault.ensure('person', [''])).rejects.toThrow(TypeError);
    await expect(vault.ensure('person', ['\uD800'])).rejects.toThrow(TypeError);
    await expect(vault.ensure('root' as 'person', ['1'])).rejects.toThrow(TypeError);
  });

  it('of clear events are never asked for', async () => {
    const vault = await place.open();
    await vault.close();
    const event = { ...everything(), data: { inquiry: 'i', person: 'p' } };

    expect(await vault.seal([event], [])).toHaveLength(1);
  });
});

describe('The append key', () => {
  it('is the same 32 bytes for every process, after a rotation and a destruction too', async () => {
    const [one, two] = await Promise.all([place.open(), place.open()]);
    const [first, second] = await Promise.all([one.appendKey(), two.appendKey()]);
    await one.rotateRoot(1);
    await one.destroy('person', ['op-1'], 1);

    expect(first.length).toBe(32);
    expect(second).toEqual(first);
    expect(await two.appendKey()).toEqual(first);
    expect(first.equals(Buffer.alloc(32))).toBe(false);
  });
});

describe('A closed vault', () => {
  it('opens and destroys nothing, and may be closed again', async () => {
    const vault = await place.open();
    const entry = await sealOne(vault, everything());
    await vault.close();
    await vault.close();

    await expect(vault.open(entry, 'secret')).rejects.toMatchObject({ code: 'vault-unavailable' });
    await expect(vault.destroy('person', ['x'], 1)).rejects.toMatchObject({ code: 'vault-unavailable' });
  });
});
