import { describe, expect, it } from '@jest/globals';
import { Attempts, endedBy, unlessAborted } from './attempts.js';

const LONG_MS = 20_000;

/** Settles when it is ended, with the reason. */
const untilEnded = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(endedBy(signal));
    signal.addEventListener('abort', () => resolve(endedBy(signal)));
  });
const forever = (): Promise<string> => new Promise(() => undefined);

describe('an attempt', () => {
  it('gives what its work gives', async () => {
    const attempts = new Attempts(LONG_MS);
    expect(await attempts.run(() => Promise.resolve('done'), 'given up')).toBe('done');
    await expect(attempts.run(() => Promise.reject(new Error('no')), 'given up')).rejects.toThrow('no');
    await attempts.close();
  });

  it('is ended at its time-out, and may say what came of it', async () => {
    expect(await new Attempts(1).run(untilEnded, 'given up')).toBe('timeout');
  });

  it('is ended when the channels close, and before that does', async () => {
    const attempts = new Attempts(LONG_MS);
    const settled: string[] = [];
    const running = [untilEnded, untilEnded].map(async (work) => {
      settled.push(await attempts.run(work, 'given up'));
    });
    await attempts.close();
    expect(settled).toEqual(['connection', 'connection']);
    await Promise.all(running);
  });

  it('is over at once after that', async () => {
    const attempts = new Attempts(LONG_MS);
    await attempts.close();
    expect(await attempts.run(untilEnded, 'given up')).toBe('connection');
  });

  it('whose work does not end is given up', async () => {
    expect(await new Attempts(1, 1).run(forever, 'given up')).toBe('given up');
    const attempts = new Attempts(LONG_MS, 1);
    const running = attempts.run(forever, 'given up');
    await attempts.close();
    expect(await running).toBe('given up');
  });
});

describe('work that cannot be ended', () => {
  it('is left alone when the attempt is ended', async () => {
    const ending = new AbortController();
    const work = unlessAborted(ending.signal, forever());
    ending.abort();
    await expect(work).rejects.toThrow('ended');
    await expect(unlessAborted(ending.signal, Promise.resolve(1))).rejects.toThrow('ended');
  });

  it('gives what it gives before that', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(signal, Promise.resolve(1))).toBe(1);
    await expect(unlessAborted(signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
