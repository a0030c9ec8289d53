import { accept, assertNever, type Decision, refuse } from '../kernel/decision.js';
import type { RecordedSessionEvent, SessionEvent } from './access.events.js';
import { because } from './refusals.js';

// ---- commands ----

export interface OpenSession {
  readonly session: string;
  readonly operator: string;
  /** The registered terminal, or null for an officer without one. */
  readonly terminal: string | null;
}

/** Denials of one action within one minute, counted before they are put on record (decision 17). */
export interface RecordDenials {
  readonly action: string;
  readonly codes: readonly string[];
  /** Minute of business time, `YYYY-MM-DDTHH:MMZ`. */
  readonly minute: string;
  /** At least 1. */
  readonly count: number;
}

// ---- state ----

export type SessionState =
  | { readonly state: 'none' }
  | {
      readonly state: 'open' | 'ended';
      readonly session: string;
      readonly operator: string;
      readonly terminal: string | null;
      /** `<minute> <action>` of the denials on record. */
      readonly denials: readonly string[];
    };

export const initialSession: SessionState = { state: 'none' };

const denialKey = ({ minute, action }: { minute: string; action: string }): string => `${minute} ${action}`;

// ---- decide ----

/** Puts a sign-in on record; the PIN was judged by the credential. */
export function decideOpenSession(
  state: SessionState,
  { session, operator, terminal }: OpenSession,
): Decision<SessionEvent> {
  if (state.state !== 'none') return refuse(because('session-exists', 'session'));
  return accept<SessionEvent>({ type: 'SignedIn', data: { session, operator, terminal } });
}

/**
 * Puts denials on record, also of a session that has ended meanwhile. At most one event for each action and
 * minute: what is on record already is accepted without a second event, so a repeated flush changes nothing.
 */
export function decideRecordDenials(state: SessionState, command: RecordDenials): Decision<SessionEvent> {
  if (state.state === 'none') return refuse(because('session-missing', 'session'));
  if (state.denials.includes(denialKey(command))) return accept();
  const { session, operator } = state;
  const { action, minute, count } = command;
  const codes = [...new Set(command.codes)].sort();
  return accept<SessionEvent>({
    type: 'AccessDenied',
    data: { session, operator, action, codes, minute, count },
  });
}

/** Ends a session. */
export function decideCloseSession(state: SessionState): Decision<SessionEvent> {
  if (state.state === 'none') return refuse(because('session-missing', 'session'));
  if (state.state === 'ended') return refuse(because('session-ended', 'session'));
  const { session, operator } = state;
  return accept<SessionEvent>({ type: 'SignedOut', data: { session, operator } });
}

// ---- evolve ----

export function evolveSession(state: SessionState, event: RecordedSessionEvent): SessionState {
  if (event.type === 'SignedIn') return { state: 'open', ...event.data, denials: [] };
  if (state.state === 'none') return state;
  switch (event.type) {
    case 'AccessDenied':
      return { ...state, denials: [...state.denials, denialKey(event.data)] };
    case 'SignedOut':
      return { ...state, state: 'ended' };
    default:
      return assertNever(event);
  }
}

export const sessionFolding = { initial: initialSession, evolve: evolveSession };
