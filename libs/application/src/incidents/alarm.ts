import type { CommandContext } from '../journal.js';
import type { AlarmPolicies } from './alarm-policies.js';
import type { AlertDelivery, DeliveryOutcome } from './delivery.js';

/**
 * The alarm: what happened becomes faults, incidents and alerts (`tick`), and alerts are sent (`deliver`). The worker
 * does both at every step of its follower, an api while the worker is silent; two at once do no harm.
 *
 * `tick` is to be called one at a time. `deliver` is to be called without waiting for the call before it, which may be
 * held up by a server that hangs. `idle` is to be awaited before the rooms are closed.
 */
export class Alarm {
  constructor(
    private readonly policies: AlarmPolicies,
    private readonly delivery: AlertDelivery,
  ) {}

  /** At installation: what happens from here on is seen, also before the first worker runs. */
  begin(): Promise<void> {
    return this.policies.begin();
  }

  /** Reads on, and carries out what follows. */
  async tick(context: CommandContext, signal?: AbortSignal): Promise<void> {
    await this.policies.catchUp(context, signal);
  }

  /** Sends what is due for the open incidents. Rejects when what became of it could not be recorded. */
  deliver(context: CommandContext): Promise<DeliveryOutcome> {
    return this.delivery.run(this.openIncidents(), context);
  }

  /** Ids of the open incidents, oldest first. */
  openIncidents(): readonly string[] {
    return this.policies.open();
  }

  /** Resolves when nothing is under way any more. */
  idle(): Promise<void> {
    return this.delivery.idle();
  }
}
