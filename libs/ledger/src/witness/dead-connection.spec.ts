import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventsIn, NOW, ORIGIN, Places, signerOf } from '../../test/sample-log.js';
import { parseVerifierKey } from '../core/verifier-key.js';
import { openLog } from '../file-log.js';
import type { Log } from '../port.js';
import { Cosigning } from './cosigning.js';
import { type RunningWitness, startWitness } from './witness-server.js';

const append = { fence: 1, now: NOW };

/**
 * A connection that was kept open dies unseen when the witness is started again: the next request finds out. Ours keeps
 * none open; others' do.
 */
describe('a connection to a witness that has died', () => {
  const places = new Places();
  let log: Log;
  let witness: RunningWitness;
  let proxy: Server;
  let cosigning: Cosigning;
  /** Requests that a connection answers before it resets. */
  let answered: number;
  let connections: Map<Socket, number>;

  beforeEach(async () => {
    const { directory } = places.make();
    log = await openLog({ ...places.make(), origin: ORIGIN, signer: signerOf(), now: NOW });
    await log.append(eventsIn(0, 3), append);
    const logKeys = [signerOf().verifierKey];
    witness = await startWitness({ directory, name: 'witness.example/w', logKeys, port: 0 });
    [answered, connections] = [1, new Map()];
    proxy = createServer((request, response) => void relay(request, response));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    cosigning = new Cosigning(log, [{ url, verifier: parseVerifierKey(witness.verifierKey) }]);
  });
  afterEach(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
    await witness.close();
    await log.close();
    places.clear();
  });

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    connections.set(socket, (connections.get(socket) ?? 0) + 1);
    if ((connections.get(socket) ?? 0) > answered) {
      socket.resetAndDestroy();
      return;
    }
    const body = Buffer.concat(await request.toArray());
    const reply = await fetch(`${witness.url}${request.url}`, { method: 'POST', body });
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? '' });
    response.end(await reply.text());
  }
  const ask = async () => (await cosigning.ask()).replies.map(({ reply }) => reply.kind);

  it('is replaced by a fresh one, and the witness cosigns', async () => {
    expect(await ask()).toEqual(['cosigned']);
    await log.append(eventsIn(3, 9), append);
    // The client takes its connection back at a turn of the event loop.
    for (const _turn of Array.from({ length: 20 })) await nextTurn();
    expect(await ask()).toEqual(['cosigned']);
    expect([...connections.values()]).toEqual([2, 1]);
  });

  it('is replaced once: a witness that ends every connection is unreachable', async () => {
    answered = 0;
    expect(await ask()).toEqual(['unreachable']);
    expect([...connections.values()]).toEqual([1, 1]);
  });
});
