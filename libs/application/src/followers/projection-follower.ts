import { catalogue, type Entry, parseEntry, recordedEvent, upcasters } from '#domain';
import type { StoredEvent } from '#event-store';
import type { ProjectedEvent, Projections } from '#read-models';
import type { SubjectTokens } from '#vault';
import type { Follower } from './follower.js';

/**
 * Twenty times as many as others take: what many events of a batch change is written once, and a commit writes every page that
 * was touched, of some twenty indexes. A third of a second's work, in which nothing else of the worker has its turn.
 */
const BATCH = 10_000;

/**
 * Feeds the read models. They see the clear view of each event and, for the subject index alone, the tokens that
 * the vault opens (decision 14); every other sealed field stays sealed.
 */
export const projectionFollower = (projections: Projections, tokens: SubjectTokens): Follower => ({
  name: 'read-models',
  batch: BATCH,
  checkpoint: () => projections.checkpoint(),
  async apply(batch) {
    if (batch.length === BATCH) await projections.manyFollow();
    await projections.apply(await projected(batch, tokens));
  },
  caughtUp: (signal) => projections.caughtUp(signal),
});

async function projected(
  batch: readonly StoredEvent[],
  tokens: SubjectTokens,
): Promise<readonly ProjectedEvent[]> {
  const entries = batch.map(({ entry }) => parseEntry(entry));
  const opened = await tokens.openTokensOfEach(entries);
  return batch.map(({ position }, index) => ({
    position,
    event: recordedEvent(entries[index] as Entry, catalogue, upcasters),
    tokens: opened[index] ?? [],
  }));
}
