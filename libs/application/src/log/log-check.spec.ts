import { beforeEach, describe, expect, it } from '@jest/globals';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot, type LogState } from '#ledger';
import { InMemory } from '../testing/in-memory.js';
import { LogCheck } from './log-check.js';

const HOUR_MS = 3_600_000;

describe('the full check on a schedule', () => {
  let memory: InMemory;
  let values: Map<string, unknown>;
  let faults: { path: string }[];
  let checks: number;
  let state: LogState;
  const stop = new AbortController();
  const marks = {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as the port has it
    read: <T>(name: string): T | null => (values.get(name) as T | undefined) ?? null,
    write: (name: string, value: unknown): void => void values.set(name, value),
  };
  const made = (): LogCheck =>
    new LogCheck(
      memory.store,
      { state: async () => state },
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

  beforeEach(async () => {
    memory = new InMemory();
    [values, faults, checks] = [new Map(), [], 0];
    for (const _event of [1, 2, 3]) {
      const id = memory.journal.newId();
      await memory.store.append(`s-${id}`, 'no-stream', [{ id, type: 'Tested', entry: `{"id":"${id}"}` }]);
    }
    const leaves = (await memory.store.readAll(null, 10)).map(({ leafHash }) => Buffer.from(leafHash, 'hex'));
    state = {
      size: 3,
      root: frontierRoot(extendFrontier(EMPTY_FRONTIER, leaves)).toString('hex'),
    } as LogState;
    check = made();
  });

  it('runs at once where it never ran, and then once a day, also after a restart', async () => {
    await run();
    await run();
    check = made();
    await run();
    expect(checks).toBe(1);
    memory.clock.advance(24 * HOUR_MS);
    await run();
    expect(checks).toBe(2);
    expect(values.get('log-checked')).toEqual({
      at: memory.clock.realNow(),
      holds: true,
      place: null,
      entries: 3,
    });
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

  it('finds that the store has other events than the log, or fewer', async () => {
    state = { ...state, root: 'ab'.repeat(32) };
    await expect(run()).rejects.toMatchObject({ place: 'events' });
    state = { ...state, size: 4 };
    check = made();
    await expect(run()).rejects.toMatchObject({ place: 'events' });
  });

  it('is given up quietly when the process stops, and has not held then', async () => {
    const stopped = new AbortController();
    stopped.abort();
    await check.runIfDue(stopped.signal);
    expect([checks, values.size]).toEqual([0, 0]);
  });
});
