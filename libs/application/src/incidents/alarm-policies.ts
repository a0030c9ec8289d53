import { catalogue, parseEntry, recordedEvent, upcasters } from '#domain';
import { comparePositions, type EventStore, type Position, type StoredEvent } from '#event-store';
import type { GenuineMarks } from '#operations';
import { catchUp, type Follower } from '../followers/follower.js';
import { LostMark } from '../followers/lost-mark.js';
import { PolicyMark } from '../followers/policy-mark.js';
import type { CommandContext, Journal } from '../journal.js';
import { AlarmCommands, type PlacedEvent } from './alarm-commands.js';
import { type AlarmMark, emptyAlarmMark, rememberEvent, type SeenEvent, seenTypes } from './alarm-mark.js';
import { readWhatIsThere } from './alarm-reading.js';
import type { Alerts } from './alerts.js';
import type { Faults } from './faults.js';
import type { Incidents } from './incidents.js';

/** Mark of the policies: how far they have read, and what they remember of it. */
export const ALARM_POLICIES = 'policies';

const RECONCILE_EVERY_MS = 60_000;
const REMEMBERED_AT_ONCE = 500;

export interface PolicyBounds {
  /** How long the provider must have been well, milliseconds of real time, until it is said to be. */
  readonly faultSettleMs: number;
}
const strictPolicyBounds: PolicyBounds = { faultSettleMs: 60_000 };

/** The mark as it is kept: what was remembered, and up to where. */
interface KeptMark extends AlarmMark {
  readonly position: Position;
  readonly eventId: string;
}

/**
 * What follows from what happened (event → command): faults from the answers of the provider, incidents from faults,
 * alerts from incidents. The third follower of the global order beside the log and the read models (decision 6).
 *
 * At least once: the mark is written after the commands, and a crash in between carries them out again. Each may be:
 * streams are named after what calls for them, and whatever is counted names the last event that it counts. Where there
 * is no mark, or one of another history, everything is folded anew and nothing is carried out: whoever rebuilds does not
 * alarm about the past. That a mark is gone, or was forged, is a fault itself (`LostMark`).
 *
 * It needs no read model and no key, and it reads on behind a forged event (`readWhatIsThere`).
 */
export class AlarmPolicies {
  private readonly commands: AlarmCommands;
  private readonly mark: PolicyMark<KeptMark>;
  private readonly lost: LostMark;
  private reconciledAt: number | null = null;
  private sawEmptyStore = false;

  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'readAll' | 'readEvent' | 'lastPosition'>,
    marks: GenuineMarks,
    faults: Faults,
    incidents: Pick<Incidents, 'declareFor'>,
    alerts: Pick<Alerts, 'raiseFor'>,
    private readonly bounds: PolicyBounds = strictPolicyBounds,
  ) {
    this.mark = new PolicyMark(ALARM_POLICIES, marks, store, journal.clock);
    this.lost = new LostMark(journal, faults);
    this.commands = new AlarmCommands(journal, store, faults, incidents, alerts);
  }

  /**
   * Reads on to the end, carries out what follows, and clears what is over; returns how many events it has read. One
   * call at a time in a process. Two processes at once do the same twice, which is once.
   */
  async catchUp(context: CommandContext, signal?: AbortSignal): Promise<number> {
    await this.takeUp(context, signal);
    await this.reconcile(context);
    const follower: Follower = {
      name: ALARM_POLICIES,
      checkpoint: () => Promise.resolve(this.mark.current),
      apply: (batch) => this.apply(batch, context),
    };
    const applied = await catchUp(this.source, follower, signal);
    this.mark.keepNowAndThen();
    await this.clearWhatIsOver(context);
    return applied;
  }

  /**
   * Where there is no mark yet: makes one. At installation, so that whatever comes from then on is carried out, also
   * before the first worker runs.
   */
  async begin(): Promise<void> {
    await this.takeUp(null);
  }

  /** Ids of the open incidents, oldest first, as far as some process has read. */
  open(): readonly string[] {
    return this.mark.latest()?.open ?? [];
  }

  private get source(): Pick<EventStore, 'readAll'> {
    return { readAll: (after, limit) => readWhatIsThere(this.store, after, limit) };
  }

  /** Goes on from the kept mark, whoever wrote it, or makes one. */
  private async takeUp(context: CommandContext | null, signal?: AbortSignal): Promise<void> {
    const taken = await this.mark.takeUp();
    if (taken === 'own' || taken === 'taken') return;
    // Seen empty by this process, with no mark since: what is there now is new, and nothing has to be made up for.
    if (taken === 'none' && this.sawEmptyStore) return;
    if (context !== null) await this.lost.tell(taken, context);
    if (taken === 'lost') return this.mark.restore();
    const remembered = await this.remembered(signal);
    if (remembered) this.mark.keep(remembered);
    else this.mark.moveTo(null);
  }

  /**
   * A mark made of what is there now, with nothing carried out; what comes meanwhile is read on in the ordinary way.
   * Null for an empty store, and when it was told to stop.
   */
  private async remembered(signal?: AbortSignal): Promise<KeptMark | null> {
    const end = await this.store.lastPosition();
    this.sawEmptyStore = end === null;
    if (end === null) return null;
    let mark: KeptMark | null = null;
    for (;;) {
      if (signal?.aborted) return null;
      const page = await this.source.readAll(mark?.position ?? null, REMEMBERED_AT_ONCE);
      const past = page.filter(({ position }) => comparePositions(position, end) <= 0);
      const last = past.at(-1);
      if (!last) return mark;
      const events = placed(past).map(({ event }) => event);
      const remembered: AlarmMark = events.reduce(rememberEvent, mark ?? emptyAlarmMark);
      mark = { ...remembered, position: last.position, eventId: last.id };
    }
  }

  private async apply(batch: readonly StoredEvent[], context: CommandContext): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    const before: AlarmMark = this.mark.current ?? emptyAlarmMark;
    const { open, faults } = await this.commands.follow(before, placed(batch), context);
    // A crash here: the commands are carried out again, and none of them does anything.
    const after = { open, faults, position: last.position, eventId: last.id };
    if (open !== before.open || faults !== before.faults) this.mark.keep(after);
    else this.mark.moveTo(after);
  }

  private async clearWhatIsOver(context: CommandContext): Promise<void> {
    const mark = this.mark.current;
    if (!mark) return;
    const { faults } = await this.commands.clearWhatIsOver(mark, this.bounds.faultSettleMs, context);
    if (faults !== mark.faults) this.mark.keep({ ...mark, faults });
  }

  /** Every now and then, and first of all: has everything that is open what it needs, whatever became of its event? */
  private async reconcile(context: CommandContext): Promise<void> {
    const now = this.journal.clock.realNow();
    if (this.reconciledAt !== null && Math.abs(now - this.reconciledAt) < RECONCILE_EVERY_MS) return;
    await this.commands.reconcile(this.mark.current ?? emptyAlarmMark, context);
    this.reconciledAt = now;
  }
}

const placed = (batch: readonly StoredEvent[]): readonly PlacedEvent[] =>
  batch
    .filter(({ type }) => seenTypes.has(type))
    .map(({ entry, position }) => ({
      event: recordedEvent(parseEntry(entry), catalogue, upcasters) as unknown as SeenEvent,
      position,
    }));
