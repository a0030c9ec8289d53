import type { Logger } from '@nestjs/common';
import {
  type Alarm,
  type CommandContext,
  type Condition,
  LifeboatRecords,
  Sightings,
  Troubles,
  Watch,
} from '#application';
import { alarmOf } from './alarm.js';
import { lifeboatAlarmOf } from './lifeboat.js';
import { LEASE_MS, type Rooms } from './rooms.js';
import { SingleFlight } from './single-flight.js';

/** Whoever has it sends the alerts: one process at a time, where there is a choice. */
const ALARM_LEASE = 'alarm';
/** Some api holds it while any lives: what the worker watches. An inquiry carries the lease of its own process instead. */
export const API_LEASE = 'api';
/** How often the conditions are looked at, in milliseconds of real time; less often than a lease is renewed. */
export const WATCH_MS = 5_000;

/** Pauses after a delivery that could not be recorded, in milliseconds: without one it would be sent four times a second. */
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
const noPause = { times: 0, from: 0, ms: 0 };
/** How long a delivery under way may take to end by itself when the process stops, in milliseconds. */
const PATIENCE_MS = 3_000;

export interface AlarmDutyOptions {
  /** Who records what is noticed: the system's own context, made anew for each step. */
  readonly context: () => CommandContext;
  /** What the tasks of this process run into: those of `flight`. */
  readonly troubles: Troubles;
  readonly conditions: readonly Condition[];
  /** Whether the events are known not to be those that were acknowledged; besides what the tasks ran into. */
  readonly recordInDoubt: () => Promise<boolean>;
}

/**
 * What a process does for the alarm, whichever it is: it looks at its conditions and keeps its lifeboat (`look`); and
 * while it is the one that alarms (`take`), it follows the events and sends what is due (`follow`).
 *
 * Whoever alarms holds a lease, so that api and worker do not both send. That saves messages and nothing else: at the
 * moment when one takes over from the other both may send, and the receiver sees one id.
 */
export class AlarmDuty {
  private readonly troubles: Troubles;
  private readonly alarm: Alarm;
  private readonly records: LifeboatRecords;
  private readonly watch: Watch;
  private readonly following: SingleFlight;
  private readonly looking: SingleFlight;
  private readonly stop_ = new AbortController();
  private ours = false;
  private readonly delivering = new Set<Promise<void>>();
  private pause = noPause;

  constructor(
    private readonly rooms: Rooms,
    private readonly log: Pick<Logger, 'error'>,
    private readonly options: AlarmDutyOptions,
  ) {
    const { journal, lifeboat, configuration, clock } = rooms;
    const { contacts, faults, incidents, alarm } = alarmOf(rooms);
    this.alarm = alarm;
    this.troubles = options.troubles;
    const checkpoint = (): Promise<string> => rooms.log.checkpointNote();
    this.records = new LifeboatRecords(journal, contacts, faults, incidents, lifeboat, checkpoint);
    const direct = lifeboatAlarmOf(configuration, rooms, clock);
    this.watch = new Watch(
      faults,
      options.conditions,
      {
        sound: (kind) => direct.sound(kind),
        record: (context, forget) => this.records.record(context, forget),
      },
      () => this.inDoubt(),
      clock,
      new Sightings(rooms.marks, clock, rooms.lease),
      configuration.faultSettleSeconds * 1_000,
    );
    this.following = this.flight('alarm', () => this.alarm.tick(options.context(), this.stop_.signal));
    this.looking = this.flight('watch', () => this.lookNow());
  }

  /** A task whose failures the watch hears of, at once when they prove something. */
  flight(name: string, task: () => Promise<void>): SingleFlight {
    return new SingleFlight(name, task, this.log, {
      succeeded: (done) => this.troubles.succeeded(done),
      failed: (failed, error) => this.failed(failed, error),
    });
  }

  /**
   * Takes or renews the lease of whoever alarms, or gives it back. At every sign of life. `from`: who has it and does
   * nothing with it.
   */
  take(wanted: boolean, from: string | null = null): void {
    const { leases } = this.rooms.operations;
    if (wanted) {
      // A crash here: nobody has it, and whoever comes next takes it.
      if (from !== null) leases.release(ALARM_LEASE, from);
      this.ours = leases.acquire(ALARM_LEASE, this.rooms.lease, LEASE_MS) !== null;
    } else if (this.ours) {
      this.ours = false;
      leases.release(ALARM_LEASE, this.rooms.lease);
    }
  }

  /** What happened → faults, incidents, alerts; then what is due is sent. Nothing in a process that does not alarm. */
  async follow(): Promise<void> {
    if (!this.ours || this.troubles.ofAnotherHistory()) return;
    await this.following.run();
    const delivery = this.deliver().finally(() => this.delivering.delete(delivery));
    this.delivering.add(delivery);
    await delivery;
  }

  /** One look at the conditions, and at what the lifeboat has to know. */
  look(): Promise<void> {
    return this.looking.run();
  }

  /** Lets what is under way end, for a moment; what does not is cut off, and sent again by whoever alarms next. */
  async stop(): Promise<void> {
    this.stop_.abort();
    const ended = Promise.all([this.following.stop(), this.looking.stop(), ...this.delivering]).then(() =>
      this.alarm.idle(),
    );
    await within(PATIENCE_MS, ended);
    await this.rooms.channels.close();
    await ended;
    this.take(false);
  }

  /** Not through a flight: a server that hangs holds up its own contact, and this is called again meanwhile. */
  private async deliver(): Promise<void> {
    if (this.stop_.signal.aborted || this.isPausing()) return;
    try {
      const { sent, failed } = await this.alarm.deliver(this.options.context());
      if (sent + failed) this.pause = noPause;
      this.troubles.succeeded('deliveries');
    } catch (error) {
      const { times } = this.pause;
      const ms = Math.min(PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS);
      this.pause = { times: times + 1, from: this.rooms.clock.realNow(), ms };
      this.log.error({ task: 'deliveries', error: (error as Error).name });
      this.failed('deliveries', error);
    }
  }

  /** A clock that is put back meanwhile must not prolong it. */
  private isPausing(): boolean {
    return Math.abs(this.rooms.clock.realNow() - this.pause.from) < this.pause.ms;
  }

  private failed(task: string, error: unknown): void {
    // The watch that fails must not call itself: its next look is soon enough.
    if (this.troubles.failed(task, error) && task !== 'watch') void this.look();
  }

  private async lookNow(): Promise<void> {
    try {
      await this.watch.observe(this.options.context());
    } finally {
      // Contacts of another history are not those that the right one has.
      if (!(await this.options.recordInDoubt()) && !this.troubles.ofAnotherHistory()) {
        await this.records.restock(this.rooms.configuration.agreement);
      }
    }
  }

  /** What is put on record now reaches nobody, because nobody reads it or sends what is due, or will not last. */
  private async inDoubt(): Promise<boolean> {
    const { troubles } = this;
    if (troubles.ofAnotherHistory() || ['alarm', 'deliveries'].some((task) => troubles.isFailing(task)))
      return true;
    return this.options.recordInDoubt();
  }
}

/** Waits for `work`, but no longer than `ms`. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
