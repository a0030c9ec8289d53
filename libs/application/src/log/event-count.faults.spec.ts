import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogState } from '#ledger';
import { FollowerDiverged } from '../followers/follower.js';
import { genuine, InMemoryMarks } from '../testing/alarm-scene.js';
import { InMemory } from '../testing/in-memory.js';
import { CountSeen, EventCount } from './event-count.js';

const MINUTE = 60_000;

describe('a count whose mark cannot be written', () => {
  let memory: InMemory;
  let marks: InMemoryMarks;
  let end: Pick<LogState, 'position' | 'eventId'>;
  let missing: boolean;
  let worker: EventCount;
  beforeEach(async () => {
    memory = new InMemory();
    marks = new InMemoryMarks();
    missing = false;
    const follower = {
      checkpoint: () => Promise.resolve(end as never),
      verify: () =>
        missing ? Promise.reject(new FollowerDiverged('log', '1')) : Promise.resolve(end.position),
    };
    worker = new EventCount(memory.store, follower, genuine(marks), memory.clock);
    end = await record();
    await worker.count();
    marks.writesLeft = 0;
  });

  const record = async (): Promise<typeof end> => {
    const id = memory.journal.newId();
    const [receipt] = await memory.store.append(`s-${id}`, 'no-stream', [
      { id, type: 'Tested', entry: '{}' },
    ]);
    return { position: receipt?.position ?? null, eventId: id };
  };
  /** As another process reads it. */
  const seen = () => new CountSeen(genuine(marks)).read();

  it('says all the same that events are missing, and tells the others as soon as it can', async () => {
    missing = true;
    for (let round = 0; round < 2; round++)
      await expect(worker.count()).rejects.toMatchObject({ code: 'follower-diverged' });
    expect(seen()).toMatchObject({ distrusted: false });
    marks.writesLeft = 1;
    await expect(worker.count()).rejects.toMatchObject({ code: 'follower-diverged' });
    expect(seen()).toMatchObject({ distrusted: true, position: null });
  });

  it('says that it cannot where all are there, and stays overdue until the others know', async () => {
    end = await record();
    memory.clock.advance(2 * MINUTE);
    await expect(worker.count()).rejects.toThrow('killed');
    expect(await worker.isOverdue()).toBe(true);
    marks.writesLeft = 1;
    await worker.count();
    expect([await worker.isOverdue(), seen()?.position]).toEqual([false, end.position]);
  });
});
