import type { EventStore } from '#event-store';
import type { Marks } from '#operations';
import type { CommandContext, Journal } from '../journal.js';
import type { Alerts } from './alerts.js';
import type { Faults } from './faults.js';
import type { Incidents } from './incidents.js';

export interface PolicyBounds {
  /** How long a good answer must have been the last word, real milliseconds, until the provider is said to be well. */
  readonly faultSettleMs: number;
}
export const strictPolicyBounds: PolicyBounds = { faultSettleMs: 60_000 };

export class AlarmPolicies {
  constructor(
    readonly journal: Journal,
    readonly store: Pick<EventStore, 'readAll' | 'readEvent' | 'lastPosition'>,
    readonly marks: Marks,
    readonly faults: Faults,
    readonly incidents: Incidents,
    readonly alerts: Alerts,
    readonly bounds: PolicyBounds = strictPolicyBounds,
  ) {}
  /** Reads on to the end and runs what follows. One at a time in a process. */
  catchUp(_context: CommandContext, _signal?: AbortSignal): Promise<number> {
    throw new Error('to come');
  }
  /** The incidents that are open as far as was read. */
  open(): readonly string[] {
    throw new Error('to come');
  }
}
