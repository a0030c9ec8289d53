import type { CommandContext } from '../journal.js';
import type { AlarmPolicies } from './alarm-policies.js';
import type { Alerts } from './alerts.js';
import type { AlertDelivery, DeliveryOutcome } from './delivery.js';

/**
 * Used by the worker at every FOLLOW_MS, and by the api while the worker is silent: `tick` through a SingleFlight,
 * `deliver` without one, `idle` before the rooms are closed.
 */
export class Alarm {
  constructor(
    readonly policies: AlarmPolicies,
    readonly alerts: Alerts,
    readonly delivery: AlertDelivery,
  ) {}
  /** What happened → faults, incidents, alerts. */
  tick(_context: CommandContext, _signal?: AbortSignal): Promise<void> {
    throw new Error('to come');
  }
  /** Sends what is due. */
  deliver(_context: CommandContext): Promise<DeliveryOutcome> {
    throw new Error('to come');
  }
  openIncidents(): readonly string[] {
    throw new Error('to come');
  }
  idle(): Promise<void> {
    throw new Error('to come');
  }
}
