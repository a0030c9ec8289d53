import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { DenialCounter, FailureCounter } from '#application';
import type { Registry } from '#registry';
import { HEARTBEAT_MS, LEASE_MS, type Rooms } from '#wiring';

const FLUSH_MS = 60_000;

/**
 * The api as a living process: renews its lease (an inquiry of a dead process is closed by the worker), reports which
 * keys it may hold, and writes the counted failures and denials once a minute. At stop everything counted is written.
 */
export class Presence implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('presence');
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly rooms: Rooms,
    private readonly registry: Registry,
    private readonly counters: readonly (FailureCounter | DenialCounter)[],
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.every(HEARTBEAT_MS, () => this.beat());
    this.every(FLUSH_MS, () => this.flush('past-minutes'));
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.registry.close();
    await this.flush('all');
    this.rooms.operations.leases.release(this.rooms.lease, this.rooms.lease);
    await this.rooms.close();
  }

  private async beat(): Promise<void> {
    this.rooms.operations.leases.acquire(this.rooms.lease, this.rooms.lease, LEASE_MS);
    await this.rooms.vault.heartbeat();
  }

  private async flush(scope: 'past-minutes' | 'all'): Promise<void> {
    for (const counter of this.counters) await counter.flush(scope);
  }

  private every(ms: number, task: () => Promise<void>): void {
    const timer = setInterval(() => {
      task().catch((error: unknown) => this.log.error({ task: 'presence', error: (error as Error).name }));
    }, ms);
    timer.unref();
    this.timers.push(timer);
  }
}
