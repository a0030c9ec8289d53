import type { FaultKind } from '#domain';
import type { Clock, Marks } from '#operations';

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
 * Whoever can write the mark can keep a fault from being over, or let two processes disagree about it; neither hides one.
 */
export class Sightings {
  constructor(
    private readonly marks: Marks,
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

  /** Null also where what is there is no JSON: another hand wrote it, and no fault shall stand for ever because of that. */
  private last(kind: FaultKind): Sighting | null {
    try {
      return this.marks.read<Sighting>(markOf(kind));
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }
}
