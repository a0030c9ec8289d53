import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogState } from '#ledger';
import { InMemory } from '../testing/in-memory.js';
import { LogHealth } from './log-health.js';

/** Longer than an answer is remembered. */
const LATER = 1_000;

describe('a log whose end the store does not hold', () => {
  let memory: InMemory;
  let read: Pick<LogState, 'position' | 'eventId'>;
  let reads: number;
  let health: LogHealth;
  beforeEach(() => {
    memory = new InMemory();
    read = { position: null, eventId: null };
    reads = 0;
    const state = (): Promise<LogState> => {
      reads += 1;
      return Promise.resolve(read as LogState);
    };
    health = new LogHealth(memory.store, { state }, memory.clock);
  });

  const record = async (): Promise<typeof read> => {
    const id = memory.journal.newId();
    const event = { id, type: 'Tested', entry: '{}' };
    const [receipt] = await memory.store.append(`s-${id}`, 'no-stream', [event]);
    return { position: receipt?.position ?? null, eventId: id };
  };
  const said = async (): Promise<unknown> => {
    memory.clock.advance(LATER);
    return [await health.lagMs(), await health.provable()];
  };

  it('is not believed again when other events have taken the place of the missing ones', async () => {
    await record();
    read = await record();
    expect(await said()).toEqual([0, true]);
    memory.store.remove(read.eventId ?? '');
    expect(await said()).toEqual([Infinity, false]);
    const instead = await record();
    expect(instead.position).toBe(read.position);
    expect(await said()).toEqual([Infinity, false]);
  });

  it('is not believed again when it ends with an event of the store after all, nor asked', async () => {
    const ours = await record();
    read = { ...ours, eventId: memory.journal.newId() };
    expect(await said()).toEqual([Infinity, false]);
    const before = reads;
    read = ours;
    expect(await said()).toEqual([Infinity, false]);
    expect(reads).toBe(before);
  });

  it('is one that ends with an event that was changed, too', async () => {
    read = await record();
    memory.store.tamper(`s-${read.eventId}`, 0, '{"forged":true}');
    expect(await said()).toEqual([Infinity, false]);
  });

  it('is looked at afresh by the next process', async () => {
    const ours = await record();
    read = { ...ours, position: '7' };
    expect(await said()).toEqual([Infinity, false]);
    read = ours;
    const next = new LogHealth(
      memory.store,
      { state: () => Promise.resolve(read as LogState) },
      memory.clock,
    );
    expect([await next.lagMs(), await next.provable()]).toEqual([0, true]);
  });

  it('is not one that could not be asked for once', async () => {
    read = await record();
    const end = read;
    read = null as unknown as typeof read;
    memory.clock.advance(LATER);
    expect(await health.provable()).toBe(false);
    read = end;
    expect(await said()).toEqual([0, true]);
  });
});
