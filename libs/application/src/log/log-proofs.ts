import type { EventStore } from '#event-store';
import { formatTlogProof, LogInconsistent, type LogReader, type PublishedLog, type TlogProof } from '#ledger';
import type { CommandContext, Journal } from '../journal.js';
import { NotFound, Refused } from '../refused.js';
import { recordViewing } from '../reviews/viewing.js';

/**
 * Proofs that an event is in the log (C2SP tlog-proof), which whoever gets one checks offline with nothing but a verifier
 * key. A proof carries the entry, sealed parts included: giving one is a view of the event, on record before it is given
 * (decision 19).
 */
export class LogProofs {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'readEvent'>,
    private readonly log: Pick<LogReader, 'leafOf'>,
    private readonly published: () => Pick<PublishedLog, 'proofOf'>,
  ) {}

  /**
   * The proof as text. Throws NotFound (there is no such event), Refused with `event-not-in-log-yet` (ask again in a
   * second), and the ledger's LogInconsistent rather than give a proof that would not hold.
   */
  async proofOf(event: string, context: CommandContext): Promise<string> {
    const stored = await this.store.readEvent(event);
    if (!stored) throw new NotFound('event');
    const index = await this.log.leafOf(event);
    const proof = index === null ? null : this.published().proofOf(index);
    if (!proof) throw new Refused([{ code: 'event-not-in-log-yet' }]);
    assertProves(proof, stored.entry);
    await recordViewing(this.journal, event, context);
    return formatTlogProof(proof);
  }
}

/** A leaf index that was led astray would prove another event than the one that was asked for. */
function assertProves({ extra }: TlogProof, entry: string): void {
  if (extra?.toString() === entry) return;
  throw new LogInconsistent('the leaf index', 'does not lead to the entry that the store has');
}
