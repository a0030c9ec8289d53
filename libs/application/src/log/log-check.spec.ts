import { beforeEach, describe, expect, it } from '@jest/globals';
import { InMemory } from '../testing/in-memory.js';
import { LogCheck } from './log-check.js';

const HOUR_MS = 3_600_000;

describe('the full check on a schedule', () => {
  let memory: InMemory;
  let values: Map<string, unknown>;
  let faults: { path: string; position?: number }[];
  let checks: number;
  const stop = new AbortController();
  const marks = {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as the port has it
    read: <T>(name: string): T | null => (values.get(name) as T | undefined) ?? null,
    write: (name: string, value: unknown): void => void values.set(name, value),
  };
  const made = (): LogCheck =>
    new LogCheck(
      async (onProgress) => {
        onProgress();
        checks += 1;
        return { entries: 3, faults: faults as never };
      },
      marks,
      memory.clock,
      24 * HOUR_MS,
    );
  let check: LogCheck;
  const run = (): Promise<void> => check.runIfDue(stop.signal);

  beforeEach(() => {
    memory = new InMemory();
    [values, faults, checks] = [new Map(), [], 0];
    check = made();
  });

  it('runs once after each start, and then once a day', async () => {
    await run();
    await run();
    expect(checks).toBe(1);
    check = made();
    await run();
    await run();
    expect(checks).toBe(2);
    memory.clock.advance(24 * HOUR_MS);
    await run();
    expect(checks).toBe(3);
    expect(values.get('log-checked')).toEqual({
      at: memory.clock.realNow(),
      holds: true,
      place: null,
      entries: 3,
    });
  });

  it('is not put off by whoever writes that it was made', async () => {
    const forged = () => ({ at: memory.clock.realNow(), holds: true, place: null, entries: 3 });
    values.set('log-checked', forged());
    faults = [{ path: 'tile/0/000' }];
    await expect(run()).rejects.toMatchObject({ place: 'tile/0/000' });
    values.set('log-checked', forged());
    await expect(run()).rejects.toMatchObject({ place: 'tile/0/000' });
    // A failed check comes again soon, whatever the mark says of it.
    memory.clock.advance(HOUR_MS / 6);
    values.set('log-checked', forged());
    await expect(run()).rejects.toThrow();
    expect(checks).toBe(2);
    faults = [];
    memory.clock.advance(HOUR_MS / 6);
    await run();
    memory.clock.advance(24 * HOUR_MS);
    values.set('log-checked', forged());
    await run();
    expect(checks).toBe(4);
  });

  it('says at every call that the log does not verify, and looks again soon', async () => {
    faults = [{ path: 'tile/0/000' }];
    for (const _call of [1, 2])
      await expect(run()).rejects.toMatchObject({ code: 'log-not-verifying', place: 'tile/0/000' });
    expect(checks).toBe(1);
    faults = [];
    await expect(run()).rejects.toThrow();
    memory.clock.advance(HOUR_MS / 6);
    await run();
    expect(checks).toBe(2);
  });

  it('looks for itself at the start when the last check did not hold', async () => {
    faults = [{ path: 'checkpoint' }];
    await expect(run()).rejects.toThrow();
    faults = [];
    check = made();
    // What is known is said first: nobody shall take it for mended while it is looked at.
    await expect(run()).rejects.toMatchObject({ place: 'checkpoint' });
    expect(checks).toBe(1);
    await run();
    expect(checks).toBe(2);
  });

  it('names the place of a fault among the events', async () => {
    faults = [{ path: 'events', position: 17 }];
    await expect(run()).rejects.toMatchObject({ place: 'events position 17' });
    expect(values.get('log-checked')).toMatchObject({ holds: false, place: 'events position 17' });
  });

  it('is given up quietly when the process stops, and has not held then', async () => {
    const stopped = new AbortController();
    stopped.abort();
    await check.runIfDue(stopped.signal);
    expect([checks, values.size]).toEqual([0, 0]);
  });
});
