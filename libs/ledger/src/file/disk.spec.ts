import { Buffer } from 'node:buffer';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileDisk, putFiles } from './disk.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kiroku-disk-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('files put in place', () => {
  it('are there whole, in directories that were made for them, and nothing else is', () => {
    putFiles(fileDisk(root), [
      { path: 'a/b/one', bytes: Buffer.from('1') },
      { path: 'two', bytes: Buffer.from('2') },
    ]);
    expect(readFileSync(join(root, 'a/b/one'), 'utf8')).toBe('1');
    expect(readdirSync(root, { recursive: true }).map(String).sort()).toEqual(['a', 'a/b', 'a/b/one', 'two']);
  });

  it('replace what was there', () => {
    for (const text of ['old', 'new']) putFiles(fileDisk(root), [{ path: 'one', bytes: Buffer.from(text) }]);
    expect(readFileSync(join(root, 'one'), 'utf8')).toBe('new');
  });
});

// Linux alone has a file that takes no byte, and a directory of the descriptors that a process holds.
const itWhereFull = existsSync('/dev/full') && existsSync('/proc/self/fd') ? it : it.skip;

describe('a disk that is full', () => {
  itWhereFull('says so, leaves the old file, and costs no descriptor', () => {
    const disk = fileDisk(root);
    putFiles(disk, [{ path: 'one', bytes: Buffer.from('old') }]);
    symlinkSync('/dev/full', join(root, 'one.new'));
    const held = (): number => readdirSync('/proc/self/fd').length;
    const before = held();
    for (let round = 0; round < 50; round++) {
      expect(() => putFiles(disk, [{ path: 'one', bytes: Buffer.from('new') }])).toThrow(
        expect.objectContaining({ code: 'ENOSPC' }),
      );
    }
    expect(held()).toBeLessThan(before + 10);
    expect(disk.read('one')?.toString()).toBe('old');
  });
});
