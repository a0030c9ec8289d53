import {
  type Channel,
  type ChannelKind,
  type Contact,
  type ContactEvent,
  contactsFolding,
  contactStream,
  type ContactsState,
  decideChangeContact,
  decideConfirmContact,
  decideRegisterContact,
  decideRemoveContact,
  type Decision,
  type Entry,
  type Side,
  sidesWithoutContact,
  timeOfUuid7,
} from '#domain';
import { ForgedEvent } from '#event-store';
import type { Opener } from '#vault';
import { sideOf } from '../access/acting-person.js';
import { type CommandContext, foldLoaded, type Journal, type LoadedStream } from '../journal.js';
import { NotFound } from '../refused.js';
import { loadGenuine } from './genuine-streams.js';

/** What somebody gives to register or change a contact. */
export interface ContactCommand {
  readonly name: string;
  /** In the order in which they are to be tried. */
  readonly channels: readonly Channel[];
}

/** A contact as the parties see it; `name` and `channels` are null where their key is gone. */
export interface ContactView {
  readonly contact: string;
  readonly party: Side;
  readonly version: number;
  /** The other party has confirmed this very version. */
  readonly confirmed: boolean;
  readonly kinds: readonly ChannelKind[];
  readonly name: string | null;
  readonly channels: readonly Channel[] | null;
}

/** A living contact as the alarm's bookkeeping sees it: nothing is opened for it. */
export interface LivingContact {
  readonly contact: string;
  readonly party: Side;
  readonly version: number;
  readonly kinds: readonly ChannelKind[];
  /** Since when this version stands, real time, milliseconds: what failed before failed at another address. */
  readonly since: number;
}

/** A living contact with its addresses; null where neither the vault nor the lifeboat gives them. */
export interface Reachable extends LivingContact {
  readonly channels: readonly Channel[] | null;
}

/** A contact that there is or was. */
export interface KnownContact {
  readonly contact: string;
  readonly party: Side;
  /** Null once it was removed. */
  readonly living: LivingContact | null;
}

/** What the lifeboat keeps of the contacts (decision 21); the contacts of its provisions fit. */
export type StoredContacts = () => readonly {
  readonly contact: string;
  readonly party: Side;
  readonly version: number;
  readonly channels: readonly Channel[];
}[];

const parties: readonly Side[] = ['recipient', 'provider'];
const streamsOf = (agreement: string): readonly string[] =>
  parties.map((party) => contactStream(agreement, party));

/**
 * The contacts (連絡先) of both parties of an agreement (annex 2, 4(1)). Each party keeps its own and confirms the
 * other's. Names and addresses are opened for the parties, and for the alarm, and for nobody else (decision 1).
 */
export class Contacts {
  constructor(
    private readonly journal: Journal,
    private readonly opener: Opener,
    private readonly stored: StoredContacts = () => [],
  ) {}

  /** Registers a contact of the acting person's own party. */
  async register(
    { name, channels }: ContactCommand,
    context: CommandContext,
  ): Promise<{ readonly contact: string; readonly version: number }> {
    const side = await sideOf(this.journal, context);
    const contact = this.journal.newId();
    await this.decide(side, context, (state) =>
      decideRegisterContact(state, { contact, party: side, name, channels, side }),
    );
    return { contact, version: 1 };
  }

  /** Changes a contact whole; the other party has to confirm it again. NotFound('contact'). */
  async change(
    contact: string,
    { name, channels }: ContactCommand,
    context: CommandContext,
  ): Promise<{ readonly version: number }> {
    const side = await sideOf(this.journal, context);
    const party = await this.partyOf(contact, context.agreement);
    const { state } = await this.decide(party, context, (state) =>
      decideChangeContact(state, { contact, party, name, channels, side, now: this.journal.clock.now() }),
    );
    return { version: (state.contacts.find((one) => one.contact === contact)?.version ?? 0) + 1 };
  }

  /** The other party confirms one version of a contact; again: nothing. NotFound('contact'). */
  async confirm(contact: string, version: number, context: CommandContext): Promise<void> {
    const side = await sideOf(this.journal, context);
    const party = await this.partyOf(contact, context.agreement);
    await this.decide(party, context, (state) => decideConfirmContact(state, { contact, version, side }));
  }

  /** Removes a contact of the acting person's own party, but never its last one. NotFound('contact'). */
  async remove(contact: string, context: CommandContext): Promise<void> {
    const side = await sideOf(this.journal, context);
    const party = await this.partyOf(contact, context.agreement);
    await this.decide(party, context, (state) => decideRemoveContact(state, { contact, side }));
  }

  /** The living contacts of both parties, opened; in the order in which they were registered. */
  async list(agreement: string): Promise<readonly ContactView[]> {
    const known = await this.onRecord(agreement);
    return Promise.all(
      known.map(async ({ contact: { contact, party, version, kinds, confirmed }, entry }) => ({
        contact,
        party,
        version,
        confirmed: confirmed === version,
        kinds,
        name: await this.opened<string>(entry, 'name'),
        channels: await this.opened<readonly Channel[]>(entry, 'channels'),
      })),
    );
  }

  /** The sides that have no confirmed contact: with one of them the agreement is not ready (annex 2, 4(1)). */
  async missing(agreement: string): Promise<readonly Side[]> {
    const [recipient, provider] = (await this.load(agreement)).map((loaded) =>
      foldLoaded(loaded, contactsFolding),
    ) as [ContactsState, ContactsState];
    return sidesWithoutContact({ recipient, provider });
  }

  /**
   * The living contacts of both parties. Where their streams cannot be read because somebody has changed them, those
   * that the lifeboat keeps: that is one of the things that they have to be told.
   */
  async living(agreement: string): Promise<readonly LivingContact[]> {
    try {
      return (await this.onRecord(agreement)).map(({ contact, entry }) => livingOf(contact, entry));
    } catch (error) {
      if (!(error instanceof ForgedEvent)) throw error;
      return this.stored().map(({ channels, ...kept }) => ({
        ...kept,
        kinds: channels.map(({ kind }) => kind),
        since: 0,
      }));
    }
  }

  /** The living contacts with their addresses: of the vault, or of the lifeboat where the vault does not open. */
  async reachable(agreement: string): Promise<readonly Reachable[]> {
    const known = await this.living(agreement);
    return Promise.all(
      known.map(async (one) => ({ ...one, channels: await this.channelsOf(one, agreement) })),
    );
  }

  /** One of them, as it is now; null once it is removed. */
  async reach(contact: string, agreement: string): Promise<Reachable | null> {
    const found = (await this.living(agreement)).find((one) => one.contact === contact);
    return found ? { ...found, channels: await this.channelsOf(found, agreement) } : null;
  }

  /** All contacts that there ever were. */
  async everKnown(agreement: string): Promise<readonly KnownContact[]> {
    const streams = await loadGenuine(this.journal, streamsOf(agreement));
    return streams.flatMap((loaded, index) => {
      if (!loaded) return [];
      const { contacts, removed } = foldLoaded(loaded, contactsFolding);
      const party = parties[index] as Side;
      return [
        ...contacts.map((one) => ({
          contact: one.contact,
          party,
          living: livingOf(one, versionOf(loaded, one)),
        })),
        ...removed.map((contact) => ({ contact, party, living: null })),
      ];
    });
  }

  private load(agreement: string): Promise<readonly LoadedStream[]> {
    return this.journal.loadAll(streamsOf(agreement));
  }

  /** The living contacts, each with the entry of its present version. */
  private async onRecord(agreement: string): Promise<readonly ContactOnRecord[]> {
    return (await this.load(agreement)).flatMap((loaded) =>
      foldLoaded(loaded, contactsFolding).contacts.map((contact) => ({
        contact,
        entry: versionOf(loaded, contact),
      })),
    );
  }

  private async partyOf(contact: string, agreement: string): Promise<Side> {
    const found = (await this.onRecord(agreement)).find((one) => one.contact.contact === contact);
    if (!found) throw new NotFound('contact');
    return found.contact.party;
  }

  private decide(
    party: Side,
    context: CommandContext,
    decider: (state: ContactsState) => Decision<ContactEvent>,
  ) {
    return this.journal.decide(contactStream(context.agreement, party), contactsFolding, context, decider);
  }

  private async opened<T>(entry: Entry, field: string): Promise<T | null> {
    const opened = await this.opener.open<T>(entry, field);
    return opened.state === 'open' ? opened.value : null;
  }

  /** A vault that is locked or broken must not silence the alarm: its trouble is what the alarm may be about. */
  private async channelsOf(
    { contact, version }: LivingContact,
    agreement: string,
  ): Promise<readonly Channel[] | null> {
    try {
      const found = (await this.onRecord(agreement)).find((one) => one.contact.contact === contact);
      const channels = found && (await this.opened<readonly Channel[]>(found.entry, 'channels'));
      if (channels) return channels;
    } catch {
      // Whoever watches the keys says so; here the next best is taken.
    }
    const kept = this.stored().find((one) => one.contact === contact && one.version === version);
    return kept?.channels ?? null;
  }
}

interface ContactOnRecord {
  readonly contact: Contact;
  readonly entry: Entry;
}

const livingOf = ({ contact, party, version, kinds }: Contact, { id }: Entry): LivingContact => ({
  contact,
  party,
  version,
  kinds,
  since: timeOfUuid7(id),
});

/** The entry that made the present version of a contact. */
function versionOf({ stream, entries }: LoadedStream, { contact, version }: Contact): Entry {
  const found = entries.find(({ data }) => data['contact'] === contact && data['version'] === version);
  if (!found) throw new TypeError(`${stream} does not hold version ${version} of a contact it folds to`);
  return found;
}
