import { parseEntry, timeOfUuid7 } from '#domain';
import { LogNotFound, type PublishedLog } from '#ledger';
import type { Clock, Marks } from '#operations';

/** Mark by which the worker tells every process how far each witness has cosigned: `CosignedSizes`. */
export const LOG_COSIGNED = 'log-cosigned';

/** By the witness's name. */
export type CosignedSizes = Readonly<Record<string, CosignedSize>>;

export interface CosignedSize {
  /** Entries in the largest tree that it cosigned; null while it has never answered. */
  readonly size: number | null;
  /** When it was first asked: milliseconds of real time. */
  readonly since: number;
}

/**
 * How long what is in the log has waited for its witnesses (decision 8). Read from the log's published files and the
 * worker's mark, so that every process fails closed by itself.
 */
export class CosignedAge {
  private known: { readonly size: number; readonly at: number } | null = null;

  constructor(
    /** Names of all witnesses; each must have cosigned. */
    private readonly witnesses: readonly string[],
    private readonly marks: Pick<Marks, 'read'>,
    private readonly published: () => Pick<PublishedLog, 'entry'>,
    private readonly clock: Pick<Clock, 'realNow'>,
  ) {}

  /** Whether anybody is to cosign at all. */
  get isAsked(): boolean {
    return this.witnesses.length > 0;
  }

  /**
   * Age of the oldest entry that some witness has not cosigned, in milliseconds of real time; 0 where all have, and where
   * nobody is asked. A witness that has never answered is waited for since it was first asked: one that was just added
   * is not late for the years before. Throws what the ledger throws when the log's files cannot be read.
   */
  ageMs(): number {
    if (!this.isAsked) return 0;
    const sizes = this.marks.read<CosignedSizes>(LOG_COSIGNED) ?? {};
    const begun = this.witnesses.flatMap((name) => sizes[name] ?? []);
    const waiting = begun.flatMap(({ size, since }) =>
      size === null ? since : (this.enteredAt(size) ?? []),
    );
    const oldest = Math.min(...waiting);
    return oldest === Infinity ? 0 : Math.max(0, this.clock.realNow() - oldest);
  }

  /** When the entry with this leaf index was recorded; null while there is none. It never changes. */
  private enteredAt(index: number): number | null {
    if (this.known?.size === index) return this.known.at;
    const entry = this.entry(index);
    if (entry === null) return null;
    const at = timeOfUuid7(parseEntry(entry.toString()).id);
    this.known = { size: index, at };
    return at;
  }

  private entry(index: number): Buffer | null {
    try {
      return this.published().entry(index);
    } catch (error) {
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  }
}
