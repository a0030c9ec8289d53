import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { withTemporaryDirectory } from './temporary-directory.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const listening = (): number[] => signals.map((signal) => process.listenerCount(signal));

describe('a temporary directory', () => {
  it('is gone when the work is done, and when it fails', async () => {
    const before = listening();
    const seen: string[] = [];
    const work = async (directory: string): Promise<number> => {
      writeFileSync(join(directory, 'trail.sqlite'), 'x');
      return seen.push(directory);
    };
    expect(await withTemporaryDirectory(work)).toBe(1);
    const failing = withTemporaryDirectory(async (directory) => {
      await work(directory);
      throw new Error('the disk has gone');
    });
    await expect(failing).rejects.toThrow('the disk has gone');
    expect([seen.length, seen.some((directory) => existsSync(directory))]).toEqual([2, false]);
    expect(listening()).toEqual(before);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is gone when the process is told to end: %s', async (signal, code) => {
    const exit = jest.fn();
    await withTemporaryDirectory(async (directory) => {
      process.emit(signal);
      expect([existsSync(directory), exit.mock.calls]).toEqual([false, [[code]]]);
    }, exit);
  });
});
