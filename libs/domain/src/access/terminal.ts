import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { isFitForClear, isPlainText } from '../kernel/text.js';
import type { RecordedTerminalEvent, TerminalEvent } from './access.events.js';
import { because } from './refusals.js';

// ---- commands ----

const TERMINAL_ID = /^[a-z0-9][a-z0-9-]{1,39}$/;
const LONGEST_LABEL = 100;

export interface RegisterTerminal {
  /** Given by the caller: lower-case letters, digits and hyphens, 2 to 40 characters, for example `t-counter-3`. */
  readonly terminal: string;
  /** Where it stands; 1 to 100 code points, never a person's name: kept in clear. */
  readonly label: string;
}

// ---- state ----

export type TerminalState =
  | { readonly state: 'none' }
  | { readonly state: 'registered' | 'retired'; readonly terminal: string; readonly label: string };

export const initialTerminal: TerminalState = { state: 'none' };

/** Why a terminal may not be used; empty while it is registered. */
export function terminalFaults(state: TerminalState): Refusal[] {
  return reasons(
    state.state === 'none' && because('terminal-missing', 'terminal'),
    state.state === 'retired' && because('terminal-retired', 'terminal'),
  );
}

// ---- decide ----

/** Puts a terminal into use; an id is used once and never again, so that the trail stays unambiguous. */
export function decideRegisterTerminal(
  state: TerminalState,
  { terminal, label }: RegisterTerminal,
): Decision<TerminalEvent> {
  if (state.state !== 'none') return refuse(because('terminal-exists', 'terminal'));
  const faults = reasons(
    !(TERMINAL_ID.test(terminal) && isFitForClear(terminal)) && because('terminal-id-malformed', 'terminal'),
    !(isPlainText(label, LONGEST_LABEL) && isFitForClear(label)) && because('label-malformed', 'label'),
  );
  if (faults.length) return refuse(...faults);
  return accept<TerminalEvent>({ type: 'TerminalRegistered', data: { terminal, label } });
}

/** Takes a terminal out of use for ever. */
export function decideRetireTerminal(state: TerminalState): Decision<TerminalEvent> {
  const faults = terminalFaults(state);
  if (state.state !== 'registered') return refuse(...faults);
  return accept<TerminalEvent>({ type: 'TerminalRetired', data: { terminal: state.terminal } });
}

// ---- evolve ----

export function evolveTerminal(state: TerminalState, event: RecordedTerminalEvent): TerminalState {
  switch (event.type) {
    case 'TerminalRegistered':
      return { state: 'registered', terminal: event.data.terminal, label: event.data.label };
    case 'TerminalRetired':
      return state.state === 'none' ? state : { ...state, state: 'retired' };
    default:
      return assertNever(event);
  }
}

export const terminalFolding = { initial: initialTerminal, evolve: evolveTerminal };
