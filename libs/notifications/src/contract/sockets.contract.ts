import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The connections of a server, to cut them. */
export class Sockets {
  private readonly open = new Set<Socket>();
  /** How many there ever were. */
  count = 0;

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.count += 1;
      this.open.add(socket);
      // Clients that are cut off in the middle are what the tests are about.
      socket.on('error', () => undefined);
    });
  }

  /**
   * Cuts the connection from a port of the client as a crash would. Not while TLS is being agreed on: Node 24 itself
   * crashes when the socket below goes then.
   */
  cut(remotePort: number): void {
    for (const socket of this.open) if (socket.remotePort === remotePort) socket.destroy();
  }
}

/** Takes no more connections; resolves once those that there were are over, by whomever they were ended. */
export const settle = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

/** Listens on 127.0.0.1, on a free port or again on one that it had; the port. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
