import type { EventStore, Position } from '#event-store';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot, type LogReader, type Verification } from '#ledger';
import type { Clock, Marks } from '#operations';

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
/** Events between two turns of the event loop. */
const PAGE = 256;

/** The log does not verify; what exactly is wrong tells `kiroku verify`, which names each place. */
export class LogNotVerifying extends Error {
  readonly code = 'log-not-verifying';
  constructor(
    /** Below the log's directory, or `events`: never a name of what is in it. */
    readonly place: string,
  ) {
    super(`the log does not verify: ${place}`);
    this.name = 'LogNotVerifying';
  }
}

class Stopped extends Error {}

/**
 * The full check on a schedule: every entry and every hash of the log by its published files, and every event of the
 * store, whose MAC is checked on the way, against the log's root. In slices of some ten milliseconds, so that sequencing
 * and alarm go on meanwhile; interrupted by a stop it begins anew the next time.
 */
export class LogCheck {
  private failure: LogNotVerifying | null = null;
  /** What an earlier process found, until this one has said it. */
  private inherited: LogNotVerifying | null;
  private looked = false;

  constructor(
    private readonly store: Pick<EventStore, 'readAll'>,
    private readonly log: Pick<LogReader, 'state'>,
    /** Checks the published files; calls back at every slice. */
    private readonly verify: (onProgress: () => void) => Promise<Pick<Verification, 'faults' | 'entries'>>,
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
   * again; and with what the store or the ledger reject with.
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
    const last = this.marks.read<LogChecked>(LOG_CHECKED);
    // Who starts with a log that did not verify looks for himself.
    if (last === null || (!last.holds && !this.looked)) return true;
    const wait = last.holds ? this.everyMs : Math.min(AGAIN_MS, this.everyMs);
    return Math.abs(this.clock.realNow() - last.at) >= wait;
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { entries, faults } = await this.verify(() => assertGoesOn(signal));
    const place = faults[0]?.path ?? ((await this.isOfTheStore(signal)) ? null : 'events');
    this.failure = place === null ? null : new LogNotVerifying(place);
    this.looked = true;
    const checked: LogChecked = { at: this.clock.realNow(), holds: place === null, place, entries };
    this.marks.write(LOG_CHECKED, checked);
  }

  /** Whether the events of the store, as many as the log has leaves, have its root. */
  private async isOfTheStore(signal: AbortSignal): Promise<boolean> {
    const { size, root } = await this.log.state();
    let frontier = EMPTY_FRONTIER;
    let position: Position | null = null;
    while (frontier.size < size) {
      assertGoesOn(signal);
      const page = await this.store.readAll(position, Math.min(PAGE, size - frontier.size));
      if (page.length === 0) return false;
      frontier = extendFrontier(
        frontier,
        page.map(({ leafHash }) => Buffer.from(leafHash, 'hex')),
      );
      position = page.at(-1)?.position ?? position;
    }
    return frontierRoot(frontier).toString('hex') === root;
  }
}

function assertGoesOn(signal: AbortSignal): void {
  if (signal.aborted) throw new Stopped();
}
