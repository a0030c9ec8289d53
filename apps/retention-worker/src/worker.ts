import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { catchUp, closeAbandoned, FollowerDiverged, LOG_DISTRUSTED, makeCohortKeys } from '#application';
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
/** Runs that wait for the read models for longer than this are said, in milliseconds of real time. */
const WAITING_MS = 60_000;

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
  private readonly stop = new AbortController();
  private said = '{}';
  private waitingSince: number | null = null;
  private endWatch: () => void = () => undefined;
  private readonly presence = new SingleFlight('presence', () => this.showPresence(), this.log);
  private readonly sequencing = new SingleFlight('log', () => this.follow('log'), this.log);
  private readonly counting = new SingleFlight('log-count', () => this.countEvents(), this.log);
  private readonly projecting = new SingleFlight('read-models', () => this.follow('readModels'), this.log);
  private readonly retention = new SingleFlight('retention', () => this.runRetention(), this.log);
  private readonly abandoned = new SingleFlight('abandoned', () => this.closeAbandoned(), this.log);
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
    this.stop.abort();
    const { sequencing, counting, projecting, retention, abandoned, housekeeping } = this;
    const flights = [sequencing, counting, projecting, retention, abandoned, housekeeping];
    await Promise.all(flights.map((flight) => flight.stop()));
    // Last, so that the lease does not lapse under what is still running.
    await this.presence.stop();
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
  async erase(): Promise<void> {
    await Promise.all([this.abandoned.run(), this.retention.run()]);
  }

  @Interval(HOUSEKEEPING_MS)
  async tidy(): Promise<void> {
    await Promise.all([this.counting.run(), this.housekeeping.run()]);
  }

  /** Renews or takes the lease; takes up the duties with it, and lays them down without it. */
  private async showPresence(): Promise<void> {
    const { vault, operations, lease: holder } = this.rooms;
    await vault.heartbeat();
    const lease = operations.leases.acquire(WORKER_LEASE, holder, LEASE_MS);
    if (!lease) {
      const laidDown = this.duties;
      this.duties = null;
      if (laidDown) this.log.warn({ lease: 'lost' });
      await laidDown?.close();
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
    if (this.duties) await catchUp(this.rooms.store, this.duties[which], this.stop.signal);
  }

  /** Events that vanished from under the log stop it at the next step (decision 8), and the trouble is logged. */
  private async countEvents(): Promise<void> {
    try {
      await this.duties?.log.verify();
    } catch (error) {
      // Said to the api at once: it stops at once, and not when the log has lagged for a quarter of an hour.
      if (error instanceof FollowerDiverged) this.rooms.operations.marks.write(LOG_DISTRUSTED, true);
      throw error;
    }
  }

  private async runRetention(): Promise<void> {
    if (!this.duties) return;
    const { logHealth } = this.rooms;
    // What is destroyed must be proven as surely as what is asked (decision 8).
    if (!(await logHealth.provable())) return this.say({ erasurePaused: 'log-not-provable' });
    const report = await this.duties.retention.run(this.fence);
    if (report.state !== 'waiting') this.waitingSince = null;
    if (report.state === 'waiting') this.sayWaiting(report.for);
    else if (report.state === 'held') this.say({ erasureHeld: report.run });
    else {
      const { erased, failed, verified, unverified } = report;
      const news = {
        erasedCohorts: erased,
        failedCohorts: failed,
        verifiedCohorts: verified,
        unverifiedCohorts: unverified,
      };
      this.say(Object.fromEntries(Object.entries(news).filter(([, cohorts]) => cohorts.length)));
    }
  }

  private async closeAbandoned(): Promise<void> {
    if (!this.duties) return;
    const { journal, queries, operations, configuration } = this.rooms;
    const closed = await closeAbandoned(journal, queries, operations.leases, configuration.agreement);
    if (closed.length) this.log.log({ abandonedInquiriesClosed: closed.length });
  }

  /** Read models a moment behind are the ordinary case under load; only when it lasts is it news. */
  private sayWaiting(what: string): void {
    const now = this.rooms.clock.realNow();
    this.waitingSince ??= now;
    if (now - this.waitingSince > WAITING_MS) this.say({ erasurePaused: what });
  }

  /** What a run came to, said when it changes: a hold that lasts a week is one line, not six hundred thousand. */
  private say(news: object): void {
    const text = JSON.stringify(news);
    if (text === this.said) return;
    this.said = text;
    if (text !== '{}') this.log.warn(news);
  }

  private async keepHouse(): Promise<void> {
    if (!this.duties) return;
    const { journal, vault, configuration, operations } = this.rooms;
    await makeCohortKeys(journal, vault, configuration.agreement);
    await this.duties.keyRecords.reconcile(this.duties.context());
    operations.sessions.sweep();
  }
}
