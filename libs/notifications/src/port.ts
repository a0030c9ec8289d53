import type { Channel, DeliveryFault } from '#domain';

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

/** What became of one attempt. */
export type Delivery =
  | { readonly delivered: true; readonly message: string }
  | {
      readonly delivered: false;
      /** The Message-ID or webhook-id that was tried. */
      readonly message: string;
      readonly why: DeliveryFault;
      /** The receiver said that it will never take it (SMTP 5xx for the address, HTTP 410). */
      readonly permanent: boolean;
    };

/**
 * The ways out of the house. `send` never rejects for what the other side does; it resolves within `timeoutMs`.
 * Whether a message that was cut off arrived is unknown: it counts as not delivered, and is sent again.
 */
export interface Channels {
  send(channel: Channel, message: AlertMessage): Promise<Delivery>;
  close(): Promise<void>;
}
