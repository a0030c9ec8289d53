import { abandonInquiry, inquiryFolding, inquiryStream } from '#domain';
import type { Leases } from '#operations';
import type { Queries } from '#read-models';
import type { Journal } from '../journal.js';
import { Refused } from '../refused.js';

/** Real milliseconds after the deadline in which a slow process may still record its answer. */
const GRACE_MS = 10_000;
/**
 * Real milliseconds after the deadline when even a living process can no longer be asking: the client of the provider
 * gave up at the deadline, so what is missing is only the record (the vault or the store failed it).
 */
const HOPELESS_MS = 15 * 60_000;
const AT_A_TIME = 200;

/**
 * Closes inquiries whose process died with the question asked (decision 18): after deadline and grace, and only
 * when the lease of that process is over, or hopelessly late. Should an answer still come, its append meets the closed
 * stream and it is discarded on record. Returns the ids that were closed.
 */
export async function closeAbandoned(
  journal: Journal,
  queries: Pick<Queries, 'openInquiries'>,
  leases: Pick<Leases, 'read'>,
  agreement: string,
): Promise<readonly string[]> {
  const now = journal.clock.realNow();
  const closed: string[] = [];
  for (const { inquiry, deadline, lease } of await queries.openInquiries(AT_A_TIME)) {
    const overdue = now > Date.parse(deadline) + GRACE_MS;
    const holder = leases.read(lease);
    const dead = !holder || holder.until < now || now > Date.parse(deadline) + HOPELESS_MS;
    if (!overdue || !dead) continue;
    try {
      await journal.decide(
        inquiryStream(inquiry),
        inquiryFolding,
        { actor: { system: 'retention-worker' }, agreement, correlation: journal.newId() },
        (state) => abandonInquiry(state, inquiry, overdue, dead),
      );
      closed.push(inquiry);
    } catch (error) {
      // The read models were behind: somebody else has closed it. Nothing to do.
      if (!(error instanceof Refused)) throw error;
    }
  }
  return closed;
}
