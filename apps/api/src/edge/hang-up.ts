import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** How long a stop waits for a request that has not arrived, or not as a whole; milliseconds of real time. */
const ASKING_MS = 1_000;
/** How long it waits for somebody to take an answer that is ready. */
const TAKING_MS = 10_000;

/**
 * Returns what to call when the stop begins: answers still under way then close their connection. Those idle are closed
 * at once, but one that falls idle later would keep the process for the keep-alive time, over a minute.
 *
 * And the server, once it is told to stop, bounds nothing any more: who connects and asks nothing, sends half a request or
 * takes no answer would keep the process for ever, until somebody kills it. So these are cut after a while. What is
 * being answered is waited for.
 */
export function hangingUp(app: NestFastifyApplication): () => void {
  let stopping = false;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) void reply.header('connection', 'close');
    done();
  });
  const connections = connectionsOf(app);
  const cutAfter = (ms: number, isStuck: (answer: ServerResponse | null) => boolean): void => {
    const cut = (): void => {
      for (const [socket, answer] of connections) if (isStuck(answer)) socket.destroy();
    };
    setTimeout(cut, ms).unref();
  };
  return () => {
    stopping = true;
    cutAfter(ASKING_MS, (answer) => !answer?.req.complete);
    cutAfter(TAKING_MS, (answer) => answer?.writableEnded === true);
  };
}

/** The connections there are, each with the answer that is under way over it; null while none is. */
function connectionsOf(app: NestFastifyApplication): ReadonlyMap<Socket, ServerResponse | null> {
  const connections = new Map<Socket, ServerResponse | null>();
  const server = app.getHttpServer();
  server.on('secureConnection', (socket: Socket) => {
    connections.set(socket, null);
    socket.once('close', () => connections.delete(socket));
  });
  server.on('request', ({ socket }: IncomingMessage, answer: ServerResponse) => {
    connections.set(socket, answer);
    answer.once('close', () => {
      if (connections.get(socket) === answer) connections.set(socket, null);
    });
  });
  return connections;
}
