import { chmodSync, linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Place } from '../specimens.contract.js';
import { FileRootKeys } from './root-keys.js';

const AAD = Buffer.alloc(32, 9);
const RAW = Buffer.alloc(32, 5);

let place: Place;
let roots: FileRootKeys;
beforeEach(() => {
  place = new Place();
  roots = new FileRootKeys(place.rootDirectory);
  roots.prepare();
});
afterEach(() => place.remove());

const mode = (path: string): number => statSync(path).mode & 0o777;

describe('A root key file', () => {
  it('holds 32 bytes as hex, for its owner only', () => {
    roots.make(1);

    expect(readFileSync(roots.nameOf(1), 'latin1')).toMatch(/^[0-9a-f]{64}$/);
    expect([mode(roots.nameOf(1)), mode(place.rootDirectory)]).toEqual([0o600, 0o700]);
    expect(statSync(roots.nameOf(1)).nlink).toBe(1);
  });

  it('is made once: a second call leaves it as it is', () => {
    roots.make(1);
    const first = readFileSync(roots.nameOf(1));
    new FileRootKeys(place.rootDirectory).make(1);

    expect(readFileSync(roots.nameOf(1))).toEqual(first);
  });

  it('is never overwritten by another that comes at the same time', () => {
    // Between the look and the link the other process makes its own.
    const late = new FileRootKeys(place.rootDirectory);
    late.has = () => {
      roots.make(1);
      return false;
    };

    expect(() => late.make(1)).toThrow(/root-1\.key cannot be written/);
    expect(roots.list()).toEqual([1]);
    expect(place.bytes(place.rootDirectory).length).toBe(64);
  });

  it('wraps and unwraps under its own epoch and binding', () => {
    roots.make(1);
    roots.make(2);
    const wrap = roots.wrap(1, RAW, AAD);

    expect(roots.unwrap(1, wrap, AAD)).toEqual(RAW);
    expect(() => roots.unwrap(2, wrap, AAD)).toThrow(expect.objectContaining({ code: 'box-broken' }));
    expect(() => roots.unwrap(1, wrap, RAW)).toThrow(expect.objectContaining({ code: 'box-broken' }));
  });

  it('that is missing or damaged is named', () => {
    expect(() => roots.wrap(3, RAW, AAD)).toThrow(/root-3\.key is missing/);
    writeFileSync(roots.nameOf(4), 'not a key');
    expect(() => roots.wrap(4, RAW, AAD)).toThrow(/root-4\.key does not hold a key/);
  });

  it('is overwritten in place before it is unlinked', () => {
    roots.make(1);
    const key = readFileSync(roots.nameOf(1));
    const inode = join(place.base, 'same-inode');
    linkSync(roots.nameOf(1), inode);
    roots.destroy(1);

    expect(roots.has(1)).toBe(false);
    expect(readFileSync(inode).length).toBe(key.length);
    expect(readFileSync(inode).includes(key.subarray(0, 8))).toBe(false);
  });

  it('is destroyed once: a second call does nothing', () => {
    roots.make(1);
    roots.destroy(1);
    roots.destroy(1);

    expect(roots.list()).toEqual([]);
  });
});

describe('The directory', () => {
  it('lists epochs in the order of their numbers and ignores everything else', () => {
    for (const epoch of [10, 2, 1]) roots.make(epoch);
    writeFileSync(join(place.rootDirectory, 'root-01.key'), '');
    writeFileSync(join(place.rootDirectory, 'README'), '');

    expect(roots.list()).toEqual([1, 2, 10]);
  });

  it('that is a file is refused', () => {
    writeFileSync(join(place.base, 'file'), '');
    chmodSync(join(place.base, 'file'), 0o600);

    expect(() => new FileRootKeys(join(place.base, 'file')).prepare()).toThrow(
      expect.objectContaining({ code: 'vault-unavailable' }),
    );
  });

  it('that is gone is missing, is never made for another root, and shows no root as destroyed', () => {
    const away = new FileRootKeys(join(place.base, 'nowhere'));

    expect(away.missingPlace()).toBe(join(place.base, 'nowhere'));
    expect(() => away.make(2)).toThrow(/cannot be written/);
    expect(() => away.list()).toThrow(/cannot be read/);
    expect([away.missingPlace(), roots.missingPlace()]).toEqual([join(place.base, 'nowhere'), null]);
  });
});
