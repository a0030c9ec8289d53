import type { Channels } from '#notifications';
import type { CommandContext, Journal } from '../journal.js';
import type { AcknowledgementLinks } from './acknowledgement-link.js';
import type { Contacts } from './contacts.js';

export interface DeliveryOptions {
  readonly bounds?: object; // AlertBounds of #domain, default strictAlertBounds
  readonly publicUrl: string;
}

export interface DeliveryOutcome {
  readonly sent: number;
  readonly failed: number;
}

export class AlertDelivery {
  constructor(
    readonly journal: Journal,
    readonly contacts: Contacts,
    readonly channels: Channels,
    readonly links: AcknowledgementLinks,
    /** The latest checkpoint note; what it throws is taken for null. */
    readonly checkpoint: () => Promise<string | null>,
    readonly options: DeliveryOptions,
  ) {}
  /**
   * Starts every attempt that is due and is not under way already, and waits for those it started. Call it again
   * while it runs (not through a SingleFlight): a hung server then holds up its own contact alone.
   */
  run(_incidents: readonly string[], _context: CommandContext): Promise<DeliveryOutcome> {
    throw new Error('to come');
  }
  /** When the last run saw something due next, real milliseconds; null when nothing is. */
  nextAt(): number | null {
    throw new Error('to come');
  }
  /** Resolves when no attempt is under way; to be awaited before the rooms are closed. */
  idle(): Promise<void> {
    throw new Error('to come');
  }
}
