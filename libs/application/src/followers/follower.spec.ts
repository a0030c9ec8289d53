import { beforeEach, describe, expect, it } from '@jest/globals';
import type { NewEvent, StoredEvent } from '#event-store';
import { InMemoryEventStore } from '../testing/in-memory.js';
import { catchUp, type Follower, type FollowerCheckpoint, verifyCheckpoint } from './follower.js';

const event = (id: string): NewEvent => ({ id, type: 'Tested', entry: `{"id":"${id}"}` });

/** Keeps ids and checkpoint together, as one transaction would. */
class Notes implements Follower {
  readonly name = 'notes';
  readonly batches: string[][] = [];
  at: FollowerCheckpoint | null = null;
  batch?: number;
  failNext = false;
  afterEach: () => void = () => undefined;
  /** How many it had read each time it was told that there is no more. */
  readonly caughtUpAt: number[] = [];

  checkpoint(): Promise<FollowerCheckpoint | null> {
    return Promise.resolve(this.at);
  }

  async apply(batch: readonly StoredEvent[]): Promise<void> {
    await Promise.resolve();
    if (this.failNext) {
      this.failNext = false;
      throw new Error('the disk is full');
    }
    const last = batch.at(-1) as StoredEvent;
    this.batches.push(batch.map(({ id }) => id));
    this.at = { position: last.position, eventId: last.id };
    this.afterEach();
  }

  async caughtUp(): Promise<void> {
    await Promise.resolve();
    this.caughtUpAt.push(this.ids.length);
  }

  get ids(): string[] {
    return this.batches.flat();
  }
}

describe('a follower', () => {
  let store: InMemoryEventStore;
  let notes: Notes;
  beforeEach(() => {
    store = new InMemoryEventStore();
    notes = new Notes();
  });
  const append = async (from: number, to: number): Promise<string[]> => {
    const ids = Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
    for (const id of ids) await store.append(`stream-${id}`, 'no-stream', [event(id)]);
    return ids;
  };

  it('reads everything once, in order, in batches, and then nothing', async () => {
    const ids = await append(1, 1_203);
    expect(await catchUp(store, notes)).toBe(1_203);
    expect(notes.ids).toEqual(ids);
    expect(notes.batches.map(({ length }) => length)).toEqual([500, 500, 203]);
    expect(await catchUp(store, notes)).toBe(0);
  });

  it('may take more at a time', async () => {
    await append(1, 1_203);
    notes.batch = 1_000;
    expect(await catchUp(store, notes)).toBe(1_203);
    expect(notes.batches.map(({ length }) => length)).toEqual([1_000, 203]);
  });

  it('lets others have their turn between two batches, however much there is to read', async () => {
    await append(1, 1_203);
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    expect(await catchUp(store, notes, stop.signal)).toBe(500);
  });

  it('goes on after its checkpoint, with what was committed meanwhile', async () => {
    await append(1, 3);
    await catchUp(store, notes);
    await append(4, 5);
    expect(await catchUp(store, notes)).toBe(2);
    expect(notes.ids).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is given a batch again that it could not apply', async () => {
    await append(1, 2);
    notes.failNext = true;
    await expect(catchUp(store, notes)).rejects.toThrow('the disk is full');
    expect(await catchUp(store, notes)).toBe(2);
    expect(notes.ids).toEqual(['1', '2']);
  });

  it('stops between batches when asked to, and never inside one', async () => {
    await append(1, 600);
    const stop = new AbortController();
    notes.afterEach = () => stop.abort();
    expect(await catchUp(store, notes, stop.signal)).toBe(500);
    expect(await catchUp(store, notes)).toBe(100);
    expect(notes.ids).toHaveLength(600);
  });

  it('is told each time that there is no more to read, and not when it is stopped before', async () => {
    await append(1, 600);
    const stop = new AbortController();
    notes.afterEach = () => stop.abort();
    await catchUp(store, notes, stop.signal);
    expect(notes.caughtUpAt).toEqual([]);
    await catchUp(store, notes);
    await catchUp(store, notes);
    expect(notes.caughtUpAt).toEqual([600, 600]);
  });

  it('reads nothing at or after a forged event', async () => {
    await append(1, 3);
    store.tamper('stream-3', 0, '{"id":"x"}');
    await expect(catchUp(store, notes)).rejects.toMatchObject({ code: 'forged-event' });
    expect(notes.ids).toEqual([]);
  });

  describe('at its start', () => {
    it('may be empty, or stand at an event that the store holds there', async () => {
      await expect(verifyCheckpoint(store, notes)).resolves.toBeUndefined();
      await append(1, 2);
      await catchUp(store, notes);
      await append(3, 3);
      await expect(verifyCheckpoint(store, notes)).resolves.toBeUndefined();
    });

    it.each([
      ['an event that the store does not hold', { position: '2', eventId: 'of another history' }],
      ['an event that stands elsewhere', { position: '1', eventId: '2' }],
      ['a position beyond the end', { position: '9', eventId: '2' }],
    ])('refuses to go on from %s', async (_what, checkpoint) => {
      await append(1, 2);
      notes.at = checkpoint;
      await expect(verifyCheckpoint(store, notes)).rejects.toMatchObject({
        code: 'follower-diverged',
        follower: 'notes',
        position: checkpoint.position,
      });
    });
  });
});
