import { accept, assertNever, type Decision, reasons, refuse } from '../kernel/decision.js';
import { isResidentCode } from '../kernel/identity.js';
import { reasonFaults } from '../kernel/text.js';
import { isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import { because } from './refusals.js';
import type { RecordedWatchEvent, WatchEvent } from './watch-list.events.js';

// ---- commands ----

export interface WatchResident {
  readonly entry: string;
  readonly residentCode: string;
  /** Last Tokyo day, today at the earliest; null for no end. */
  readonly until: TokyoDay | null;
  /** Not blank, at most 1,000 code points; sealed. */
  readonly reason: string;
}

export interface EndWatch {
  readonly reason: string;
}

// ---- state ----

export type WatchState =
  | { readonly state: 'none' | 'ended' }
  | { readonly state: 'watched'; readonly entry: string; readonly until: TokyoDay | null };

export const initialWatch: WatchState = { state: 'none' };

/** Whether inquiries about a watched resident are looked at on a day: through the last one, or until taken off. */
export const isWatchedOn = (until: TokyoDay | null, day: TokyoDay): boolean => until === null || day <= until;

// ---- decide ----

/** Puts a protected person on the list. One officer suffices: to protect somebody must never wait. */
export function decideWatchResident(
  state: WatchState,
  { entry, residentCode, until, reason }: WatchResident,
  now: string,
): Decision<WatchEvent> {
  if (state.state !== 'none') return refuse(because('watch-exists', 'entry'));
  const inTime = until === null || (isTokyoDay(until) && until >= tokyoDay(now));
  const faults = reasons(
    !isResidentCode(residentCode) && because('check-digit-wrong', 'residentCode'),
    !inTime && because('watch-until-malformed', 'until'),
    ...reasonFaults(reason),
  );
  if (faults.length) return refuse(...faults);
  return accept<WatchEvent>({ type: 'ResidentWatched', data: { entry, residentCode, until, reason } });
}

/** Takes the person off the list; the key of the entry is destroyed when the day is over. */
export function decideEndWatch(state: WatchState, { reason }: EndWatch): Decision<WatchEvent> {
  if (state.state !== 'watched') return refuse(because('watch-missing', 'entry'));
  const faults = reasonFaults(reason);
  if (faults.length) return refuse(...faults);
  return accept<WatchEvent>({ type: 'WatchEnded', data: { entry: state.entry, reason } });
}

// ---- evolve ----

export function evolveWatch(_state: WatchState, event: RecordedWatchEvent): WatchState {
  switch (event.type) {
    case 'ResidentWatched': {
      const { entry, until } = event.data;
      return { state: 'watched', entry, until };
    }
    case 'WatchEnded':
      return { state: 'ended' };
    default:
      return assertNever(event);
  }
}

export const watchFolding = { initial: initialWatch, evolve: evolveWatch };
