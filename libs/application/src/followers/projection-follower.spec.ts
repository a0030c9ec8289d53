import { expect, it } from '@jest/globals';
import { DayReviewed } from '#domain';
import type { Projections } from '#read-models';
import { InMemoryEventStore } from '../testing/in-memory-event-store.js';
import { InMemoryVault } from '../testing/in-memory-vault.js';
import { catchUp } from './follower.js';
import { projectionFollower } from './projection-follower.js';

const at = '2026-04-10T01:00:00.000Z';

/** Says what it was told, in order. */
class Told implements Projections {
  readonly said: string[] = [];
  private position: string | null = null;

  async checkpoint() {
    return this.position === null ? null : { position: this.position, eventId: '' };
  }
  async apply(batch: Parameters<Projections['apply']>[0]) {
    this.position = batch.at(-1)?.position ?? null;
    this.said.push(`apply ${batch.length}`);
  }
  async manyFollow() {
    this.said.push('many follow');
  }
  async caughtUp() {
    this.said.push('caught up');
  }
  async clear() {}
  async dropSubjectYear() {}
  async close() {}
}

it('the read models are told before a full batch that many follow, and at the end that there is no more', async () => {
  const [store, vault, told] = [new InMemoryEventStore(), new InMemoryVault(), new Told()];
  const draft = {
    id: '',
    type: DayReviewed.type,
    v: DayReviewed.version,
    stream: 'daily-review-a-1',
    at,
    agreement: 'a',
    actor: { operator: 'o-1' },
    correlation: 'c',
    data: { day: '2026-04-09' },
  };
  const [sealed] = await vault.seal([draft], []);
  const append = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++)
      await store.append(`s-${n}`, 'no-stream', [{ id: String(n), type: 'x', entry: sealed?.entry ?? '' }]);
  };
  await append(1, 10_001);
  await catchUp(store, projectionFollower(told, vault));
  await append(10_002, 10_003);
  await catchUp(store, projectionFollower(told, vault));
  expect(told.said).toEqual(['many follow', 'apply 10000', 'apply 1', 'caught up', 'apply 2', 'caught up']);
});
