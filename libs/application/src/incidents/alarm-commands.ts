import { v5 as uuidv5 } from 'uuid';
import {
  erasureHoldFolding,
  erasureHoldStream,
  faultKinds,
  faultOf,
  faultTable,
  incidentFolding,
  incidentStream,
  timeOfUuid7,
} from '#domain';
import { type EventStore, ForgedEvent } from '#event-store';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';
import { Refused } from '../refused.js';
import { type AlarmMark, faultShownBy, noteEvent, type SeenEvent, withCount } from './alarm-mark.js';
import type { Alerts } from './alerts.js';
import { type Occurrence, uncountedOf } from './fault-counting.js';
import type { Faults } from './faults.js';
import type { Incidents } from './incidents.js';

/** An event that the policies see, and where it stands. */
export interface PlacedEvent {
  readonly event: SeenEvent;
  readonly position: Occurrence['position'];
}

/** Namespace of the policies' command ids (RFC 9562, 5.5): UUIDv5 of the event that calls for the command. */
const COMMANDS = '3f0a4b4e-95a1-5a6e-9b1d-6a1d7f5d0c21';

/** What has come of a batch so far: the mark, and the occurrences in it that were not put on record yet, by fault. */
class Run {
  readonly fresh = new Map<string, Occurrence[]>();

  constructor(public mark: AlarmMark) {}

  note({ event, position }: PlacedEvent): void {
    this.mark = noteEvent(this.mark, event);
    const kind = faultShownBy(event);
    if (!kind) return;
    const fault = faultOf(event.agreement, kind);
    const occurrence = { id: event.id, position };
    this.fresh.set(fault, [...this.freshOf(fault), occurrence]);
  }

  freshOf(fault: string): Occurrence[] {
    return this.fresh.get(fault) ?? [];
  }
}

/** What is to be done when something happened: each command may be carried out again. */
export class AlarmCommands {
  constructor(
    private readonly journal: Journal,
    private readonly store: Pick<EventStore, 'readEvent'>,
    private readonly faults: Faults,
    private readonly incidents: Pick<Incidents, 'declareFor'>,
    private readonly alerts: Pick<Alerts, 'raiseFor'>,
  ) {}

  /**
   * Carries out what follows from events, in their order, and returns the mark after them. What shows faults is
   * counted first and put on record at the end, so that a thousand of them are one command.
   */
  async follow(
    before: AlarmMark,
    events: readonly PlacedEvent[],
    context: CommandContext,
  ): Promise<AlarmMark> {
    const run = new Run(before);
    for (const placed of events) {
      run.note(placed);
      await this.carryOut(() => this.answer(placed.event, run, commandOf(placed.event, context)));
    }
    for (const fault of run.fresh.keys()) {
      await this.carryOut(() => this.count(fault, run, context));
    }
    return run.mark;
  }

  /** A provider has answered well, and gone on doing so for `settleMs` of real time: its faults are over. */
  async clearWhatIsOver(mark: AlarmMark, settleMs: number, context: CommandContext): Promise<AlarmMark> {
    const run = new Run(mark);
    const now = this.journal.clock.realNow();
    for (const [fault, { agreement, kind, last, good }] of Object.entries(mark.faults)) {
      const age = Math.abs(now - timeOfUuid7(last));
      if (!good || faultTable[kind].clears !== 'success' || age < settleMs) continue;
      await this.carryOut(async () => {
        const under = commandOf({ id: `${last}/over`, agreement }, context);
        await this.faults.clear(kind, under, this.uncounted(fault, run));
        await this.recount(fault, run);
      });
    }
    return run.mark;
  }

  /**
   * Looks at what is, not at what happened: every fault of the agreement has its incident, and every open
   * incident an alert for every contact. What a lost mark or a broken stream kept from happening happens here.
   */
  async reconcile({ open }: AlarmMark, context: CommandContext): Promise<void> {
    for (const cause of faultKinds) {
      await this.carryOut(async () => {
        const found = await this.faults.standing(cause, context.agreement);
        if (found) await this.incidents.declareFor({ ...found, cause }, context);
      });
    }
    for (const incident of open) await this.carryOut(() => this.alerts.raiseFor(incident, context));
  }

  private async answer(event: SeenEvent, run: Run, context: CommandContext): Promise<void> {
    switch (event.type) {
      case 'FaultOpened': {
        const { incident, kind: cause, fault } = event.data;
        return this.incidents.declareFor({ incident, cause, fault }, context);
      }
      case 'IncidentDeclared':
        return this.alerts.raiseFor(event.data.incident, context);
      case 'ContactRegistered':
        for (const incident of run.mark.open) await this.alerts.raiseFor(incident, context);
        return;
      case 'IncidentClosed':
        return this.leave(event.data.incident, run, context);
      case 'ErasureHeld':
        return this.followHold(event.data.run, context);
      default:
    }
  }

  /**
   * Asked of the hold as it is now: one that two people have released since has nothing wrong any more. That the fault
   * is over is seen by whoever watches the runs, when the released one has come to its end.
   */
  private async followHold(run: string, context: CommandContext): Promise<void> {
    const hold = foldLoaded(await this.journal.load(erasureHoldStream(run)), erasureHoldFolding);
    if (hold.state === 'held') await this.faults.raise('clock-wrong', context);
  }

  private async count(fault: string, run: Run, context: CommandContext): Promise<void> {
    const count = run.mark.faults[fault];
    if (!count) return;
    const { kind, agreement, last } = count;
    await this.faults.count(kind, commandOf({ id: last, agreement }, context), this.uncounted(fault, run));
    await this.recount(fault, run);
  }

  /** What happened before the incident was closed belongs to it, and what only its closing ends is over. */
  private async leave(incident: string, run: Run, context: CommandContext): Promise<void> {
    const state = foldLoaded(await this.journal.load(incidentStream(incident)), incidentFolding);
    if (state.state === 'none' || state.cause === null || state.fault === null) return;
    await this.faults.leave(state.cause, incident, context, this.uncounted(state.fault, run));
    await this.recount(state.fault, run);
  }

  private uncounted(fault: string, run: Run) {
    return uncountedOf(this.store, run.mark.faults[fault] ?? null, run.freshOf(fault));
  }

  /** Remembers of a fault what is not on record now; nothing of one that is over. */
  private async recount(fault: string, run: Run): Promise<void> {
    const count = run.mark.faults[fault];
    if (!count) return;
    const recorded = await this.faults.standing(count.kind, count.agreement);
    const through = recorded?.through ?? null;
    const { occurrences: pending } = await this.uncounted(fault, run)(through);
    run.mark = withCount(run.mark, fault, recorded?.standing ? { ...count, pending, through } : null);
    run.fresh.delete(fault);
  }

  /**
   * A stream that somebody has changed must not keep the alarm from everything that comes after: whoever watches the
   * log says what happened to it, and `reconcile` tries again. So it is with what the domain does not allow.
   */
  private async carryOut(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (!(error instanceof ForgedEvent || error instanceof Refused)) throw error;
    }
  }
}

const commandOf = (
  { id, agreement }: { readonly id: string; readonly agreement: string },
  { actor }: CommandContext,
): CommandContext => ({ actor, agreement, correlation: uuidv5(id, COMMANDS) });
