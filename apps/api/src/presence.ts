import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  type CommandContext,
  conditionsOf,
  type DenialCounter,
  type FailureCounter,
  lagBehind,
  onlyWhile,
  SignsOfWork,
  silence,
  Troubles,
} from '#application';
import type { Registry } from '#registry';
import {
  AlarmDuty,
  API_LEASE,
  HEARTBEAT_MS,
  LEASE_MS,
  logLateMs,
  type Rooms,
  type SingleFlight,
  WATCH_MS,
  WORKER_LEASE,
} from '#wiring';
import { alarmProgress } from './incidents/alarm-progress.js';

const FLUSH_MS = 60_000;
/** How often the outbox is looked at while the worker is silent, in milliseconds of real time: as often as it would. */
const FOLLOW_MS = 250;

/**
 * The api as a living process: renews its leases (an inquiry of a dead process is closed by the worker, which also
 * watches whether any api lives), reports which keys it may hold, and writes the counted failures and denials once a
 * minute. At stop everything counted is written.
 *
 * It watches the worker in turn: whether it lives, and whether it carries the alarm out. While it does not, the api looks
 * after log, keys and store too, and alarms.
 */
export class Presence implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('presence');
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly worker: SignsOfWork;
  private readonly alarm: AlarmDuty;
  private readonly beating: SingleFlight;
  private readonly flushing: SingleFlight;
  private endWatch: () => void = () => undefined;

  constructor(
    private readonly rooms: Rooms,
    private readonly registry: Registry,
    private readonly counters: readonly (FailureCounter | DenialCounter)[],
  ) {
    const { configuration, operations, marks, clock, vault, logHealth, witnessReplies } = rooms;
    const signs = {
      lease: WORKER_LEASE,
      silenceMs: configuration.silenceSeconds * 1_000,
      missedAfterGoodbye: true,
    };
    this.worker = new SignsOfWork(operations.leases, clock, signs, async () => {
      const { position } = alarmProgress(marks);
      return { position, lagMs: await lagBehind(rooms.store, position, clock.realNow()) };
    });
    const troubles = new Troubles(clock);
    const lateMs = logLateMs(configuration);
    const theWorkers = conditionsOf({ troubles, logHealth, lateMs, vault, witnessReplies });
    this.alarm = new AlarmDuty(rooms, this.log, {
      context: () => this.context(),
      troubles,
      conditions: [silence('worker-silent', this.worker), ...onlyWhile(() => this.worker.silent, theWorkers)],
      recordInDoubt: async () => (await logHealth.parted()) === true,
    });
    this.beating = this.alarm.flight('presence', () => this.beat());
    this.flushing = this.alarm.flight('counters', () => this.flush('past-minutes'));
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.beat();
    this.every(HEARTBEAT_MS, () => this.beating.run());
    this.every(FLUSH_MS, () => this.flushing.run());
    this.every(WATCH_MS, () => this.watch());
    this.every(FOLLOW_MS, () => this.raise());
    this.endWatch = this.rooms.store.onCommit(() => void this.raise());
    // Not waited for: what it has to tell may take a while, and an api that is asked something must answer.
    void this.watch();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.endWatch();
    await this.alarm.stop();
    await Promise.all([this.beating.stop(), this.flushing.stop()]);
    await this.registry.close();
    await this.flush('all');
    const { leases } = this.rooms.operations;
    for (const lease of [API_LEASE, this.rooms.lease]) leases.release(lease, this.rooms.lease);
    await this.rooms.close();
  }

  /** Carries out what the events call for, and sends the alerts that are due: nothing while the worker does. */
  raise(): Promise<void> {
    return this.alarm.follow();
  }

  /** Looks whether the worker lives, and after what it would look after. */
  watch(): Promise<void> {
    return this.alarm.look();
  }

  private async beat(): Promise<void> {
    const { operations, vault, lease } = this.rooms;
    operations.leases.acquire(lease, lease, LEASE_MS);
    // Null where another api holds it: then that one lives.
    operations.leases.acquire(API_LEASE, lease, LEASE_MS);
    this.alarm.take(this.worker.silent, this.worker.idler);
    await vault.heartbeat();
  }

  private async flush(scope: 'past-minutes' | 'all'): Promise<void> {
    for (const counter of this.counters) await counter.flush(scope);
  }

  private context(): CommandContext {
    const { journal, configuration } = this.rooms;
    return {
      actor: { system: 'api' },
      agreement: configuration.agreement,
      correlation: journal.newId(),
    };
  }

  private every(ms: number, task: () => Promise<void>): void {
    const timer = setInterval(() => void task(), ms);
    timer.unref();
    this.timers.push(timer);
  }
}
