import { catalogue, parseEntry, recordedEvent, upcasters } from '#domain';
import type { StoredEvent } from '#event-store';
import type { ProjectedEvent, Projections } from '#read-models';
import type { SubjectTokens } from '#vault';
import type { Follower } from './follower.js';

/**
 * Ten times as many as others take: what many events of a batch change is written once, and a commit writes every page that was
 * touched, of some twenty indexes. A tenth of a second's work.
 */
const BATCH = 5_000;

/**
 * Feeds the read models. They see the clear view of each event and, for the subject index alone, the tokens that
 * the vault opens (decision 14); every other sealed field stays sealed.
 */
export const projectionFollower = (projections: Projections, tokens: SubjectTokens): Follower => ({
  name: 'read-models',
  batch: BATCH,
  checkpoint: () => projections.checkpoint(),
  apply: async (batch) =>
    projections.apply(await Promise.all(batch.map((stored) => projected(stored, tokens)))),
});

async function projected(stored: StoredEvent, tokens: SubjectTokens): Promise<ProjectedEvent> {
  const entry = parseEntry(stored.entry);
  return {
    position: stored.position,
    event: recordedEvent(entry, catalogue, upcasters),
    tokens: entry.sealed?.['subjects'] ? await tokens.openTokens(entry) : [],
  };
}
