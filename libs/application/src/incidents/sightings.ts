import type { FaultKind } from '#domain';
import type { Clock, GenuineMarks } from '#operations';

/** A fault as some process saw it last. */
interface Sighting {
  /** Lease of the process. */
  readonly by: string;
  /** Real time, milliseconds. */
  readonly at: number;
}

const markOf = (kind: FaultKind): string => `fault-seen-${kind}`;

/**
 * Who saw a fault last, among the processes of this machine. Of two that look after the same, one may see what the other
 * cannot: a process knows only what its own tasks run into, and the work that a worker leaves undone is done by the api
 * that noticed it first, so that it shows nothing to the next one. Who sees nothing must not call it over.
 *
 * Whoever deletes the mark can let two processes disagree about a fault; that hides none.
 */
export class Sightings {
  constructor(
    private readonly marks: Pick<GenuineMarks, 'genuine' | 'write'>,
    private readonly clock: Pick<Clock, 'realNow'>,
    /** Lease of this process. */
    private readonly process: string,
  ) {}

  /** This process sees the fault now. On disk when it returns. */
  saw(kind: FaultKind): void {
    this.marks.write(markOf(kind), { by: this.process, at: this.clock.realNow() } satisfies Sighting);
  }

  /** Whether another process saw it last, and less than `withinMs` ago. A clock that is put back meanwhile must not prolong it. */
  isSeenElsewhere(kind: FaultKind, withinMs: number): boolean {
    const last = this.last(kind);
    return last !== null && last.by !== this.process && Math.abs(this.clock.realNow() - last.at) < withinMs;
  }

  /** Null also where another hand wrote it: no fault shall stand for ever because of that. */
  private last(kind: FaultKind): Sighting | null {
    const found = this.marks.genuine<Sighting | null>(markOf(kind));
    // Left as it is, it would be found again by every process to come.
    if (found === 'forged') this.marks.write(markOf(kind), null);
    return found === null || found === 'forged' ? null : found.value;
  }
}
