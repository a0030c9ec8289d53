import { accept, assertNever, type Decision } from '../kernel/decision.js';
import type { FaultEvent, FaultKind, RecordedFaultEvent } from './incident.events.js';

// ---- commands ----

export interface RaiseFault {
  readonly fault: string;
  readonly kind: FaultKind;
  /** Id of the incident, if this opens one. */
  readonly incident: string;
  /** How often it was seen since the last time that was recorded; at least 1. */
  readonly times: number;
  /** Id of the last event counted, where events show the fault; null where it is observed. */
  readonly through: string | null;
}

export interface FaultFacts {
  /** Whether the incident that the state names is open; false where it names none. */
  readonly incidentOpen: boolean;
  /** Recorded `when-doubled`, unless the count is to be exact from here on: the fault or its incident ends. */
  readonly record?: 'when-doubled' | 'always';
}

// ---- state ----

interface Seen {
  readonly fault: string;
  readonly kind: FaultKind;
  readonly incident: string;
  /** In this incident, as far as it was recorded. */
  readonly times: number;
  readonly through: string | null;
}

export type FaultState = { readonly state: 'none' } | ({ readonly state: 'standing' | 'cleared' } & Seen);

export const initialFault: FaultState = { state: 'none' };

// ---- decide ----

/**
 * Something went wrong, once or some times more. An incident is open for at most one time each cause goes wrong; while
 * it is open, the fault is counted, and the count is recorded when it has doubled, so that 10,000 times are 14 events
 * and not a stream that is itself a fault. Whoever counts keeps what was not recorded (accepted without events) and
 * adds it next time.
 *
 * Naming the last event again is nothing: the caller crashed before it had written down how far it was. Earlier events
 * are not recognised, because ids do not order as the store does.
 */
export function decideRaiseFault(
  state: FaultState,
  { fault, kind, incident, times, through }: RaiseFault,
  { incidentOpen, record = 'when-doubled' }: FaultFacts,
): Decision<FaultEvent> {
  mustBeCount(times, 1);
  const open = (of: string, total: number): Decision<FaultEvent> =>
    accept<FaultEvent>({ type: 'FaultOpened', data: { fault, kind, incident: of, times: total, through } });
  if (state.state === 'none') return open(incident, times);
  if (through !== null && through === state.through) return accept();
  if (!incidentOpen) return open(incident, times);
  const total = state.times + times;
  if (state.state === 'cleared') return open(state.incident, total);
  if (through === null || (record === 'when-doubled' && total < 2 * state.times)) return accept();
  return accept<FaultEvent>({
    type: 'FaultRepeated',
    data: { fault, incident: state.incident, times: total, through },
  });
}

/** The fault is over; `times` is how often it was seen since that was last recorded. Again is nothing. */
export function decideClearFault(
  state: FaultState,
  { times = 0 }: { readonly times?: number } = {},
): Decision<FaultEvent> {
  mustBeCount(times, 0);
  if (state.state !== 'standing') return accept();
  const { fault, incident } = state;
  return accept<FaultEvent>({
    type: 'FaultCleared',
    data: { fault, incident, times: state.times + times },
  });
}

/** A count that is none would be recorded for ever: a fault of this program. */
function mustBeCount(times: number, least: number): void {
  if (!Number.isSafeInteger(times) || times < least)
    throw new RangeError('a fault is counted in whole times');
}

// ---- evolve ----

export function evolveFault(state: FaultState, event: RecordedFaultEvent): FaultState {
  switch (event.type) {
    case 'FaultOpened': {
      const { fault, kind, incident, times, through } = event.data;
      return { state: 'standing', fault, kind, incident, times, through };
    }
    case 'FaultRepeated': {
      const { times, through } = event.data;
      return state.state === 'none' ? state : { ...state, times, through };
    }
    case 'FaultCleared':
      return state.state === 'none' ? state : { ...state, state: 'cleared', times: event.data.times };
    default:
      return assertNever(event);
  }
}

export const faultFolding = { initial: initialFault, evolve: evolveFault };
