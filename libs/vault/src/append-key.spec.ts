import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readAppendKey } from './append-key.js';
import { Place } from './specimens.contract.js';

describe('The append key, read for a check', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.remove());

  it('is the one that the store has, beside an open vault and without one, and after a rotation', async () => {
    const vault = await place.open();
    const key = await vault.appendKey();
    expect(readAppendKey(place)).toEqual(key);
    await vault.rotateRoot(1);
    expect(readAppendKey(place)).toEqual(key);
    await vault.close();
    expect(readAppendKey(place)).toEqual(key);
  });

  it('is not made, and neither is anything else', async () => {
    expect(() => readAppendKey(place)).toThrow(
      expect.objectContaining({
        told: {
          ja: expect.stringMatching(/^根の鍵のディレクトリーがありません：.*戻してください/),
          en: `root key directory missing: ${place.rootDirectory}. It was moved, or is not mounted: put it back at this very place (no empty one is made)`,
        },
      }),
    );
    expect([place.directory, place.rootDirectory].map((directory) => existsSync(directory))).toEqual([
      false,
      false,
    ]);
    await (await place.open()).close();
    expect(() => readAppendKey(place)).toThrow(/holds no append key/);
  });

  it('is refused without its root, or under another one, and the file is named', async () => {
    const vault = await place.open();
    await vault.appendKey();
    await vault.close();
    const [root = ''] = readdirSync(place.rootDirectory).map((name) => join(place.rootDirectory, name));
    writeFileSync(root, 'ab'.repeat(32));
    expect(() => readAppendKey(place)).toThrow(expect.objectContaining({ code: 'vault-unavailable' }));
    rmSync(root);
    expect(() => readAppendKey(place)).toThrow(/root-1\.key is missing/);
  });
});
