import { lagBehind, type LogHealth } from '#application';
import type { EventStore } from '#event-store';
import type { Clock, Leases } from '#operations';
import type { Queries } from '#read-models';
import type { KeyCustody } from '#vault';
import { WORKER_LEASE } from '#wiring';

export interface ReadinessReport {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<
    Record<string, { readonly ok: boolean; readonly value?: number | string | null }>
  >;
}

/** Read models further behind than this (milliseconds of real time) answer what is no longer so. */
const PROJECTION_LAG_MS = 60_000;

/** What the api needs to do its work, each part asked by itself so that one failure does not hide another. */
export class Readiness {
  constructor(
    private readonly store: EventStore,
    private readonly keys: KeyCustody,
    private readonly queries: Queries,
    private readonly logHealth: LogHealth,
    private readonly leases: Leases,
    private readonly clock: Clock,
  ) {}

  async report(): Promise<ReadinessReport> {
    const checks = Object.fromEntries(
      await Promise.all([
        check('store', async () => ({ ok: true, value: await this.store.lastPosition() })),
        check('keys', async () => ({ ok: true, value: (await this.keys.epochs()).current })),
        check('log', async () => ({
          ok: await this.logHealth.provable(),
          value: await this.logHealth.lagMs(),
        })),
        check('read-models', async () => {
          const read = (await this.queries.readUpTo())?.position ?? null;
          const lagMs = await lagBehind(this.store, read, this.clock.realNow());
          return { ok: lagMs <= PROJECTION_LAG_MS, value: lagMs };
        }),
        check('worker', async () => {
          const lease = this.leases.read(WORKER_LEASE);
          return { ok: lease !== null && lease.until > this.clock.realNow() };
        }),
      ]),
    );
    return { status: Object.values(checks).every(({ ok }) => ok) ? 'ready' : 'not-ready', checks };
  }
}

async function check(
  name: string,
  ask: () => Promise<{ ok: boolean; value?: number | string | null }>,
): Promise<[string, { ok: boolean; value?: number | string | null }]> {
  try {
    return [name, await ask()];
  } catch {
    return [name, { ok: false }];
  }
}
