import type { CommandContext, Journal } from '../journal.js';
import type { AcknowledgementLinks } from './acknowledgement-link.js';
import type { Contacts } from './contacts.js';

/** What the page behind a link shows. */
export interface AlertOfLink {
  readonly alert: string;
  readonly incident: string;
  readonly acknowledged: boolean;
}

export class Alerts {
  constructor(
    readonly journal: Journal,
    readonly contacts: Contacts,
    readonly links: AcknowledgementLinks,
  ) {}
  /** An alert to every living contact of both parties that has none yet; nothing for a closed incident. */
  raiseFor(_incident: string, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  /** By a person of the contact's party. `alert-of-other-party`, NotFound('alert'). */
  acknowledge(_alert: string, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  /** What a link leads to; changes nothing. NotFound('alert') alike for a wrong token and an unknown alert. */
  byLink(_alert: string, _token: string): Promise<AlertOfLink> {
    throw new Error('to come');
  }
  /** By whoever holds the link. Again: nothing. NotFound('alert') as `byLink`. */
  acknowledgeByLink(_alert: string, _token: string): Promise<void> {
    throw new Error('to come');
  }
}
