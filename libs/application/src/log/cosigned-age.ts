import { parseEntry, timeOfUuid7 } from '#domain';
import {
  LogNotFound,
  type NoteVerifier,
  parseCheckpoint,
  parseNote,
  type PublishedLog,
  witnessedBy,
} from '#ledger';
import type { Clock, Marks } from '#operations';

/** Mark by which the worker shows every process how far each witness has cosigned: `CosignedNotes`. */
export const LOG_COSIGNED = 'log-cosigned';

/** By the witness's name. */
export type CosignedNotes = Readonly<Record<string, CosignedNote>>;

export interface CosignedNote {
  /** The latest checkpoint that it cosigned, with its cosignature; null while it has never answered. */
  readonly note: string | null;
  /** When it was first asked: milliseconds of real time. */
  readonly since: number;
}

type Published = Pick<PublishedLog, 'entry' | 'checkpoint' | 'cosigned'>;

/**
 * How long what is in the log has waited for its witnesses (decision 8). Read from the log's published files and the
 * worker's mark, so that every process fails closed by itself. Of neither anything counts but what a witness signed:
 * whoever can write both must not be able to say that it did.
 */
export class CosignedAge {
  private known: { readonly size: number; readonly at: number } | null = null;
  /** The largest log that this process has seen: one does not shrink, whatever somebody makes of its files. */
  private largest = 0;
  /** The entry that the published files lacked when it was looked for, and since when: real time. */
  private lacked: { readonly size: number; readonly at: number } | null = null;
  /** What the notes that were read last show, by witness and place: a signature is verified once. */
  private readonly shown = new Map<string, { readonly note: string; readonly size: number }>();
  /** When this process first looked for a witness's cosignature: nobody has been waited for since later than that. */
  private readonly lookedAt = new Map<string, number>();

  constructor(
    /** Keys of all witnesses; each must have cosigned. */
    private readonly witnesses: readonly NoteVerifier[],
    /** The log that they cosign, by its origin: a witness may know several. */
    private readonly origin: string,
    private readonly marks: Pick<Marks, 'read'>,
    private readonly published: () => Published,
    private readonly clock: Pick<Clock, 'realNow'>,
  ) {}

  /** Whether anybody is to cosign at all. */
  get isAsked(): boolean {
    return this.witnesses.length > 0;
  }

  /**
   * Age of the oldest entry that some witness has not cosigned, in milliseconds of real time; 0 where all have, and where
   * nobody is asked. A witness that has never answered is waited for since it was first asked: one that was just added
   * is not late for the years before. So is one that cosigned more than there is. Throws what the ledger throws when the
   * log's files cannot be read. `committed`: how many entries the log has by its own database, where the caller knows:
   * its published files lie about beside it, and nobody has verified them here.
   */
  ageMs(committed = 0): number {
    if (!this.isAsked) return 0;
    const begun = this.begun();
    const { log, size: published = 0 } = begun ?? {};
    this.largest = Math.max(this.largest, committed);
    if (published > this.largest && log?.entry(published - 1)) this.largest = published;
    const size = Math.max(this.largest, published);
    if (begun === null && size === 0) return 0;
    const latest = log?.cosigned()?.note ?? null;
    const marked = this.marks.read<CosignedNotes>(LOG_COSIGNED) ?? {};
    const waiting = this.witnesses.flatMap((witness) => {
      const { note = null, since = Infinity } = marked[witness.name] ?? {};
      const cosigned = Math.max(this.shownBy('mark', note, witness), this.shownBy('log', latest, witness));
      if (cosigned === size) return [];
      return cosigned >= 0 && cosigned < size
        ? this.enteredAt(log, cosigned)
        : Math.min(since, this.firstLook(witness));
    });
    const oldest = Math.min(...waiting);
    return oldest === Infinity ? 0 : Math.max(0, this.clock.realNow() - oldest);
  }

  private firstLook({ name }: NoteVerifier): number {
    const at = this.lookedAt.get(name) ?? this.clock.realNow();
    this.lookedAt.set(name, at);
    return at;
  }

  /** Entries in the tree that this note shows to be cosigned; -1 where it shows nothing. */
  private shownBy(place: 'mark' | 'log', note: string | null, witness: NoteVerifier): number {
    if (typeof note !== 'string') return -1;
    const name = `${place} ${witness.name}`;
    const before = this.shown.get(name);
    if (before?.note === note) return before.size;
    const size = cosignedSize(note, witness, this.origin);
    this.shown.set(name, { note, size });
    return size;
  }

  /** When the entry with this leaf index was recorded, which never changes; of one that is not published, since when it is not. */
  private enteredAt(log: Pick<PublishedLog, 'entry'> | undefined, index: number): number {
    if (this.known?.size === index) return this.known.at;
    const entry = log?.entry(index) ?? null;
    if (entry === null) {
      // A moment passes between commit and publication; more than that, and somebody hides it.
      if (this.lacked?.size !== index) this.lacked = { size: index, at: this.clock.realNow() };
      return this.lacked.at;
    }
    const at = timeOfUuid7(parseEntry(entry.toString()).id);
    this.known = { size: index, at };
    return at;
  }

  /** The log and its size; null where nobody has begun it. */
  private begun(): { readonly log: Published; readonly size: number } | null {
    try {
      const log = this.published();
      return { log, size: log.checkpoint().checkpoint.size };
    } catch (error) {
      if (error instanceof LogNotFound) return null;
      throw error;
    }
  }
}

function cosignedSize(text: string, witness: NoteVerifier, origin: string): number {
  try {
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note.text);
    return checkpoint.origin === origin && witnessedBy(note, [witness]).length > 0 ? checkpoint.size : -1;
  } catch {
    return -1;
  }
}
