import { afterEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { openChannels } from './channels.js';
import { describeChannel } from './contract/channels.contract.js';
import { messageOf } from './contract/messages.contract.js';
import { type Identity, pki } from './contract/pki.contract.js';
import { ScriptedServer } from './contract/scripted-server.contract.js';
import { type Received, WebhookReceiver } from './contract/webhook-receiver.contract.js';
import type { Channels, Delivery } from './port.js';
import type { WebhookOptions } from './webhook.js';

const LONG_MS = 20_000;
const SHORT_MS = 150;

const secretOf = (contact: string, version: number): string =>
  `whsec_${Buffer.from(`${contact}/${version}`).toString('base64')}`;

async function open(changes: Partial<WebhookOptions> = {}, timeoutMs = LONG_MS): Promise<Channels> {
  const { ca } = await pki();
  return openChannels({ smtp: null, webhook: { secretOf, privateTargets: true, ca, ...changes }, timeoutMs });
}

describeChannel('A webhook', { refuses: 'refused', never: 'gone' }, async () => {
  const { ca, good, foreign } = await pki();
  const receiver = await WebhookReceiver.start(good);
  return {
    open: (timeoutMs = LONG_MS) =>
      openChannels({ smtp: null, webhook: { secretOf, privateTargets: true, ca }, timeoutMs }),
    here: { kind: 'webhook', address: receiver.url('/here') },
    there: { kind: 'webhook', address: receiver.url('/there') },
    named: ({ id }) => id,
    arrived: () => receiver.received.map(({ headers }) => headers['webhook-id'] ?? ''),
    behave: (behaviour, at) => receiver.behave(behaviour, at && new URL(at.address).pathname),
    held: () => receiver.held(),
    goAway: () => receiver.quiet(),
    becomeImpostor: () => receiver.restart(foreign),
    comeBack: () => receiver.restart(),
    quiet: () => receiver.quiet(),
  };
});

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function receiverOf(identity: Identity | null): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start(identity);
  ending.push(() => receiver.quiet());
  return receiver;
}

async function deliver(
  address: string,
  changes: Partial<WebhookOptions> = {},
  { message = messageOf(), timeoutMs = LONG_MS } = {},
): Promise<Delivery> {
  const channels = await open(changes, timeoutMs);
  ending.push(() => channels.close());
  return channels.send({ kind: 'webhook', address }, message);
}

describe('a webhook', () => {
  const sent = async (message = messageOf()): Promise<Received> => {
    const receiver = await receiverOf((await pki()).good);
    expect(await deliver(receiver.url('/hooks/1?of=kiroku'), {}, { message })).toMatchObject({
      delivered: true,
    });
    expect(receiver.received).toHaveLength(1);
    return receiver.received[0] as Received;
  };
  const opened = ({ body, headers }: Received, secret: string): unknown =>
    new Webhook(secret).verify(body, { ...headers });

  it('is a POST of the payload to the whole address', async () => {
    const message = messageOf();
    expect(await sent(message)).toMatchObject({
      method: 'POST',
      path: '/hooks/1?of=kiroku',
      body: JSON.stringify(message.payload),
    });
  });

  it('has these headers and no others', async () => {
    const message = messageOf({
      payload: { type: 'incident.declared', timestamp: 'x', data: { ja: '障害' } },
    });
    const { headers } = await sent(message);
    const { host, 'webhook-timestamp': at, 'webhook-signature': signature, ...rest } = headers;
    expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(at).toMatch(/^\d{10}$/);
    expect(signature).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(rest).toEqual({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(JSON.stringify(message.payload))),
      'user-agent': 'Kiroku',
      'webhook-id': message.id,
      connection: 'close',
    });
  });

  it('is signed with the secret of the contact and its version', async () => {
    const message = messageOf({ version: 3 });
    const received = await sent(message);
    expect(opened(received, secretOf(message.contact, 3))).toEqual(message.payload);
    expect(() => opened(received, secretOf(message.contact, 2))).toThrow('No matching signature');
  });

  it('has a signature over its id, its time and its body', async () => {
    const message = messageOf();
    const received = await sent(message);
    const secret = secretOf(message.contact, message.version);
    const { headers, body } = received;
    const later = String(Number(headers['webhook-timestamp']) + 1);
    const changed: readonly Received[] = [
      { ...received, body: body.replace('declared', 'closed') },
      { ...received, headers: { ...headers, 'webhook-id': messageOf().id } },
      { ...received, headers: { ...headers, 'webhook-timestamp': later } },
    ];
    for (const each of changed) expect(() => opened(each, secret)).toThrow('No matching signature');
  });
});

describe('an answer', () => {
  const taken = [200, 201, 202, 204, 226, 299].map((status) => [status, null, false] as const);
  const redirects = [300, 301, 302, 303, 304, 307, 308].map((status) => [status, 'redirect', false] as const);
  const refused = [400, 401, 403, 404, 408, 409, 422, 429, 499].map(
    (status) => [status, 'refused', false] as const,
  );
  const broken = [500, 501, 502, 503, 504, 599].map((status) => [status, 'server-error', false] as const);
  it.each([...taken, ...redirects, [410, 'gone', true] as const, ...refused, ...broken])(
    'of %i is %p',
    async (status, why, permanent) => {
      const receiver = await receiverOf((await pki()).good);
      const elsewhere = receiver.url('/elsewhere');
      receiver.answerWith((response) => response.writeHead(status, { location: elsewhere }).end());
      const message = messageOf();
      const given = { delivered: why === null, message: message.id };
      expect(await deliver(receiver.url(), {}, { message })).toEqual(
        why === null ? given : { ...given, why, permanent },
      );
      expect(receiver.received.map(({ path }) => path)).toEqual(['/incidents']);
    },
  );

  /** Writes until nobody listens. */
  const endlessly = (response: ServerResponse): void => {
    const more = (): void => {
      while (!response.destroyed && response.write('words '.repeat(1_000)));
      if (!response.destroyed) response.once('drain', more);
    };
    response.on('error', () => undefined);
    more();
  };

  it.each([
    [200, { delivered: true }],
    [500, { delivered: false, why: 'server-error' }],
  ])('of %i that never ends is heard, and cut off', async (status, expected) => {
    const receiver = await receiverOf((await pki()).good);
    receiver.answerWith((response) => endlessly(response.writeHead(status)));
    expect(await deliver(receiver.url())).toMatchObject(expected);
  });

  it('whose rest does not come is heard', async () => {
    const receiver = await receiverOf((await pki()).good);
    receiver.answerWith((response) => void response.writeHead(200, { 'content-length': 10 }).write('half'));
    expect(await deliver(receiver.url(), {}, { timeoutMs: 1_500 })).toMatchObject({ delivered: true });
  });

  it('that is cut after its status is heard', async () => {
    const receiver = await receiverOf((await pki()).good);
    receiver.answerWith((response) => {
      response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
    });
    expect(await deliver(receiver.url())).toMatchObject({ delivered: true });
  });

  it('may come before the body was read, and the body is still there', async () => {
    const receiver = await receiverOf((await pki()).good);
    receiver.answerWith((response) => response.writeHead(202).end('x'.repeat(8_000)));
    expect(await deliver(receiver.url())).toMatchObject({ delivered: true });
    expect(receiver.received).toHaveLength(1);
  });

  it('with headers without end is a server’s error', async () => {
    const receiver = await receiverOf((await pki()).good);
    receiver.answerWith((response) => response.writeHead(200, { 'x-words': 'x'.repeat(10_000) }).end());
    expect(await deliver(receiver.url())).toMatchObject({ delivered: false, why: 'server-error' });
  });

  it('that is not HTTP is a server’s error', async () => {
    const server = await ScriptedServer.start({ greeting: '220 here, and no web server' });
    ending.push(() => server.quiet());
    expect(await deliver(`http://127.0.0.1:${server.port}/`)).toMatchObject({
      delivered: false,
      why: 'server-error',
    });
  });

  it('to change the protocol is no answer', async () => {
    const receiver = await receiverOf(null);
    receiver.answerWith((response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    });
    expect(await deliver(receiver.url())).toMatchObject({
      delivered: false,
      why: 'server-error',
    });
  });
});

describe('the way to a receiver', () => {
  it.each(['expired', 'misnamed', 'foreign'] as const)(
    'is not taken with a certificate that is %s',
    async (which) => {
      const receiver = await receiverOf((await pki())[which]);
      expect(await deliver(receiver.url())).toMatchObject({ delivered: false, why: 'tls', permanent: false });
      expect(receiver.received).toEqual([]);
    },
  );

  it('is not taken in clear where https is written', async () => {
    const receiver = await receiverOf(null);
    const address = receiver.url().replace('http:', 'https:');
    expect(await deliver(address)).toMatchObject({ delivered: false, why: 'tls' });
    expect(receiver.received).toEqual([]);
  });

  it('may be in clear on this machine', async () => {
    const receiver = await receiverOf(null);
    expect(await deliver(receiver.url())).toMatchObject({ delivered: true });
    expect(
      await deliver(receiver.url('/', 'localhost'), { lookup: () => Promise.resolve(['127.0.0.1']) }),
    ).toMatchObject({
      delivered: true,
    });
  });

  it('is not taken to this machine, or inside, where that is not allowed', async () => {
    const receiver = await receiverOf((await pki()).good);
    const message = messageOf();
    const forbidden = { delivered: false, message: message.id, why: 'target-forbidden', permanent: false };
    const inside: WebhookOptions['lookup'] = () => Promise.resolve(['127.0.0.1']);
    const outside = { privateTargets: false, lookup: inside };
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', 'receiver.test']) {
      expect(await deliver(receiver.url('/', host), outside, { message })).toEqual(forbidden);
    }
    expect(receiver.sockets.count).toBe(0);
  });

  it('is the one that was looked at, whatever the name means a moment later', async () => {
    const receiver = await receiverOf((await pki()).good);
    const meanings = [['127.0.0.1'], ['127.0.0.2']];
    const asked: string[] = [];
    const lookup: WebhookOptions['lookup'] = (host) => {
      asked.push(host);
      return Promise.resolve(meanings.shift() ?? []);
    };
    expect(await deliver(receiver.url('/', 'receiver.test'), { lookup })).toMatchObject({ delivered: true });
    expect(asked).toEqual(['receiver.test']);
    expect(receiver.received[0]?.headers['host']).toBe(`receiver.test:${receiver.port}`);
  });

  it('leads to the next address of a name when nobody is at the first', async () => {
    const receiver = await receiverOf((await pki()).good);
    const lookup: WebhookOptions['lookup'] = () => Promise.resolve(['127.0.0.2', '127.0.0.1']);
    expect(await deliver(receiver.url('/', 'receiver.test'), { lookup })).toMatchObject({ delivered: true });
  });

  it('is not found where the name is unknown, or nobody says in time what it means', async () => {
    const unknown = Object.assign(new Error('of receiver.test'), { code: 'ENOTFOUND' });
    const rejecting: WebhookOptions['lookup'] = () => Promise.reject(unknown);
    const address = 'https://receiver.test/';
    expect(await deliver(address, { lookup: rejecting })).toMatchObject({
      why: 'connection',
      permanent: false,
    });
    const silent: WebhookOptions['lookup'] = () => new Promise(() => undefined);
    expect(await deliver(address, { lookup: silent }, { timeoutMs: SHORT_MS })).toMatchObject({
      why: 'timeout',
    });
  });

  it('is not taken in clear to another machine', async () => {
    const lookup: WebhookOptions['lookup'] = () => Promise.resolve(['10.0.0.1']);
    expect(await deliver('http://receiver.test/', { lookup })).toMatchObject({ why: 'target-forbidden' });
  });
});
