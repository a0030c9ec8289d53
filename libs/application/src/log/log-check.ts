import type { Clock, Marks } from '#operations';
import { placeOf } from './event-faults.js';
import type { FullVerification } from './full-check.js';

/** Mark by which every process knows when the log was last checked as a whole: `LogChecked`. */
export const LOG_CHECKED = 'log-checked';

export interface LogChecked {
  /** When the check ended: milliseconds of real time. */
  readonly at: number;
  readonly holds: boolean;
  /** Where it does not hold; null where it does. */
  readonly place: string | null;
  /** Entries that were checked. */
  readonly entries: number;
}

/** A check that failed is repeated after this time, in milliseconds of real time: whoever mends it wants to know. */
const AGAIN_MS = 10 * 60_000;

/** The log does not verify; what exactly is wrong tells `kiroku verify --installation`, which names each place. */
export class LogNotVerifying extends Error {
  readonly code = 'log-not-verifying';
  constructor(
    /** The first place: a file below the log's directory, or a position of the events; never what is there. */
    readonly place: string,
  ) {
    super(`the log does not verify: ${place}`);
    this.name = 'LogNotVerifying';
  }
}

class Stopped extends Error {}

/**
 * The full check on a schedule (`checkInFull`): once after each start, and then in its turn. In slices of some ten milliseconds, so that sequencing and alarm go on
 * meanwhile; interrupted by a stop it begins anew the next time.
 */
export class LogCheck {
  private failure: LogNotVerifying | null = null;
  /** What an earlier process found, until this one has said it. */
  private inherited: LogNotVerifying | null;
  /** When this process last looked for itself: milliseconds of real time. The mark is for others to read: whoever can
   * write it must not put the check off. */
  private lookedAt: number | null = null;

  constructor(
    /** Makes the check; calls back at every slice. */
    private readonly check: (onProgress: () => void) => Promise<Pick<FullVerification, 'faults' | 'entries'>>,
    private readonly marks: Marks,
    private readonly clock: Pick<Clock, 'realNow'>,
    /** Milliseconds of real time between two checks. */
    private readonly everyMs: number,
  ) {
    const last = marks.read<LogChecked>(LOG_CHECKED);
    this.inherited = last?.holds === false ? new LogNotVerifying(last.place ?? 'unknown') : null;
  }

  /**
   * Checks if it is time to. Rejects with LogNotVerifying when the log does not verify, and at every call until it does
   * again; and with what the check rejects with.
   */
  async runIfDue(signal: AbortSignal): Promise<void> {
    // Said before it is looked at again, which may take long: nobody shall take it for mended meanwhile.
    const { inherited } = this;
    this.inherited = null;
    if (inherited) throw inherited;
    if (this.isDue()) {
      try {
        await this.run(signal);
      } catch (error) {
        if (error instanceof Stopped) return;
        throw error;
      }
    }
    if (this.failure) throw this.failure;
  }

  private isDue(): boolean {
    if (this.lookedAt === null) return true;
    const wait = this.failure === null ? this.everyMs : Math.min(AGAIN_MS, this.everyMs);
    return Math.abs(this.clock.realNow() - this.lookedAt) >= wait;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { entries, faults } = await this.check(() => assertGoesOn(signal));
    const [first] = faults;
    const place = first === undefined ? null : placeOf(first);
    this.failure = place === null ? null : new LogNotVerifying(place);
    this.lookedAt = this.clock.realNow();
    const checked: LogChecked = { at: this.lookedAt, holds: place === null, place, entries };
    this.marks.write(LOG_CHECKED, checked);
  }
}

function assertGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new Stopped();
}
