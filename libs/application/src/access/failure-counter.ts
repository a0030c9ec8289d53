import { decideCountFailures, failuresFolding, failuresStream } from '#domain';
import type { CommandContext, Journal } from '../journal.js';
import { type FlushScope, isDue, minuteOf } from './minute.js';

/** What can fail before it is known who somebody is. A closed list: nothing typed can get into it. */
const failureKinds = ['unknown-operator', 'unknown-token', 'unknown-certificate'] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface FailureCounterOptions {
  /** The agreement under which the counts are recorded: nobody's is known yet. */
  readonly agreement: string;
  /** Sources told apart within one minute, over all kinds; the rest is counted as `other`. Default 1,000. */
  readonly mostSources?: number;
}

interface Bucket {
  readonly id: string;
  readonly source: string;
  readonly kind: FailureKind;
  readonly minute: string;
  count: number;
}

const MOST_SOURCES = 1_000;
const LONGEST_SOURCE = 64;
const OVERFLOW = 'other';

/**
 * Counts failures before an identity is known, per source, kind and minute of business time, and writes one event
 * for each (decision 17). The id that was typed never gets here.
 *
 * Counting is memory only: a crash loses at most the minutes that were not flushed yet. An attacker with many
 * addresses fills the `other` bucket, not the memory and not the log.
 */
export class FailureCounter {
  private readonly buckets = new Map<string, Bucket>();
  /** The sources of the running minute. */
  private seen = { minute: '', sources: new Set<string>() };
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly journal: Journal,
    private readonly options: FailureCounterOptions,
  ) {}

  /** Counts one failure. `source` is a network address. */
  count(source: string, kind: FailureKind): void {
    const minute = minuteOf(this.journal.clock.now());
    const counted = this.nameOf(source, minute);
    const key = JSON.stringify([minute, kind, counted]);
    const bucket = this.buckets.get(key);
    if (bucket) bucket.count += 1;
    else this.buckets.set(key, { id: this.journal.newId(), source: counted, kind, minute, count: 1 });
  }

  /**
   * Writes the buckets of minutes that are over; `all` (at stop) also the running one. One flush at a time. What
   * cannot be written stays, and the next flush tries again: a bucket that had been written after all is
   * recognised by its stream and not counted twice.
   */
  flush(scope: FlushScope = 'past-minutes'): Promise<void> {
    const next = this.flushing.catch(() => undefined).then(() => this.write(scope));
    this.flushing = next;
    return next;
  }

  private nameOf(source: string, minute: string): string {
    if (source.length > LONGEST_SOURCE || !source.isWellFormed()) return OVERFLOW;
    if (this.seen.minute !== minute) this.seen = { minute, sources: new Set() };
    const { sources } = this.seen;
    if (!sources.has(source) && sources.size >= (this.options.mostSources ?? MOST_SOURCES)) return OVERFLOW;
    sources.add(source);
    return source;
  }

  private async write(scope: FlushScope): Promise<void> {
    const now = this.journal.clock.now();
    for (const [key, bucket] of this.buckets) {
      if (!isDue(bucket.minute, scope, now)) continue;
      const { count } = bucket;
      await this.record(bucket);
      this.settle(key, bucket, count);
    }
  }

  private async record({ id, source, kind, minute, count }: Bucket): Promise<void> {
    const { agreement } = this.options;
    const context: CommandContext = { actor: { system: 'api' }, agreement, correlation: id };
    await this.journal.decide(failuresStream(id), failuresFolding, context, (state) =>
      decideCountFailures(state, { bucket: id, source, kind, minute, count }),
    );
  }

  /** Forgets what was written; failures counted during the write begin a bucket of their own. */
  private settle(key: string, bucket: Bucket, written: number): void {
    this.buckets.delete(key);
    if (bucket.count === written) return;
    this.buckets.set(key, { ...bucket, id: this.journal.newId(), count: bucket.count - written });
  }
}
