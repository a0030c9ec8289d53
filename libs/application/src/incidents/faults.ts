import {
  accept,
  decideClearFault,
  decideRaiseFault,
  type Decision,
  type FaultEvent,
  type FaultKind,
  faultFolding,
  faultOf,
  type FaultState,
  faultStream,
  faultTable,
  incidentFolding,
  incidentStream,
} from '#domain';
import { type CommandContext, foldLoaded, type Journal } from '../journal.js';

/** What became of a fault that was seen. */
export interface RaisedFault {
  /** The incident that it belongs to. */
  readonly incident: string;
  /** A new incident: it has to be declared. The policies do so when they read `FaultOpened`. */
  readonly opened: boolean;
}

/** A fault as on record. While it stands `times` may fall short of what happened, by less than half. */
export interface FaultOnRecord {
  readonly fault: string;
  readonly kind: FaultKind;
  readonly incident: string;
  readonly times: number;
  readonly standing: boolean;
  /** Id of the last event that `times` counts; null where the fault was observed. */
  readonly through: string | null;
}

/** Occurrences that are not on record yet. */
export interface Uncounted {
  readonly occurrences: number;
  /** Id of the last event that shows one; null where the fault was observed. */
  readonly through: string | null;
}

/** A fault as somebody saw it: once, and by nothing but looking, unless it says otherwise. */
export interface SeenFault extends Partial<Uncounted> {
  readonly incident?: string;
}

/** What is not on record yet when everything up to the event `through` is: asked on each state that is decided on. */
export type UncountedAfter = (through: string | null) => Promise<Uncounted>;

const nothing: UncountedAfter = (through) => Promise.resolve({ occurrences: 0, through });

/**
 * The faults (異常): what goes wrong by itself. One stream for each cause, however often it happens and whoever sees
 * it. Every command may be repeated, and a stream grows with the logarithm of what it counts.
 */
export class Faults {
  constructor(private readonly journal: Journal) {}

  /**
   * A fault was seen, and where it opens a new incident, `incident` is its id (made, unless somebody was told of it
   * already). It is one with those before it while their incident is open; otherwise a new incident opens.
   * Without `through` seeing it again changes nothing while it stands; with `through` each event counts once.
   */
  async raise(
    kind: FaultKind,
    context: CommandContext,
    { occurrences = 1, through = null, incident = this.journal.newId() }: SeenFault = {},
  ): Promise<RaisedFault> {
    const seen: UncountedAfter = (recorded) =>
      Promise.resolve({ occurrences: through !== null && through === recorded ? 0 : occurrences, through });
    const raised = await this.count(kind, context, seen, incident);
    if (!raised) throw new TypeError('a fault that never was has been counted already');
    return raised;
  }

  /** Counts what events have shown; null when there is nothing to count and there never was. */
  async count(
    kind: FaultKind,
    context: CommandContext,
    uncounted: UncountedAfter,
    incident: string = this.journal.newId(),
  ): Promise<RaisedFault | null> {
    const fault = faultOf(context.agreement, kind);
    const { receipts, state } = await this.decide(fault, context, async (state) => {
      const { occurrences, through } = await uncounted(throughOf(state));
      if (occurrences === 0) return accept<FaultEvent>();
      return decideRaiseFault(
        state,
        { fault, kind, incident, times: occurrences, through },
        { incidentOpen: await this.hasOpenIncident(state) },
      );
    });
    const recorded = await this.standing(kind, context.agreement);
    if (!recorded) return null;
    const before = state.state === 'none' ? null : state.incident;
    return { incident: recorded.incident, opened: receipts.length > 0 && recorded.incident !== before };
  }

  /**
   * The incident of a fault was closed: the whole count is put on record, and where only that ends the fault, it is
   * over. Nothing for a fault that belongs to another incident by now.
   */
  async leave(
    kind: FaultKind,
    incident: string,
    context: CommandContext,
    uncounted: UncountedAfter,
  ): Promise<void> {
    const fault = faultOf(context.agreement, kind);
    await this.decide(fault, context, async (state) => {
      if (state.state !== 'standing' || state.incident !== incident) return accept<FaultEvent>();
      const seen = await uncounted(state.through);
      return faultTable[kind].clears === 'close' ? over(state, seen) : rest(state, seen);
    });
  }

  /** The fault is over; its count is exact then. Returns whether it stood. */
  async clear(
    kind: FaultKind,
    context: CommandContext,
    uncounted: UncountedAfter = nothing,
  ): Promise<boolean> {
    const fault = faultOf(context.agreement, kind);
    const { state } = await this.decide(fault, context, async (state) => {
      if (state.state !== 'standing') return accept<FaultEvent>();
      return over(state, await uncounted(state.through));
    });
    return state.state === 'standing';
  }

  /** The fault as on record, standing or not; null when it was never seen. */
  async standing(kind: FaultKind, agreement: string): Promise<FaultOnRecord | null> {
    const state = foldLoaded(await this.journal.load(faultStream(faultOf(agreement, kind))), faultFolding);
    if (state.state === 'none') return null;
    const { fault, incident, times, through } = state;
    return { fault, kind, incident, times, through, standing: state.state === 'standing' };
  }

  private decide(
    fault: string,
    context: CommandContext,
    decider: (state: FaultState) => Promise<Decision<FaultEvent>>,
  ) {
    return this.journal.decide(faultStream(fault), faultFolding, context, decider);
  }

  /** An incident that is not declared yet counts as open: a crash came in between, or it is about to be. */
  private async hasOpenIncident(state: FaultState): Promise<boolean> {
    if (state.state === 'none') return false;
    const incident = foldLoaded(await this.journal.load(incidentStream(state.incident)), incidentFolding);
    return incident.state !== 'closed';
  }
}

const throughOf = (state: FaultState): string | null => (state.state === 'none' ? null : state.through);

type Standing = Exclude<FaultState, { readonly state: 'none' }>;

/** What is left to be counted, in the incident that the fault belongs to, be it open or closed a moment ago. */
const rest = (state: Standing, { occurrences, through }: Uncounted): Decision<FaultEvent> =>
  occurrences > 0
    ? decideRaiseFault(
        state,
        { fault: state.fault, kind: state.kind, incident: state.incident, times: occurrences, through },
        { incidentOpen: true, record: 'always' },
      )
    : accept<FaultEvent>();

/** One append: a crash leaves both or neither, and the last event that is counted is always told with the count. */
const over = (state: Standing, seen: Uncounted): Decision<FaultEvent> =>
  accept<FaultEvent>(
    ...rest(state, seen).events,
    ...decideClearFault(state, { times: seen.occurrences }).events,
  );
