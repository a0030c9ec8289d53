import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import {
  catchUp,
  closeAbandoned,
  type Condition,
  conditionsOf,
  ErasureSigns,
  type FeedState,
  forgedMarks,
  LogNotVerifying,
  makeCohortKeys,
  onlyWhile,
  type RunReport,
  SignsOfLife,
  silence,
  Troubles,
  uncosigned,
  workerContext,
} from '#application';
import {
  AlarmDuty,
  API_LEASE,
  detectionOf,
  disclosureRequestsOf,
  type Duties,
  feedConditions,
  feedOf,
  HEARTBEAT_MS,
  LEASE_MS,
  logLateMs,
  reviewsOf,
  type Rooms,
  ROOMS,
  type SingleFlight,
  takeUpDuties,
  WATCH_MS,
  WORKER_LEASE,
  workerFence,
} from '#wiring';

/** The log and the read models follow at most this far behind a commit, in milliseconds of real time (decision 8). */
const FOLLOW_MS = 250;
const WITNESS_MS = 1_000;
const FEED_MS = 1_000;
const RETENTION_MS = 1_000;
const HOUSEKEEPING_MS = 30_000;
const HOUR_MS = 3_600_000;
/** Runs that wait for the read models for longer than this are said, in milliseconds of real time. */
const WAITING_MS = 60_000;

/**
 * The retention worker: of all that run, the one with the lease is active. It sequences the log, feeds the read
 * models, looks for peeking, erases what is due, closes what was abandoned, makes keys ahead, watches and alarms. Ticks
 * are real time; what is due is asked of business time (decision 22). Killed anywhere, the next one goes on: no step needs to know who began it.
 *
 * One that has the lease and cannot take up its duties watches and alarms all the same: that is what it has to tell.
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
  private placeSaid: string | null = null;
  private endWatch: () => void = () => undefined;
  /** Of all workers this one has the lease, or had it when it last asked. */
  private onWatch = false;
  private readonly alarm: AlarmDuty;
  private readonly erasures: ErasureSigns;
  private readonly peeking: ReturnType<typeof detectionOf>;
  private readonly dailyReviews: ReturnType<typeof reviewsOf>['dailyReviews'];
  /** Everything that is let to its end at a stop, in no order; the presence outlives it. */
  private readonly tasks: SingleFlight[] = [];
  private readonly presence: SingleFlight;
  private readonly sequencing: SingleFlight;
  private readonly witnessing: SingleFlight;
  private readonly checking: SingleFlight;
  private readonly counting: SingleFlight;
  private readonly projecting: SingleFlight;
  private readonly feed: ReturnType<typeof feedOf>;
  private feedSaid: FeedState = 'flowing';
  private readonly feeding: SingleFlight;
  private readonly detecting: SingleFlight;
  private readonly judging: SingleFlight;
  private readonly retention: SingleFlight;
  private readonly abandoned: SingleFlight;
  private readonly housekeeping: SingleFlight;

  constructor(@Inject(ROOMS) private readonly rooms: Rooms) {
    const { journal, configuration, queries, clock } = rooms;
    const troubles = new Troubles(clock, { retention: 'erasure-failed' });
    this.peeking = detectionOf(rooms);
    this.feed = feedOf(rooms);
    this.dailyReviews = reviewsOf(rooms).dailyReviews;
    this.erasures = new ErasureSigns(queries, clock, troubles, configuration.erasureOverdueHours * HOUR_MS);
    this.alarm = new AlarmDuty(rooms, this.log, {
      context: () => workerContext(journal, configuration.agreement),
      troubles,
      conditions: this.conditions(troubles),
      // The log's follower asks at every step whether the store is the one that it follows: `troubles` know it then.
      recordInDoubt: () => Promise.resolve(false),
    });
    this.presence = this.alarm.flight('presence', () => this.showPresence());
    this.sequencing = this.task('log', () => this.sequenceLog());
    this.witnessing = this.task('witnesses', () => this.askWitnesses());
    this.checking = this.task('log-check', () => this.checkLog());
    this.counting = this.task('log-count', () => this.countEvents());
    this.projecting = this.task('read-models', () => this.follow('readModels'));
    this.feeding = this.task('feed', () => this.feedSiem());
    this.detecting = this.task('detectors', () => this.detect());
    this.judging = this.task('saved-searches', () => this.judgeSearches());
    this.retention = this.task('retention', () => this.runRetention());
    this.abandoned = this.task('abandoned', () => this.closeAbandoned());
    this.housekeeping = this.task('housekeeping', () => this.keepHouse());
  }

  private task(name: string, work: () => Promise<void>): SingleFlight {
    const task = this.alarm.flight(name, work);
    this.tasks.push(task);
    return task;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.presence.run();
    this.endWatch = this.rooms.store.onCommit(() => {
      void this.projecting.run();
      void this.raise();
    });
    await this.housekeeping.run();
    void this.check();
    // Not waited for: what it has to tell may take a while, and the duties must not.
    void this.watch();
  }

  /** Lets the work under way end, then gives the lease back so that another worker need not wait for it to expire. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.endWatch();
    this.stop.abort();
    await Promise.all([this.feed?.close(), ...this.tasks.map((task) => task.stop())]);
    await this.alarm.stop();
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
    await this.detecting.run();
  }

  /** Has the log's witnesses cosign what is new in it. */
  @Interval(WITNESS_MS)
  witness(): Promise<void> {
    return this.witnessing.run();
  }

  /** Brings what is new to the SIEM. */
  @Interval(FEED_MS)
  bring(): Promise<void> {
    return this.feeding.run();
  }

  /** Checks the whole log, when it is time to. */
  @Interval(HOUSEKEEPING_MS)
  check(): Promise<void> {
    return this.checking.run();
  }

  /** Carries out what the events call for, and sends the alerts that are due. */
  @Interval(FOLLOW_MS)
  raise(): Promise<void> {
    return this.alarm.follow();
  }

  /** Looks for what goes wrong by itself. */
  @Interval(WATCH_MS)
  async watch(): Promise<void> {
    // The lifeboat is the active worker's: one process of a name at a time writes in it.
    if (this.onWatch) await this.alarm.look();
  }

  @Interval(RETENTION_MS)
  async erase(): Promise<void> {
    await Promise.all([this.abandoned.run(), this.retention.run()]);
  }

  @Interval(HOUSEKEEPING_MS)
  async tidy(): Promise<void> {
    await Promise.all([this.counting.run(), this.housekeeping.run(), this.judging.run()]);
  }

  /** Renews or takes the lease; takes up duties with it, lays them down without it, or where its fence fell: its row was lost. */
  private async showPresence(): Promise<void> {
    const { vault, operations, lease: holder } = this.rooms;
    await vault.heartbeat();
    const lease = operations.leases.acquire(WORKER_LEASE, holder, LEASE_MS);
    this.onWatch = lease !== null;
    this.alarm.take(this.onWatch && !this.stopping);
    if (!lease || (this.duties && lease.fence < this.fence)) {
      const laidDown = this.duties;
      this.duties = null;
      if (laidDown) this.log.warn({ lease: 'lost' });
      await laidDown?.close();
      return;
    }
    this.fence = lease.fence;
    if (this.duties || this.stopping) return;
    try {
      const fence = await workerFence(this.rooms);
      // Somebody else's by now: the next beat sees it.
      if (fence === null) return;
      this.fence = fence;
      this.duties = await takeUpDuties(this.rooms, () => this.fence);
    } catch (error) {
      // Without the duties the lease would only say that a worker lives.
      operations.leases.release(WORKER_LEASE, holder);
      throw error;
    }
    this.log.log({ worker: 'active', fence: this.fence });
  }

  private conditions(troubles: Troubles): readonly Condition[] {
    const { logHealth, cosignedAge, witnessReplies, vault, operations, marks, clock, configuration } =
      this.rooms;
    const { dailyReviews } = this;
    const disclosureRequests = disclosureRequestsOf(this.rooms);
    const api = new SignsOfLife(operations.leases, clock, {
      lease: API_LEASE,
      silenceMs: configuration.silenceSeconds * 1_000,
      missedAfterGoodbye: false,
    });
    const lateMs = logLateMs(configuration);
    return onlyWhile(
      () => this.onWatch,
      [
        ...conditionsOf({ troubles, logHealth, lateMs, vault, witnessReplies }),
        uncosigned(cosignedAge, configuration.uncosignedAlarmMinutes * 60_000),
        ...this.erasures.conditions(),
        { kind: 'review-unsigned', holds: () => dailyReviews.anyOverdue(configuration.agreement) },
        silence('api-silent', api),
        ...feedConditions(this.feed),
        forgedMarks(marks, (forged) => this.log.error({ task: 'marks', forged })),
        // Last: it may wait for the read models.
        { kind: 'disclosure-due', holds: () => disclosureRequests.anyDue(configuration.agreement) },
      ],
    );
  }

  private async sequenceLog(): Promise<void> {
    const witnessing = this.duties?.witnessing ?? null;
    if (witnessing === null || (await witnessing.mayGoOn())) await this.follow('log');
    if (await this.duties?.count.isOverdue()) await this.counting.run();
  }

  /** Where the log does not hold is said here; that it does not is said and alarmed like every trouble. */
  private async checkLog(): Promise<void> {
    try {
      await this.duties?.check.runIfDue(this.stop.signal);
      this.placeSaid = null;
    } catch (error) {
      const place = error instanceof LogNotVerifying ? error.place : null;
      if (place !== null && place !== this.placeSaid) this.log.error({ task: 'log-check', place });
      this.placeSaid = place;
      throw error;
    }
  }

  /** What a witness answers is said when it changes, with its name and reason. */
  private async askWitnesses(): Promise<void> {
    const witnessing = this.duties?.witnessing;
    try {
      await witnessing?.ask();
    } finally {
      for (const news of witnessing?.news() ?? [])
        if (news.reply === 'cosigned') this.log.log(news);
        else this.log.warn(news);
    }
  }

  private async follow(which: 'log' | 'readModels'): Promise<void> {
    if (this.duties) await catchUp(this.rooms.store, this.duties[which], this.stop.signal);
  }

  /** How it goes is said when it changes. */
  private async feedSiem(): Promise<void> {
    if (!this.duties || !this.feed) return;
    await this.feed.catchUp(this.stop.signal);
    const { state } = this.feed;
    if (state === this.feedSaid) return;
    this.feedSaid = state;
    if (state === 'flowing') this.log.log({ feed: state });
    else this.log.warn({ feed: state });
  }

  /** What follows from who asked about whom: reviews. */
  private async detect(): Promise<void> {
    if (!this.duties) return;
    this.sayOpened(await this.peeking.detection.catchUp(this.duties.context(), this.stop.signal));
  }

  private async judgeSearches(): Promise<void> {
    if (this.duties) this.sayOpened(await this.peeking.thresholds.judge(this.duties.context()));
  }

  private sayOpened(reviewsOpened: number): void {
    if (reviewsOpened) this.log.log({ reviewsOpened });
  }

  /** Events that vanished from under the log stop it at the next step (decision 8), and the trouble is logged. */
  private async countEvents(): Promise<void> {
    await this.duties?.count.count();
  }

  private async runRetention(): Promise<void> {
    if (!this.duties) return;
    const report = await this.runOnce(this.duties);
    if (!report) return this.say({ erasurePaused: 'log-not-provable' });
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

  /** One run, or null while what it destroys could not be proven as surely as what is asked (decision 8). */
  private async runOnce({ retention }: Duties): Promise<RunReport | null> {
    try {
      if (!(await this.rooms.logHealth.provable())) {
        this.erasures.stood();
        return null;
      }
      this.erasures.began();
      const report = await retention.run(this.fence);
      this.erasures.ran(report);
      return report;
    } catch (error) {
      this.erasures.stood();
      throw error;
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
    await this.dailyReviews.begin(this.duties.context());
    operations.sessions.sweep();
  }
}
