import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Kiroku } from '../../harness/kiroku.js';

describe('an api that is being stopped', () => {
  let kiroku: Kiroku;
  const sockets: TLSSocket[] = [];
  beforeAll(async () => {
    kiroku = await Kiroku.start();
    await kiroku.stopApi();
  });
  beforeEach(() => kiroku.startApi());
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await kiroku.stopApi();
  });
  afterAll(() => kiroku.stop());

  /** A connection that the api knows of, and over which nothing was asked yet. */
  async function connected(): Promise<{ readonly socket: TLSSocket; readonly answer: Promise<string> }> {
    const { hostname, port } = new URL(kiroku.api.url);
    const accepted = once(kiroku.api.app.getHttpServer(), 'secureConnection');
    const ca = readFileSync(kiroku.pki.authority.certificate);
    const socket = connect({ host: hostname, port: Number(port), ca });
    sockets.push(socket);
    await Promise.all([accepted, once(socket, 'secureConnect')]);
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    const answer = once(socket, 'close').then(() => Buffer.concat(parts).toString());
    return { socket, answer };
  }

  it('answers a request that comes over a connection from before, and hangs up', async () => {
    const { socket, answer } = await connected();
    const { app } = kiroku.api;
    const server = app.getHttpServer();
    const stopped = kiroku.stopApi();
    while (server.listening) await new Promise(setImmediate);
    socket.write('GET /v1/agreement HTTP/1.1\r\nHost: kiroku\r\n\r\n');
    const [head = '', body = ''] = (await answer).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(head).toMatch(/^connection: close$/im);
    expect(head).toMatch(/^content-type: application\/problem\+json/im);
    expect(JSON.parse(body)).toMatchObject({ code: 'session-missing' });
    await stopped;
  });

  it.each([
    ['nothing', ''],
    ['half a question', 'GET /v1/agreement HTTP/1.1\r\nHost'],
    [
      'half of what it announced',
      'POST /v1/sessions HTTP/1.1\r\nHost: kiroku\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('waits for nobody who asks %s', async (_what, text) => {
    const { socket, answer } = await connected();
    if (text) await new Promise((resolve) => socket.write(text, resolve));
    await kiroku.stopApi();
    expect(await answer).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it('waits for an answer that takes its time', async () => {
    const { queries } = kiroku.api.rooms;
    const readUpTo = queries.readUpTo.bind(queries);
    const asked = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const holding = jest.spyOn(queries, 'readUpTo').mockImplementation(async () => {
      asked.resolve();
      await held.promise;
      return readUpTo();
    });
    const { socket, answer } = await connected();
    socket.write('GET /readyz HTTP/1.1\r\nHost: kiroku\r\n\r\n');
    await asked.promise;
    const idle = await connected();
    const stopped = kiroku.stopApi();
    // Cut when its time was over: the other one is still waited for.
    await idle.answer;
    held.resolve();
    expect(await answer).toMatch(/^HTTP\/1\.1 (?:200|503) /);
    expect(await answer).toContain('"checks"');
    await stopped;
    holding.mockRestore();
  });
});
