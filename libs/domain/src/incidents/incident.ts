import type { Side } from '../access/access.events.js';
import { accept, assertNever, type Decision, reasons, refuse } from '../kernel/decision.js';
import { isPlainText, LONGEST_REASON } from '../kernel/text.js';
import { faultTable } from './fault-table.js';
import {
  type FaultKind,
  type IncidentEvent,
  type IncidentKind,
  incidentKinds,
  type RecordedIncidentEvent,
} from './incident.events.js';
import { because } from './refusals.js';

/** Open incidents that people of one side have declared: every one of them is told to every contact of both. */
const MOST_OPEN = 20;

// ---- commands ----

/** A person declares a failure, a leak, the fear of one, or a drill. */
export interface DeclareByPerson {
  readonly incident: string;
  readonly kind: IncidentKind;
  readonly cause: null;
  readonly fault: null;
  /** Not blank, at most 1,000 code points. */
  readonly description: string;
  /** How many incidents are open that people of the same side have declared. */
  readonly openOfSide: number;
}

/** A policy declares what a fault means; there are no words of a person, so that no key is needed (decision 21). */
export interface DeclareByPolicy {
  readonly incident: string;
  readonly kind: IncidentKind;
  readonly cause: FaultKind;
  readonly fault: string;
  readonly description?: never;
}

export type DeclareIncident = DeclareByPerson | DeclareByPolicy;

/** What other streams say when an incident is to be closed. */
export interface ClosingFacts {
  /** The parties of which somebody was reached; one without contacts is not among them. */
  readonly reached: readonly Side[];
  /** Whether the fault behind it stands; false where there is none. */
  readonly faultStands: boolean;
}

// ---- state ----

interface Declared {
  readonly incident: string;
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
  readonly fault: string | null;
  /** Business time. */
  readonly declaredAt: string;
}

export type IncidentState =
  | { readonly state: 'none' }
  | ({ readonly state: 'open' } & Declared)
  | ({ readonly state: 'closed'; readonly closedAt: string } & Declared);

export const initialIncident: IncidentState = { state: 'none' };

// ---- decide ----

/**
 * Declares an incident. A policy comes at least once, so that its second time is nothing, and so is one that comes
 * after the incident was closed; a person who gives an id that is taken meant another incident.
 */
export function decideDeclareIncident(
  state: IncidentState,
  command: DeclareIncident,
): Decision<IncidentEvent> {
  const { incident, kind, cause, fault } = command;
  if (state.state !== 'none')
    return cause === null ? refuse(because('incident-exists', 'incident')) : accept();
  if (command.cause !== null)
    return accept<IncidentEvent>({ type: 'IncidentDeclared', data: { incident, kind, cause, fault } });
  const { description, openOfSide } = command;
  // A leak, and the fear of one, has room where a drill or a failure has none any more.
  const most = kind === 'leak' || kind === 'leak-feared' ? 2 * MOST_OPEN : MOST_OPEN;
  const faults = reasons(
    !incidentKinds.includes(kind) && because('incident-kind-unknown', 'kind'),
    !isPlainText(description, LONGEST_REASON) && because('description-malformed', 'description'),
    openOfSide >= most && because('incidents-too-many'),
  );
  if (faults.length) return refuse(...faults);
  return accept<IncidentEvent>({
    type: 'IncidentDeclared',
    data: { incident, kind, cause, fault, description },
  });
}

type Open = Extract<IncidentState, { state: 'open' }>;

/** The open incident, or the refusal that there is none. */
function openIncident(state: IncidentState): Open | Decision<never> {
  if (state.state === 'none') return refuse(because('incident-missing', 'incident'));
  return state.state === 'open' ? state : refuse(because('incident-closed', 'incident'));
}

/** Adds to the course of an open incident; a closed one says what it said. */
export function decideNoteIncident(
  state: IncidentState,
  { note }: { readonly note: string },
): Decision<IncidentEvent> {
  const open = openIncident(state);
  if ('accepted' in open) return open;
  if (!isPlainText(note, LONGEST_REASON)) return refuse(because('note-malformed', 'note'));
  return accept<IncidentEvent>({ type: 'IncidentNoted', data: { incident: open.incident, note } });
}

/**
 * Closes an incident, a drill included, once somebody of each party was reached (annex 2, 4(4)). What a watcher sees
 * the end of must have ended: closed while it stands, it would be an incident that nobody is told of.
 */
export function decideCloseIncident(
  state: IncidentState,
  { finding }: { readonly finding: string },
  { reached, faultStands }: ClosingFacts,
): Decision<IncidentEvent> {
  const open = openIncident(state);
  if ('accepted' in open) return open;
  const parties: readonly Side[] = ['recipient', 'provider'];
  const watched = open.cause !== null && faultTable[open.cause].clears === 'observation';
  const faults = [
    ...reasons(!isPlainText(finding, LONGEST_REASON) && because('finding-malformed', 'finding')),
    ...parties
      .filter((party) => !reached.includes(party))
      .map((party) => because('incident-party-unreached', party)),
    ...reasons(watched && faultStands && because('incident-fault-stands')),
  ];
  if (faults.length) return refuse(...faults);
  return accept<IncidentEvent>({ type: 'IncidentClosed', data: { incident: open.incident, finding } });
}

// ---- evolve ----

export function evolveIncident(state: IncidentState, event: RecordedIncidentEvent): IncidentState {
  switch (event.type) {
    case 'IncidentDeclared': {
      const { incident, kind, cause, fault } = event.data;
      return { state: 'open', incident, kind, cause, fault, declaredAt: event.at };
    }
    case 'IncidentNoted':
      return state;
    case 'IncidentClosed':
      return state.state === 'open' ? { ...state, state: 'closed', closedAt: event.at } : state;
    default:
      return assertNever(event);
  }
}

export const incidentFolding = { initial: initialIncident, evolve: evolveIncident };
