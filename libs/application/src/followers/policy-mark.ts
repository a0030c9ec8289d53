import type { EventStore, Position } from '#event-store';
import type { Clock, GenuineMarks } from '#operations';
import { holds } from './follower.js';

/** How long a position that changed nothing stays in memory only, milliseconds of real time: each costs an fsync. */
const KEEP_EVERY_MS = 5_000;

/** How far a policy has read, with whatever it remembers. Null parts: at installation, before anything was read. */
export interface PolicyPosition {
  readonly position: Position | null;
  readonly eventId: string | null;
}

/**
 * What became of taking a mark up: still this process's own, taken up from the table, gone or forged while this process
 * knows better (`restore`), none there, written by another hand, or of another history.
 */
export type TakenUp = 'own' | 'taken' | 'lost' | 'none' | 'forged' | 'foreign';

/**
 * The mark of a policy (decision 6), for one process. A policy is at least once: it moves its mark after its commands, and
 * keeps it at once where something followed, or now and then where nothing did; after a crash the same commands come again.
 *
 * Two processes may work at a time. Whoever finds that another one has kept the mark goes on from there. So it is with an
 * older mark that somebody put back: what follows is commanded again, and is there already.
 */
export class PolicyMark<M extends PolicyPosition> {
  /** As far as this process has read: at the kept mark or, where nothing was to be remembered, ahead of it. */
  #current: M | null = null;
  /** The event of the kept mark, and when this process wrote or found it. */
  #kept: { readonly eventId: string | null; readonly at: number } | null = null;

  constructor(
    private readonly name: string,
    private readonly marks: Pick<GenuineMarks, 'genuine' | 'read' | 'write'>,
    private readonly store: Pick<EventStore, 'readEvent'>,
    private readonly clock: Pick<Clock, 'realNow'>,
  ) {}

  get current(): M | null {
    return this.#current;
  }

  /** The mark of this process or, before it has one, that of whoever kept one. */
  latest(): M | null {
    return this.#current ?? this.marks.read<M>(this.name);
  }

  /** Goes on from the kept mark, whoever wrote it. Where there is none that can be gone on from, the policy makes one. */
  async takeUp(): Promise<TakenUp> {
    const found = this.marks.genuine<M>(this.name);
    if (found === null || found === 'forged') return this.#current && this.#kept ? 'lost' : (found ?? 'none');
    const kept = found.value;
    if (this.#current && this.#kept && kept.eventId === this.#kept.eventId) return 'own';
    if (!(await this.isOfThisHistory(kept))) return 'foreign';
    this.#current = kept;
    this.#kept = { eventId: kept.eventId, at: this.clock.realNow() };
    return 'taken';
  }

  /** Puts this process's own mark back where it was taken away or forged. */
  restore(): void {
    if (this.#current) this.keep(this.#current);
  }

  /** Reads on in memory; `keepNowAndThen` writes it. */
  moveTo(mark: M | null): void {
    this.#current = mark;
  }

  keep(mark: M): void {
    this.#current = mark;
    this.marks.write(this.name, mark);
    this.#kept = { eventId: mark.eventId, at: this.clock.realNow() };
  }

  /** A position that changed nothing is kept after a while, whether or not anything comes after it: others ask for it. */
  keepNowAndThen(): void {
    const mark = this.#current;
    if (!mark || (this.#kept && mark.eventId === this.#kept.eventId)) return;
    const age = this.#kept ? this.clock.realNow() - this.#kept.at : Infinity;
    if (Math.abs(age) >= KEEP_EVERY_MS) this.keep(mark);
  }

  private async isOfThisHistory({ position, eventId }: M): Promise<boolean> {
    return position == null || eventId == null || holds(this.store, { position, eventId });
  }
}
