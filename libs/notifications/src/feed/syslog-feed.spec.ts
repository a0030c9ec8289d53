import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SyslogSiem } from '../../../../test/harness/siem-syslog.js';
import { pki } from '../contract/pki.contract.js';
import { describeFeedWay, itemOf, itemsOf } from './contract/feed-ways.contract.js';
import { syslogFrame, SyslogFeed } from './syslog-feed.js';

const LONG_MS = 20_000;
const HOSTNAME = 'kiroku.example';

const portOf = (url: string): number => Number(new URL(url).port);

describeFeedWay('Syslog over TLS', async ({ good }) => {
  const siem = await SyslogSiem.start(good);
  const host = '127.0.0.1';
  return {
    siem,
    open: (tls, timeoutMs) =>
      new SyslogFeed({ host, port: portOf(siem.url), tls, hostname: HOSTNAME, timeoutMs }),
  };
});

describe('a syslog message', () => {
  const item = itemOf({ code: 'PinLocked', severity: 3, json: '{"message":"ロック 𠮷"}' });

  it('is RFC 5424 after its length in octets, JSON in ASCII', () => {
    const message = `<108>1 2026-04-06T01:00:00.000Z ${HOSTNAME} kiroku - PinLocked - {"message":"\\u30ed\\u30c3\\u30af \\ud842\\udfb7"}`;
    expect(syslogFrame(item, HOSTNAME)).toBe(`${Buffer.byteLength(message)} ${message}`);
    expect(JSON.parse(message.slice(message.indexOf('{')))).toEqual({ message: 'ロック 𠮷' });
  });

  it.each([
    [1, 110],
    [2, 109],
    [3, 108],
    [4, 107],
    [5, 106],
    [99, 110],
  ])('of OCSF severity %d has the priority %d', (severity, priority) => {
    expect(syslogFrame({ ...item, severity }, HOSTNAME)).toMatch(new RegExp(`^\\d+ <${priority}>1 `));
  });

  it('arrives in its parts', async () => {
    const { ca, good } = await pki();
    const siem = await SyslogSiem.start(good);
    const port = portOf(siem.url);
    // Reached by name: the name is told to the receiver, and looked for in its certificate.
    const way = new SyslogFeed({
      host: 'localhost',
      port,
      tls: { ca },
      hostname: HOSTNAME,
      timeoutMs: LONG_MS,
    });
    expect(await way.send([item])).toEqual({ state: 'taken' });
    expect(siem.messages).toEqual([
      {
        priority: 108,
        timestamp: '2026-04-06T01:00:00.000Z',
        hostname: HOSTNAME,
        appName: 'kiroku',
        messageId: 'PinLocked',
        text: expect.stringMatching(/^\{"message":/),
      },
    ]);
    await way.close();
    await siem.quiet();
  });
});

describe('a receiver of syslog that is none', () => {
  const ending: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  const meet = async (behave: (socket: TLSSocket) => void): Promise<SyslogFeed> => {
    const { ca, good } = await pki();
    const server: Server = createServer({ ...good, allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      ending.push(() => Promise.resolve(void socket.destroy()));
      behave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const way = new SyslogFeed({
      host: '127.0.0.1',
      port,
      tls: { ca },
      hostname: HOSTNAME,
      timeoutMs: LONG_MS,
    });
    ending.push(() => new Promise((resolve) => server.close(() => resolve())));
    ending.push(() => way.close());
    return way;
  };
  const large = itemsOf(40).map((item) => ({
    ...item,
    json: JSON.stringify({ filler: 'x'.repeat(200_000) }),
  }));

  it('has not taken a batch when it closes before it has read it', async () => {
    const way = await meet((socket) => socket.end());
    expect(await way.send(large)).toMatchObject({ state: 'later', why: 'connection' });
  });

  it('is left alone when it talks', async () => {
    const way = await meet((socket) => {
      const talk = (error?: Error | null): void => {
        if (!error && !socket.destroyed) socket.write('x'.repeat(65_536), talk);
      };
      socket.resume();
      talk();
    });
    expect(await way.send(itemsOf(1))).toMatchObject({ state: 'later', why: 'connection' });
  });
});
