import { abandonInquiry, inquiryFolding, inquiryStream } from '#domain';
import type { Leases } from '#operations';
import type { Queries } from '#read-models';
import { type Journal, workerContext } from '../journal.js';
import { Refused } from '../refused.js';

const AT_A_TIME = 200;

/**
 * Closes the inquiries that nobody is working on any more. The decider says which; should an answer still come, its
 * append meets the closed stream and it is discarded on record. Returns the ids that were closed.
 */
export async function closeAbandoned(
  journal: Journal,
  queries: Pick<Queries, 'openInquiries'>,
  leases: Pick<Leases, 'read'>,
  agreement: string,
): Promise<readonly string[]> {
  const realNow = journal.clock.realNow();
  const closed: string[] = [];
  for (const { inquiry, deadline, lease } of await queries.openInquiries(AT_A_TIME)) {
    // Oldest deadline first: from here on nobody is late.
    if (Date.parse(deadline) > realNow) break;
    const leaseDead = (leases.read(lease)?.until ?? 0) < realNow;
    try {
      const context = workerContext(journal, agreement);
      await journal.decide(inquiryStream(inquiry), inquiryFolding, context, (state) =>
        abandonInquiry(state, { inquiry, realNow, leaseDead }),
      );
      closed.push(inquiry);
    } catch (error) {
      // Not yet; or the read models were behind and somebody else has closed it. Nothing to do.
      if (!(error instanceof Refused)) throw error;
    }
  }
  return closed;
}
