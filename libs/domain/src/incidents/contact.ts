import type { Side } from '../access/access.events.js';
import { accept, assertNever, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { isPlainText } from '../kernel/text.js';
import { channelFaults } from './channel.js';
import type { Channel, ChannelKind, ContactEvent, RecordedContactEvent } from './contact.events.js';
import { because } from './refusals.js';

// ---- commands ----

/** More would be a mailing list; every one of them is alerted at the same moment. */
const MOST_CONTACTS = 20;
const LONGEST_NAME = 200;
/**
 * Changes of one contact within an hour of business time. Each makes the open alerts start anew at the new addresses:
 * without a bound, whoever changes one would have any mailbox flooded.
 */
const MOST_CHANGES = 10;
const HOUR_MS = 3_600_000;

/** Says of a contact everything there is to say, at registration and at every change. */
export interface DescribeContact {
  readonly contact: string;
  /** Whose contact it is; only that party's people register and change it. */
  readonly party: Side;
  /** Person or duty: 1 to 200 code points. */
  readonly name: string;
  /** 1 to 5, in the order in which they are tried. */
  readonly channels: readonly Channel[];
  /** The side of the person who acts. */
  readonly side: Side;
}

export interface ChangeContact extends DescribeContact {
  /** Business time. */
  readonly now: string;
}

export interface ConfirmContact {
  readonly contact: string;
  /** The version that was seen; a contact that was changed meanwhile has to be looked at again. */
  readonly version: number;
  readonly side: Side;
}

export interface RemoveContact {
  readonly contact: string;
  readonly side: Side;
}

// ---- state ----

export interface Contact {
  readonly contact: string;
  readonly party: Side;
  readonly version: number;
  readonly kinds: readonly ChannelKind[];
  /** The version that the other party confirmed last; null before it has confirmed any. */
  readonly confirmed: number | null;
  /** Business time of its last changes, oldest first: as many as there may be within an hour. */
  readonly changes: readonly string[];
}

/** All contacts of one party. */
export interface ContactsState {
  /** The living ones, in the order of registration. */
  readonly contacts: readonly Contact[];
  /** Ids of those that were removed; an id is never used again, because its alerts bear it. */
  readonly removed: readonly string[];
}

export const initialContacts: ContactsState = { contacts: [], removed: [] };

/**
 * Whether the other party was told of anybody (annex 2, 4(1)). A contact that was changed since it was confirmed
 * still counts: whoever corrects an address must not stop every counter until the other side has looked.
 */
export const hasConfirmedContact = ({ contacts }: ContactsState): boolean =>
  contacts.some(({ confirmed }) => confirmed !== null);

/** The sides that nobody could call: an agreement with one of them is not ready (annex 2, 4(1)). */
export function sidesWithoutContact(of: Readonly<Record<Side, ContactsState>>): readonly Side[] {
  const sides: readonly Side[] = ['recipient', 'provider'];
  return sides.filter((side) => !hasConfirmedContact(of[side]));
}

const living = ({ contacts }: ContactsState, id: string): Contact | null =>
  contacts.find(({ contact }) => contact === id) ?? null;

// ---- decide ----

const unknown = (): Decision<never> => refuse(because('contact-unknown', 'contact'));
const ofOtherParty = (): Decision<never> => refuse(because('contact-of-other-party', 'contact'));

function descriptionFaults({ name, channels }: DescribeContact): Refusal[] {
  return [
    ...reasons(!isPlainText(name, LONGEST_NAME) && because('name-malformed', 'name')),
    ...channelFaults(channels),
  ];
}

/** What the event says: everything, and the kinds once more in clear, for the alarm's bookkeeping. */
const described = ({ contact, party, name, channels }: DescribeContact, version: number) => ({
  contact,
  party,
  version,
  name,
  channels: channels.map(({ kind, address }) => ({ kind, address })),
  kinds: channels.map(({ kind }) => kind),
});

/** A party names somebody to be called; the other party has to confirm that it was told. */
export function decideRegisterContact(
  state: ContactsState,
  command: DescribeContact,
): Decision<ContactEvent> {
  const { contact, party, side } = command;
  if (side !== party) return ofOtherParty();
  if (living(state, contact) || state.removed.includes(contact))
    return refuse(because('contact-exists', 'contact'));
  const faults = [
    ...descriptionFaults(command),
    ...reasons(state.contacts.length >= MOST_CONTACTS && because('contacts-too-many')),
  ];
  if (faults.length) return refuse(...faults);
  return accept<ContactEvent>({ type: 'ContactRegistered', data: described(command, 1) });
}

/** A change that seems to lie ahead, because the clock was put back since, counts for no longer than any other. */
const changesWithinTheHour = ({ changes }: Contact, now: string): number =>
  changes.filter((at) => Math.abs(Date.parse(now) - Date.parse(at)) < HOUR_MS).length;

/** Replaces everything that is said of a contact. It is alerted at the new addresses from now on, confirmed or not. */
export function decideChangeContact(state: ContactsState, command: ChangeContact): Decision<ContactEvent> {
  const known = living(state, command.contact);
  if (!known) return unknown();
  if (command.side !== known.party) return ofOtherParty();
  const faults = [
    ...descriptionFaults(command),
    ...reasons(
      changesWithinTheHour(known, command.now) >= MOST_CHANGES && because('contact-changes-too-many'),
    ),
  ];
  if (faults.length) return refuse(...faults);
  const data = described({ ...command, party: known.party }, known.version + 1);
  return accept<ContactEvent>({ type: 'ContactChanged', data });
}

/** The other party says that it was told of this version; again is nothing. */
export function decideConfirmContact(
  state: ContactsState,
  { contact, version, side }: ConfirmContact,
): Decision<ContactEvent> {
  const known = living(state, contact);
  if (!known) return unknown();
  if (side === known.party) return refuse(because('contact-of-own-party', 'contact'));
  if (version !== known.version) return refuse(because('contact-version-outdated', 'version'));
  if (known.confirmed === version) return accept();
  return accept<ContactEvent>({ type: 'ContactConfirmed', data: { contact, party: known.party, version } });
}

/**
 * Takes a contact away: it is alerted no more. Never the last one, and never the last of those that the other party
 * confirmed: the removal alone would stop every inquiry. Change it, or have another confirmed first.
 */
export function decideRemoveContact(
  state: ContactsState,
  { contact, side }: RemoveContact,
): Decision<ContactEvent> {
  const known = living(state, contact);
  if (!known) return unknown();
  if (side !== known.party) return ofOtherParty();
  const left = without(state, contact);
  const losesTheLast = hasConfirmedContact(state) && !hasConfirmedContact(left);
  if (left.contacts.length === 0 || losesTheLast) return refuse(because('contact-last', 'contact'));
  return accept<ContactEvent>({ type: 'ContactRemoved', data: { contact, party: known.party } });
}

// ---- evolve ----

const without = (state: ContactsState, id: string): ContactsState => ({
  contacts: state.contacts.filter(({ contact }) => contact !== id),
  removed: [...state.removed, id],
});

const amended = (
  state: ContactsState,
  id: string,
  part: Partial<Pick<Contact, 'version' | 'kinds' | 'confirmed' | 'changes'>>,
): ContactsState => ({
  ...state,
  contacts: state.contacts.map((known) => (known.contact === id ? { ...known, ...part } : known)),
});

export function evolveContacts(state: ContactsState, event: RecordedContactEvent): ContactsState {
  switch (event.type) {
    case 'ContactRegistered': {
      const { contact, party, version, kinds } = event.data;
      return {
        ...state,
        contacts: [...state.contacts, { contact, party, version, kinds, confirmed: null, changes: [] }],
      };
    }
    case 'ContactChanged': {
      const { contact, version, kinds } = event.data;
      const before = living(state, contact)?.changes ?? [];
      const changes = [...before, event.at].slice(-MOST_CHANGES);
      return amended(state, contact, { version, kinds, changes });
    }
    case 'ContactConfirmed':
      return amended(state, event.data.contact, { confirmed: event.data.version });
    case 'ContactRemoved':
      return without(state, event.data.contact);
    default:
      return assertNever(event);
  }
}

export const contactsFolding = { initial: initialContacts, evolve: evolveContacts };
