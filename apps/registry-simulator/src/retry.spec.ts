/** What the client sends a second time, shown by a wire that can be cut: TLS passes through it untouched. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  openRegistry,
  parseLinkKeys,
  type ProviderAnswer,
  type Registry,
  type RegistryOptions,
} from '#registry';
import { makeDemoPki } from '../../../libs/wiring/src/demo-pki.js';
import { Residents } from './residents.js';
import { startSimulator, type Simulator, type SimulatorOptions } from './simulator.js';
import { wellKnown } from './well-known.js';

/** A wire to the simulator. `connections` counts; `cut` decides what becomes of each. */
class Wire {
  connections = 0;
  /** Cuts the n-th connection (from 1) as soon as it is made. */
  cutOnConnect: (connection: number) => boolean = () => false;
  /** Cuts a connection as soon as the provider begins to answer. */
  cutOnAnswer = false;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(port: number) {
    this.server = createServer((client) => {
      this.connections += 1;
      this.sockets.add(client);
      client.on('error', () => client.destroy());
      if (this.cutOnConnect(this.connections)) client.destroy();
      else this.join(client, connect(port, '127.0.0.1'));
    });
  }

  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, provider: Socket): void {
    this.sockets.add(provider);
    provider.on('error', () => client.destroy());
    provider.on('end', () => client.end());
    provider.on('data', (data) => (this.cutOnAnswer ? client.destroy() : client.write(data)));
    client.pipe(provider);
  }
}

let directory: string;
let settings: Omit<RegistryOptions, 'url'>;
let provider: SimulatorOptions;
let simulator: Simulator;
let wire: Wire;
let registry: Registry;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiroku-retry-'));
  const pki = await makeDemoPki(directory, { now: new Date(), names: [] });
  const read = (path: string): Promise<string> => readFile(path, 'utf8');
  const tlsTrustAnchors = await read(pki.authority.certificate);
  const linkKeys = parseLinkKeys(await read(pki.linkKeys));
  const common = { tlsTrustAnchors, linkKeys };
  settings = {
    ...common,
    tlsKey: await read(pki.kiroku.key),
    tlsCertificate: await read(pki.kiroku.certificate),
  };
  provider = {
    ...common,
    port: 0,
    tlsKey: await read(pki.provider.key),
    tlsCertificate: await read(pki.provider.certificate),
    residents: new Residents(1, 0),
  };
});
afterAll(() => rm(directory, { recursive: true }));
beforeEach(async () => {
  simulator = await startSimulator(provider);
  wire = new Wire(simulator.port);
  registry = openRegistry({ ...settings, url: await wire.open() });
});
afterEach(async () => {
  await registry.close();
  await wire.close();
  await simulator.stop();
});

const ask = (): Promise<ProviderAnswer> =>
  registry.ask({
    inquiry: uuidv7(),
    agreement: 'mlit-2019',
    purpose: 'rtva-12-1:acceptance',
    question: { residentCode: wellKnown.found },
    deadline: Date.now() + 10_000,
  });
const unreachable = { outcome: 'provider-unavailable', faults: ['unreachable'] };

describe('the client asks a second time', () => {
  it('when no connection could be made the first time', async () => {
    wire.cutOnConnect = (connection) => connection === 1;
    expect(await ask()).toMatchObject({ outcome: 'found' });
    expect(wire.connections).toBe(2);
    expect(simulator.statistics()).toMatchObject({ requests: 1, refused: 0 });
  });

  it('when a kept connection broke before any answer: same inquiry, new message, counted once', async () => {
    await ask();
    const { recordsSupplied } = simulator.statistics();
    const { cutOnConnect } = wire;
    wire.cutOnAnswer = true;
    wire.cutOnConnect = (connection) => {
      wire.cutOnAnswer = false; // the retry's own connection is whole again
      return cutOnConnect(connection);
    };
    expect(await ask()).toMatchObject({ outcome: 'found' });
    const after = simulator.statistics();
    expect(after).toMatchObject({ requests: 3, repeats: 1, refused: 0 });
    expect(after.recordsSupplied - recordsSupplied).toBe(1);
  });
});

describe('the client does not ask', () => {
  it('a third time', async () => {
    wire.cutOnConnect = () => true;
    expect(await ask()).toMatchObject(unreachable);
    expect(wire.connections).toBe(2);
  });

  it('a second time when the provider had begun to answer', async () => {
    simulator.behave('drop');
    expect(await ask()).toMatchObject(unreachable);
    expect(simulator.statistics().requests).toBe(1);
  });

  it('a second time when the provider had refused', async () => {
    simulator.behave('refuse');
    expect(await ask()).toMatchObject(unreachable);
    expect(wire.connections).toBe(1);
  });

  it('for ever when nobody listens', async () => {
    await simulator.stop();
    expect(await ask()).toMatchObject(unreachable);
    expect(wire.connections).toBe(2);
  });
});
