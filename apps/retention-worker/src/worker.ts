import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { catchUp, closeAbandoned, makeCohortKeys } from '#application';
import {
  type Duties,
  HEARTBEAT_MS,
  LEASE_MS,
  type Rooms,
  ROOMS,
  SingleFlight,
  takeUpDuties,
  WORKER_LEASE,
} from '#wiring';

/** The log and the read models follow at most this far behind a commit, in milliseconds of real time (decision 8). */
const FOLLOW_MS = 250;
const RETENTION_MS = 1_000;
const HOUSEKEEPING_MS = 30_000;

/**
 * The retention worker: of all that run, the one with the lease is active. It sequences the log, feeds the read
 * models, erases what is due, closes what was abandoned, makes keys ahead. Ticks are real time; what is due is asked
 * of business time (decision 22). Killed anywhere, the next one goes on: no step needs to know who began it.
 */
@Injectable()
export class Worker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('worker');
  private duties: Duties | null = null;
  private fence = 0;
  private stopping = false;
  private endWatch: () => void = () => undefined;
  private readonly presence = new SingleFlight('presence', () => this.showPresence(), this.log);
  private readonly sequencing = new SingleFlight('log', () => this.follow('log'), this.log);
  private readonly projecting = new SingleFlight('read-models', () => this.follow('readModels'), this.log);
  private readonly retention = new SingleFlight('retention', () => this.runRetention(), this.log);
  private readonly housekeeping = new SingleFlight('housekeeping', () => this.keepHouse(), this.log);

  constructor(@Inject(ROOMS) private readonly rooms: Rooms) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.presence.run();
    this.endWatch = this.rooms.store.onCommit(() => void this.projecting.run());
    await this.housekeeping.run();
  }

  /** Lets the work under way end, then gives the lease back so that another worker need not wait for it to expire. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.endWatch();
    const flights = [this.presence, this.sequencing, this.projecting, this.retention, this.housekeeping];
    await Promise.all(flights.map((flight) => flight.stop()));
    await this.duties?.close();
    this.rooms.operations.leases.release(WORKER_LEASE, this.rooms.lease);
    await this.rooms.close();
  }

  @Interval(HEARTBEAT_MS)
  beat(): Promise<void> {
    return this.presence.run();
  }

  @Interval(FOLLOW_MS)
  async sequence(): Promise<void> {
    await Promise.all([this.sequencing.run(), this.projecting.run()]);
  }

  @Interval(RETENTION_MS)
  erase(): Promise<void> {
    return this.retention.run();
  }

  @Interval(HOUSEKEEPING_MS)
  tidy(): Promise<void> {
    return this.housekeeping.run();
  }

  /** Renews or takes the lease; takes up the duties with it, and lays them down without it. */
  private async showPresence(): Promise<void> {
    const { vault, operations, lease: holder } = this.rooms;
    await vault.heartbeat();
    const lease = operations.leases.acquire(WORKER_LEASE, holder, LEASE_MS);
    if (!lease) {
      if (this.duties) this.log.warn({ lease: 'lost' });
      await this.duties?.close();
      this.duties = null;
      return;
    }
    this.fence = lease.fence;
    if (this.duties || this.stopping) return;
    try {
      this.duties = await takeUpDuties(this.rooms, () => this.fence);
    } catch (error) {
      // Without the duties the lease would only say that a worker lives.
      operations.leases.release(WORKER_LEASE, holder);
      throw error;
    }
    this.log.log({ worker: 'active', fence: lease.fence });
  }

  private async follow(which: 'log' | 'readModels'): Promise<void> {
    if (this.duties) await catchUp(this.rooms.store, this.duties[which]);
  }

  private async runRetention(): Promise<void> {
    if (!this.duties) return;
    const { journal, queries, operations, configuration, logHealth } = this.rooms;
    const closed = await closeAbandoned(journal, queries, operations.leases, configuration.agreement);
    if (closed.length) this.log.log({ abandonedInquiriesClosed: closed.length });
    // What is destroyed must be proven as surely as what is asked (decision 8).
    if (!(await logHealth.provable())) return;
    const report = await this.duties.retention.run(this.fence);
    if (report.state === 'done' && report.erased.length) this.log.log({ erasedCohorts: report.erased });
    if (report.state === 'done' && report.verified.length) this.log.log({ verifiedCohorts: report.verified });
    if (report.state === 'held') this.log.warn({ erasureHeld: report.run });
  }

  private async keepHouse(): Promise<void> {
    if (!this.duties) return;
    const { journal, vault, configuration, operations } = this.rooms;
    await makeCohortKeys(journal, vault, configuration.agreement);
    await this.duties.keyRecords.reconcile(this.duties.context());
    operations.sessions.sweep();
  }
}
