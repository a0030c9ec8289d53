import type { Channel, ChannelKind, DeliveryFault, FaultKind, Side } from '#domain';

/**
 * What leaves through a channel: ids, links and the latest checkpoint; never personal data (decision 20).
 * The same `id` at every attempt, so that a receiver who got it twice can tell (at least once).
 */
export interface AlertMessage {
  /** `<alert>.<channel>.<round>`: the left side of the Message-ID, and the webhook-id. */
  readonly id: string;
  readonly subject: string;
  /** Plain text, Japanese first, then English. */
  readonly text: string;
  /** The same for machines: the JSON body of a webhook. */
  readonly payload: { readonly type: string; readonly timestamp: string; readonly data: object };
  /** Id of the contact. */
  readonly contact: string;
  /** The contact's version: the webhook secret is derived from both. */
  readonly version: number;
}

/** What became of one attempt. Nothing of it is in the other side's words, which could quote an address. */
export type Delivery =
  | { readonly delivered: true; readonly message: string }
  | {
      readonly delivered: false;
      /** The Message-ID (with its angle brackets) or webhook-id that was tried. */
      readonly message: string;
      readonly why: DeliveryFault;
      /** The receiver said that it will never take it: SMTP 5yz about the address, HTTP 410. Nothing else is. */
      readonly permanent: boolean;
    };

/**
 * The ways out of the house. `send` never rejects for what the other side does; it resolves within `timeoutMs`, and
 * makes one attempt: trying again is the caller's. Any number may run at once, each over a connection of its own, so
 * that a server that hangs holds up nothing but what is for itself.
 *
 * Delivered means that the receiver said so (SMTP 250 after the message, HTTP 2xx). Whether a message that was cut off
 * arrived is unknown: it counts as not delivered, and is sent again.
 */
export interface Channels {
  send(channel: Channel, message: AlertMessage): Promise<Delivery>;
  /** Ends the attempts under way (`connection`), and leaves no socket behind. */
  close(): Promise<void>;
}

/** What a process has to know to alert without store and vault (decision 21). */
export interface Provisions {
  readonly agreement: string;
  readonly contacts: readonly {
    readonly contact: string;
    readonly party: Side;
    readonly version: number;
    readonly name?: string;
    readonly channels: readonly Channel[];
  }[];
  /** The latest checkpoint, C2SP note text; null where there was none yet. */
  readonly checkpoint: string | null;
}

/** One attempt that was made from the lifeboat. */
export interface LifeboatDelivery {
  readonly contact: string;
  readonly party: Side;
  /** Index into the contact's channels. */
  readonly channel: number;
  readonly kind: ChannelKind;
  /** The id of the message. */
  readonly message: string;
  /** When a channel took it: ISO, real time; null where none did. */
  readonly at: string | null;
  readonly why: DeliveryFault | null;
}

/** An alarm that was raised while nothing could be recorded; kept until it is on record. */
export interface LifeboatAlarm {
  readonly incident: string;
  readonly kind: FaultKind;
  /** ISO, real time. */
  readonly since: string;
  readonly deliveries: readonly LifeboatDelivery[];
}

/**
 * What a process keeps beside its data for the moment when these fail (decision 21): whom to tell, and whom it told.
 * Sealed under a local key that is neither the vault's nor in the database. Everything is synchronous and small.
 *
 * Reading never throws: what is missing, damaged or under another key is not there. Writing throws
 * `LifeboatUnwritable`; what could not be written is remembered while the process lives. One process of a name at a
 * time; processes of different names share a directory and read each other's.
 */
export interface Lifeboat {
  /** What was stocked last: by this process, or else by the sibling that stocked last. */
  provisions(): Provisions | null;
  /** Replaces the provisions as a whole (atomic, durable when it returns); the same content writes nothing. */
  stock(provisions: Provisions): void;
  /** The alarms of this process, oldest first, and then those of its siblings. An incident can be in both. */
  alarms(): readonly LifeboatAlarm[];
  /**
   * Writes an alarm of this process, in place of the one of the same incident. It needs no free block of the disk; a
   * crash in the middle loses this note and none before it. Durable when it returns.
   */
  note(alarm: LifeboatAlarm): void;
  /** Removes an alarm of this process, once it is on record; one that is not there is fine. */
  forget(incident: string): void;
}
