import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogState } from '#ledger';
import { InMemory } from '../testing/in-memory.js';
import { timeOfUuid7 } from '#domain';
import { LogHealth, strictLogBounds } from './log-health.js';

const MINUTE = 60_000;

describe('the health of the log', () => {
  let memory: InMemory;
  let read: Pick<LogState, 'position' | 'eventId'>;
  let health: LogHealth;
  beforeEach(() => {
    memory = new InMemory();
    read = { position: null, eventId: null };
    health = new LogHealth(memory.store, { state: () => Promise.resolve(read as LogState) }, memory.clock);
  });

  const record = async (): Promise<void> => {
    const id = memory.journal.newId();
    const [receipt] = await memory.store.append(`s-${id}`, 'no-stream', [
      { id, type: 'Tested', entry: '{}' },
    ]);
    last = { position: receipt?.position ?? null, eventId: id };
  };
  let last: typeof read;

  it('reads the real time of an event from its id', () => {
    expect(timeOfUuid7(memory.journal.newId())).toBe(memory.clock.realNow());
  });

  it('is provable while nothing is recorded, and while all of it is in the log', async () => {
    expect(await health.provable()).toBe(true);
    await record();
    read = last;
    memory.clock.advance(24 * 60 * MINUTE);
    expect([await health.lagMs(), await health.provable()]).toEqual([0, true]);
  });

  it('stops being provable when the oldest event outside is older than 15 minutes, by real time', async () => {
    expect(strictLogBounds.unsequencedMs).toBe(15 * MINUTE);
    await record();
    read = last;
    await record();
    memory.clock.advance(10 * MINUTE);
    await record();
    memory.clock.advance(5 * MINUTE);
    expect([await health.lagMs(), await health.provable()]).toEqual([15 * MINUTE, true]);
    // A whole answer later: the last one is remembered for 250 ms.
    memory.clock.advance(250);
    expect([await health.lagMs(), await health.provable()]).toEqual([15 * MINUTE + 250, false]);
    read = last;
    memory.clock.advance(250);
    expect(await health.provable()).toBe(true);
  });

  it('does not believe an old answer after the clock was set back', async () => {
    await record();
    memory.clock.advance(16 * MINUTE);
    expect(await health.provable()).toBe(false);
    memory.clock.advance(-10 * MINUTE);
    expect(await health.provable()).toBe(true);
  });

  it('is not provable when the next event is a forged one, however young', async () => {
    await record();
    const id = last.eventId ?? '';
    memory.store.tamper(`s-${id}`, 0, '{"forged":true}');
    expect(await health.provable()).toBe(false);
    await expect(health.lagMs()).rejects.toMatchObject({ code: 'forged-event' });
  });

  it.each([
    ['an event that the store does not hold', () => ({ ...last, eventId: memory.journal.newId() })],
    ['another position', () => ({ ...last, position: '7' })],
  ])('is not provable when the log ends with %s: one of the two was restored', async (_what, end) => {
    await record();
    read = end();
    expect([await health.lagMs(), await health.provable()]).toEqual([Infinity, false]);
  });

  it('is not provable when the log cannot say how far it is', async () => {
    const mute = { state: () => Promise.reject(new Error('the disk is gone')) };
    expect(await new LogHealth(memory.store, mute, memory.clock).provable()).toBe(false);
  });
});
