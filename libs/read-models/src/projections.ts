import { projectDisclosureRequests } from './disclosure-requests.js';
import { projectErasures } from './erasures.js';
import { projectGrants } from './grants.js';
import { projectIncidents } from './incidents.js';
import { BatchInquiries, projectErased } from './inquiries.js';
import type { ProjectedEvent, ReadPosition } from './port.js';
import { noteProgress, readProgress } from './read-model.js';
import { projectReviewDays } from './review-days.js';
import { projectReviewLists } from './review-lists.js';
import { projectReviews } from './reviews.js';
import type { Db } from './schema.js';
import { projectSubjects } from './subjects.js';
import { projectTrail } from './trail.js';

/**
 * What lies after the checkpoint. Throws RangeError unless positions rise: a batch out of order would corrupt what is
 * counted.
 */
function after(readUpTo: ReadPosition | null, batch: readonly ProjectedEvent[]): readonly ProjectedEvent[] {
  const read = readUpTo ? BigInt(readUpTo.position) : -1n;
  let last = -1n;
  return batch.filter(({ position }) => {
    const next = BigInt(position);
    if (next <= last) throw new RangeError(`position ${position} does not follow ${last}`);
    last = next;
    return next > read;
  });
}

/**
 * Applies a batch in the caller's transaction, which must have taken the write lock: what lies at or before the
 * checkpoint is skipped, the rest is projected, and the checkpoint follows. A crash anywhere in here leaves the
 * read models as before the batch.
 */
export async function applyBatch(db: Db, batch: readonly ProjectedEvent[]): Promise<void> {
  const { readUpTo, latestAt } = await readProgress(db);
  const fresh = after(readUpTo, batch);
  const last = fresh.at(-1);
  if (!last) return;

  const inquiries = await BatchInquiries.load(db, fresh);
  await projectTrail(db, fresh, inquiries);
  await inquiries.save(db);
  await projectErased(db, fresh);
  await projectSubjects(db, fresh);
  await projectGrants(db, fresh);
  await projectErasures(db, fresh);
  await projectIncidents(db, fresh);
  await projectReviews(db, fresh);
  await projectReviewDays(db, fresh);
  await projectReviewLists(db, fresh);
  await projectDisclosureRequests(db, fresh);

  const latest = fresh.reduce((at, { event }) => (event.at > at ? event.at : at), latestAt ?? '');
  await noteProgress(db, { position: last.position, eventId: last.event.id }, latest);
}
