import type { Cosigned, Cosigning, LogReader } from '#ledger';
import type { Clock, Marks } from '#operations';
import { type CosignedNotes, LOG_COSIGNED } from './cosigned-age.js';
import { type WitnessNews, WitnessReplies } from './witness-replies.js';

/** After a round in which a witness did not cosign, the next one waits this long: milliseconds of real time. */
const PAUSE_MS = 5_000;

/** A witness has cosigned another history of this log: it was rewritten, or is an old copy (decision 16). */
export class LogForked extends Error {
  readonly code = 'log-forked';
  constructor(readonly witnesses: readonly string[]) {
    super(`another history of the log is known to ${witnesses.join(', ')}`);
    this.name = 'LogForked';
  }
}

/**
 * Asks the log's witnesses for each new checkpoint, and remembers how far each has come. Nothing is recorded as an event:
 * each would be one more entry to be cosigned.
 *
 * While a witness objects (`WitnessReplies`) the log must not go on: every further entry would deepen the fork. So inquiries
 * end a quarter of an hour later, and it is found out by people which of the two is right.
 */
export class Witnessing {
  private asked = false;
  private readonly replies: WitnessReplies;
  private failedAt = -Infinity;
  /** How far each has come in this process. The mark is for others to read: it keeps no witness from being asked. */
  private readonly sizes = new Map<string, number>();

  constructor(
    /** Names of all witnesses. */
    private readonly witnesses: readonly string[],
    private readonly cosigning: Pick<Cosigning, 'ask'>,
    private readonly log: Pick<LogReader, 'state'>,
    private readonly marks: Marks,
    private readonly clock: Pick<Clock, 'realNow'>,
  ) {
    this.replies = new WitnessReplies(witnesses, marks);
  }

  /**
   * Asks, if there is something to ask. Rejects with LogForked, at every call while a witness objects, and with what the
   * log itself rejects with.
   */
  async ask(): Promise<void> {
    if (await this.isDue()) this.learn(await this.cosigning.ask());
    const against = this.replies.objecting();
    if (against.length) throw new LogForked(against);
  }

  /** Whether the log may go on: the witnesses were asked once, however that ended, and none objects. */
  async mayGoOn(): Promise<boolean> {
    // An old copy must not grow before it is known to be one.
    if (!this.asked) this.learn(await this.cosigning.ask());
    return this.replies.objecting().length === 0;
  }

  /** What the witnesses say otherwise than before, each time told once. */
  news(): readonly WitnessNews[] {
    return this.replies.news();
  }

  private async isDue(): Promise<boolean> {
    if (Math.abs(this.clock.realNow() - this.failedAt) < PAUSE_MS) return false;
    if (!this.asked || this.replies.objecting().length > 0) return true;
    const { size } = await this.log.state();
    return this.witnesses.some((name) => (this.sizes.get(name) ?? -1) < size);
  }

  private learn({ size, note, replies }: Cosigned): void {
    const before = this.marks.read<CosignedNotes>(LOG_COSIGNED) ?? {};
    const told = replies.map(({ witness, reply }) => {
      const { since = this.clock.realNow(), note: known = null } = before[witness] ?? {};
      const isCosigned = reply.kind === 'cosigned';
      if (isCosigned) this.sizes.set(witness, size);
      return [witness, { since, note: isCosigned ? `${note}${reply.lines}` : known }] as const;
    });
    this.marks.write(LOG_COSIGNED, Object.fromEntries(told));
    this.replies.hear(replies);
    this.asked = true;
    const complete = replies.every(({ reply }) => reply.kind === 'cosigned');
    this.failedAt = complete ? -Infinity : this.clock.realNow();
  }
}
