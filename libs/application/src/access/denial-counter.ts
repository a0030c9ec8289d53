import { decideRecordDenials, sessionFolding, sessionStream } from '#domain';
import type { CommandContext, Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { type FlushScope, isDue, minuteOf } from './minute.js';

interface Bucket {
  readonly session: string;
  readonly action: string;
  readonly minute: string;
  readonly context: CommandContext;
  readonly codes: Set<string>;
  count: number;
}

/**
 * Counts denials of signed-in people and writes at most one `AccessDenied` for each session, action and minute of
 * business time (decision 17), so that somebody who keeps knocking fills a number and not the log.
 *
 * Counting is memory only: a crash loses at most the minutes that were not flushed yet.
 */
export class DenialCounter {
  private readonly buckets = new Map<string, Bucket>();
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly journal: Journal) {}

  /** Counts one denial of `action` (a name of the role table, or a route's name; never a value) and its codes. */
  count(session: string, action: string, codes: readonly string[], context: CommandContext): void {
    const minute = minuteOf(this.journal.clock.now());
    const key = JSON.stringify([minute, session, action]);
    const fresh = { session, action, minute, context, codes: new Set<string>(), count: 0 };
    const bucket = this.buckets.get(key) ?? fresh;
    bucket.count += 1;
    for (const code of codes) bucket.codes.add(code);
    this.buckets.set(key, bucket);
  }

  /**
   * Writes the minutes that are over; `all` (at stop) also the running one. One flush at a time. What cannot be
   * written stays for the next flush; what had been written after all is not written twice.
   */
  flush(scope: FlushScope = 'past-minutes'): Promise<void> {
    const next = this.flushing.catch(() => undefined).then(() => this.write(scope));
    this.flushing = next;
    return next;
  }

  private async write(scope: FlushScope): Promise<void> {
    const now = this.journal.clock.now();
    let failed: unknown;
    // A copy: what cannot be written is put back, and must not be met again in this round.
    for (const [key, bucket] of Array.from(this.buckets)) {
      if (!isDue(bucket.minute, scope, now)) continue;
      // Taken out first: what is denied during the write begins a bucket of its own and is not lost with this one.
      this.buckets.delete(key);
      try {
        await this.record(bucket);
      } catch (error) {
        this.putBack(key, bucket);
        failed ??= error;
      }
    }
    if (failed) throw failed;
  }

  private putBack(key: string, bucket: Bucket): void {
    const since = this.buckets.get(key);
    bucket.count += since?.count ?? 0;
    for (const code of since?.codes ?? []) bucket.codes.add(code);
    this.buckets.set(key, bucket);
  }

  private async record({ session, action, minute, context, codes, count }: Bucket): Promise<void> {
    try {
      await this.journal.decide(sessionStream(session), sessionFolding, context, (state) =>
        decideRecordDenials(state, { action, minute, codes: [...codes], count }),
      );
    } catch (error) {
      // No such session on record: it can never be written, and must not keep the others waiting.
      if (!(error instanceof Refused)) throw error;
    }
  }
}
