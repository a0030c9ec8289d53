import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** An event as a SIEM has it. */
export interface SiemEvent {
  readonly metadata: { readonly uid: string; readonly event_code: string; readonly sequence: number };
  readonly [member: string]: unknown;
}

/** Certificate and key, PEM. */
export interface SiemIdentity {
  readonly cert: string;
  readonly key: string;
}

/**
 * How a receiver behaves: it takes what comes; reads all and never says so; cuts the connection when something comes; or
 * reads all, and cuts the connection before it says so.
 */
export type SiemBehaviour = 'takes' | 'hangs' | 'cuts' | 'forgets';

/** A receiver of the feed on a free loopback port, whatever it speaks. */
export abstract class Siem {
  /** Every event that was read whole, in order, repetitions included. */
  readonly arrived: SiemEvent[] = [];
  protected behaviour: SiemBehaviour = 'takes';
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  /** Ports of clients to whom nobody listens any more: that they have gone would not be noticed. */
  protected readonly stuck = new Set<number>();
  private readonly waiting: (() => void)[] = [];
  private port = 0;

  protected constructor(private readonly scheme: string) {}

  protected abstract serve(identity: SiemIdentity, ca: string | null): Server;

  get url(): string {
    return `${this.scheme}://127.0.0.1:${this.port}`;
  }

  /** What came, each event once, in the order in which it came first. */
  get uids(): readonly string[] {
    return [...new Set(this.arrived.map(({ metadata }) => metadata.uid))];
  }

  be(behaviour: SiemBehaviour): void {
    this.behaviour = behaviour;
  }

  /** Listens, again on the port that it had. With `ca` clients have to show a certificate of that authority. */
  async open(identity: SiemIdentity, ca: string | null = null): Promise<void> {
    await this.close();
    const server = this.serve(identity, ca);
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('tlsClientError', (_error: Error, socket: Socket) => void socket.destroy());
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Takes nobody any more, and cuts whoever is there. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Takes nobody any more; resolves once everybody has gone by themselves. */
  async quiet(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) if (this.stuck.has(socket.remotePort ?? 0)) socket.destroy();
    await closed;
  }

  /** Once somebody waits for an answer that does not come. */
  held(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  protected hold(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Cuts the connection from a port of the client, as a crash does. */
  protected reset(remotePort: number | undefined): void {
    for (const socket of this.sockets) if (socket.remotePort === remotePort) socket.resetAndDestroy();
  }
}
