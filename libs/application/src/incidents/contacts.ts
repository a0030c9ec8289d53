import type { Channel, ChannelKind, Side } from '#domain';
import type { Opener } from '#vault';
import type { CommandContext, Journal } from '../journal.js';

/** What somebody gives to register or change a contact. */
export interface ContactCommand {
  readonly name: string;
  readonly channels: readonly Channel[];
}

/** A contact as its parties see it; `name` and `channels` are null where the vault does not open them (any more). */
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

/** A living contact as the alarm sees it. */
export interface Reachable {
  readonly contact: string;
  readonly party: Side;
  readonly version: number;
  readonly kinds: readonly ChannelKind[];
  /** Null where neither the vault nor the lifeboat gives the addresses. */
  readonly channels: readonly Channel[] | null;
  /** Since when this version stands, real time, milliseconds: an address that failed before is not this one. */
  readonly since: number;
}

/** What the lifeboat keeps, where the vault does not open: see `Provisions` of #notifications. */
export type StoredContacts = () => readonly Pick<Reachable, 'contact' | 'party' | 'version' | 'channels'>[];

export class Contacts {
  constructor(
    readonly journal: Journal,
    readonly opener: Opener,
    readonly stored: StoredContacts = () => [],
  ) {}
  register(
    _command: ContactCommand,
    _context: CommandContext,
  ): Promise<{ readonly contact: string; readonly version: number }> {
    throw new Error('to come');
  }
  change(
    _contact: string,
    _command: ContactCommand,
    _context: CommandContext,
  ): Promise<{ readonly version: number }> {
    throw new Error('to come');
  }
  confirm(_contact: string, _version: number, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  remove(_contact: string, _context: CommandContext): Promise<void> {
    throw new Error('to come');
  }
  list(_agreement: string): Promise<readonly ContactView[]> {
    throw new Error('to come');
  }
  missing(_agreement: string): Promise<readonly Side[]> {
    throw new Error('to come');
  }
  reachable(_agreement: string): Promise<readonly Reachable[]> {
    throw new Error('to come');
  }
}
