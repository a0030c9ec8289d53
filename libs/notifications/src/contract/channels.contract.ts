/** What every channel owes the outbox, whatever it speaks: both kinds pass it against real servers. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Channel, DeliveryFault } from '#domain';
import type { AlertMessage, Channels, Delivery } from '../port.js';
import { messageOf } from './messages.contract.js';

/**
 * How the other side behaves: it takes the message; refuses it for now; or for good; never answers; cuts the connection
 * in the middle of the message; or takes it and cuts the connection before it says so.
 */
export type Behaviour = 'takes' | 'refuses' | 'never' | 'hangs' | 'cuts' | 'forgets';

/** A running server that a channel leads to. */
export interface Stand {
  /** Channels that lead to it. */
  open(timeoutMs?: number): Channels;
  /** The first place at the server, and another one. */
  readonly here: Channel;
  readonly there: Channel;
  /** What `Delivery` calls a message. */
  named(message: AlertMessage): string;
  /** The names of what arrived whole, in order, as the other side read them. */
  arrived(): readonly string[];
  behave(behaviour: Behaviour, at?: Channel): void;
  /** Once somebody waits for an answer that does not come. */
  held(): Promise<void>;
  /** The server is away; `comeBack` ends that. */
  goAway(): Promise<void>;
  /** Somebody else answers at its address, with a certificate of their own. */
  becomeImpostor(): Promise<void>;
  comeBack(): Promise<void>;
  /** Takes nobody any more; resolves once every connection that was made is over. */
  quiet(): Promise<void>;
}

/** What is said of a message that the server refuses for now, and for good. */
export interface Words {
  readonly refuses: DeliveryFault;
  readonly never: DeliveryFault;
}

const LONG_MS = 20_000;
/** Short enough not to be waited for; whatever it ends, it ends as a time-out. */
const SHORT_MS = 150;

export function describeChannel(name: string, words: Words, start: () => Promise<Stand>): void {
  describe(`${name}, as a channel,`, () => {
    let stand: Stand;
    let channels: Channels;
    beforeEach(async () => {
      stand = await start();
      channels = stand.open(LONG_MS);
    });
    afterEach(async () => {
      await channels.close();
      await stand.quiet();
    });

    const failed = (message: AlertMessage, why: DeliveryFault, permanent = false): Delivery => ({
      delivered: false,
      message: stand.named(message),
      why,
      permanent,
    });
    const taken = (message: AlertMessage): Delivery => ({
      delivered: true,
      message: stand.named(message),
    });

    it('brings a message once, and says under which name', async () => {
      const message = messageOf();
      expect(await channels.send(stand.here, message)).toEqual(taken(message));
      expect(stand.arrived()).toEqual([stand.named(message)]);
    });

    it('brings it under the same name at every attempt', async () => {
      const message = messageOf();
      await channels.send(stand.here, message);
      await channels.send(stand.here, message);
      expect(stand.arrived()).toEqual([stand.named(message), stand.named(message)]);
    });

    // Exactly these fields: nothing of what the other side said comes back.
    it.each([
      ['refuses it for now', 'refuses', words.refuses, false, 0],
      ['refuses it for good', 'never', words.never, true, 0],
      ['cuts the connection in the middle of it', 'cuts', 'connection', false, 0],
      ['takes it, and cuts the connection before saying so', 'forgets', 'connection', false, 1],
    ] as const)(
      'says so when the other side %s, and brings it later',
      async (_case, how, why, permanent, times) => {
        const message = messageOf();
        stand.behave(how);
        expect(await channels.send(stand.here, message)).toEqual(failed(message, why, permanent));
        expect(stand.arrived()).toHaveLength(times);
        stand.behave('takes');
        expect(await channels.send(stand.here, message)).toEqual(taken(message));
        expect(stand.arrived()).toEqual(Array.from({ length: times + 1 }, () => stand.named(message)));
      },
    );

    it('says so when nobody is there, and brings it when they are back', async () => {
      const message = messageOf();
      await stand.goAway();
      expect(await channels.send(stand.here, message)).toEqual(failed(message, 'connection'));
      await stand.comeBack();
      expect(await channels.send(stand.here, message)).toEqual(taken(message));
    });

    it('tells nothing to somebody with another certificate', async () => {
      const message = messageOf();
      await stand.becomeImpostor();
      expect(await channels.send(stand.here, message)).toEqual(failed(message, 'tls'));
      expect(stand.arrived()).toEqual([]);
      await stand.comeBack();
      expect(await channels.send(stand.here, message)).toEqual(taken(message));
    });

    it('gives up when there is no answer in time, and leaves no connection', async () => {
      const message = messageOf();
      const hasty = stand.open(SHORT_MS);
      stand.behave('hangs');
      expect(await hasty.send(stand.here, message)).toEqual(failed(message, 'timeout'));
      await stand.quiet();
      expect(stand.arrived()).toEqual([]);
      await hasty.close();
    });

    it('brings a message while another one hangs', async () => {
      const [stuck, free] = [messageOf(), messageOf()];
      stand.behave('hangs', stand.here);
      const hanging = channels.send(stand.here, stuck);
      await stand.held();
      expect(await channels.send(stand.there, free)).toEqual(taken(free));
      expect(stand.arrived()).toEqual([stand.named(free)]);
      await channels.close();
      expect(await hanging).toEqual(failed(stuck, 'connection'));
    });

    it('brings many messages at once', async () => {
      const messages = Array.from({ length: 25 }, () => messageOf());
      const deliveries = await Promise.all(messages.map((message) => channels.send(stand.here, message)));
      expect(deliveries).toEqual(messages.map(taken));
      expect([...stand.arrived()].sort()).toEqual(messages.map((message) => stand.named(message)).sort());
    });

    it('brings nothing any more once it is closed', async () => {
      const message = messageOf();
      await channels.close();
      expect(await channels.send(stand.here, message)).toEqual(failed(message, 'connection'));
      expect(stand.arrived()).toEqual([]);
    });
  });
}
