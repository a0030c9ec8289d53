import type { ChannelKind, DeliveryFault, FaultKind, IncidentKind, Side } from '#domain';
import type { Opener } from '#vault';
import type { CommandContext, Journal } from '../journal.js';
import type { Contacts } from './contacts.js';

/** An alert and how far it has come; times are ISO 8601, real time. */
export interface AlertReport {
  readonly alert: string;
  readonly contact: string;
  readonly party: Side;
  readonly state: 'pending' | 'failing' | 'delivered' | 'acknowledged';
  readonly overdue: boolean;
  readonly raisedAt: string;
  readonly sentAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly acknowledgedBy: 'link' | 'person' | null;
  readonly attempts: number;
  readonly lastFailure: {
    readonly at: string;
    readonly why: DeliveryFault;
    readonly kind: ChannelKind;
  } | null;
  readonly nextAt: string | null;
  readonly channelsTried: readonly ChannelKind[];
}

/** An incident with everything that belongs to it; `declaredAt` and `closedAt` are business time. */
export interface IncidentReport {
  readonly incident: string;
  readonly state: 'open' | 'closed';
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
  readonly declaredAt: string;
  readonly closedAt: string | null;
  /** Null where there is none, or its key is gone. */
  readonly description: string | null;
  readonly finding: string | null;
  readonly notes: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly note: string | null;
  }[];
  readonly fault: { readonly kind: FaultKind; readonly standing: boolean; readonly times: number } | null;
  readonly reached: Readonly<Record<Side, boolean>>;
  readonly alerts: readonly AlertReport[];
}

export interface DeclareIncident {
  readonly kind: IncidentKind;
  readonly description: string;
}

/** What a fault says of the incident that is to be declared for it. */
export interface IncidentOfFault {
  readonly incident: string;
  readonly cause: FaultKind;
  readonly fault: string;
}

export class Incidents {
  constructor(
    readonly journal: Journal,
    readonly opener: Opener,
    readonly contacts: Contacts,
    readonly bounds: object, // AlertBounds of #domain, default strictAlertBounds
  ) {}
  /** Declared by a person. */
  declare(_command: DeclareIncident, _context: CommandContext): Promise<{ readonly incident: string }> {
    throw new Error('to come');
  }
  /** Declared for a fault; again, nothing. */
  declareFor(_fault: IncidentOfFault, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  note(_incident: string, _note: string, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  close(_incident: string, _finding: string, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  /** NotFound('incident') also for an incident of another agreement. */
  show(_incident: string, _agreement: string): Promise<IncidentReport> {
    throw new Error('to come');
  }
}
