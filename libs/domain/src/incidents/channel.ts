import { reasons, type Refusal } from '../kernel/decision.js';
import type { Channel, ChannelKind } from './contact.events.js';
import { because } from './refusals.js';

const MOST_CHANNELS = 5;
/** RFC 5321, 4.5.3.1.3: 256 octets of path, two of them the angle brackets. */
const LONGEST_MAIL_ADDRESS = 254;
const LONGEST_URL = 2_000;

/**
 * The addresses that HTML calls valid: no quotes, comments or literals, nothing that a header or a command of SMTP
 * could be ended with. RFC 5321 allows more, and none of that is an address of somebody on duty.
 */
const MAIL_ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/**
 * Printable ASCII with an authority and without user information, fragment or backslash, before anything parses it:
 * a parser would mend what is refused here, and two parsers might mend it differently.
 */
const WRITTEN_URL = /^https?:\/\/[^/?#@\\\s]+(?:[/?][\x21\x22\x24-\x5b\x5d-\x7e]*)?$/;
const ASCII = /^[\x21-\x7e]+$/;
const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

const isMailAddress = (address: string): boolean =>
  address.length <= LONGEST_MAIL_ADDRESS && MAIL_ADDRESS.test(address);

/** https, or http to this very machine: a demonstration's receiver has no certificate. */
function isWebhookUrl(address: string): boolean {
  if (address.length > LONGEST_URL || !ASCII.test(address) || !WRITTEN_URL.test(address)) return false;
  const url = URL.parse(address);
  if (url === null) return false;
  return url.protocol === 'https:' || LOOPBACK_HOSTS.includes(url.hostname);
}

/** What makes an address good, for each kind of channel. */
const addressing: Readonly<Record<ChannelKind, (address: string) => boolean>> = {
  smtp: isMailAddress,
  webhook: isWebhookUrl,
};

const isChannel = ({ kind, address }: Channel): boolean =>
  Object.hasOwn(addressing, kind) && typeof address === 'string' && addressing[kind](address);

/** The same way twice would be no second way; the host part of an address does not mind its case. */
function repeats(channels: readonly Channel[]): boolean {
  const ways = channels.map(({ kind, address }) => `${kind} ${address.toLowerCase()}`);
  return new Set(ways).size < ways.length;
}

/** What is wrong with the channels of a contact: 1 to 5, each well-formed, each once. */
export function channelFaults(channels: readonly Channel[]): Refusal[] {
  const good = channels.every(isChannel);
  return reasons(
    channels.length === 0 && because('channels-empty', 'channels'),
    channels.length > MOST_CHANNELS && because('channels-too-many', 'channels'),
    !good && because('channel-malformed', 'channels'),
    good && repeats(channels) && because('channel-repeated', 'channels'),
  );
}
