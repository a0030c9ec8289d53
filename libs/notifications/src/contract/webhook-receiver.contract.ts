import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createPlainServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Behaviour } from './channels.contract.js';
import type { Identity } from './pki.contract.js';
import { listen, settle, Sockets } from './sockets.contract.js';

/** A request as it arrived, whole. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the receiver does with a request that it has read; in place of a behaviour. */
export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const statusOf: Readonly<Record<'takes' | 'refuses' | 'never', number>> = {
  takes: 204,
  refuses: 404,
  never: 410,
};

/** A receiver of webhooks on a loopback port, over TLS or in clear, that behaves as a test wants it to. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  readonly sockets = new Sockets();
  port = 0;
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly waiting: (() => void)[] = [];
  private server: Server | HttpServer | null = null;
  private answer: Answer | null = null;

  private constructor(private readonly identity: Identity | null) {}

  /** In clear without an identity. */
  static async start(identity: Identity | null): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(identity);
    await receiver.open(identity);
    return receiver;
  }

  /** Towards everybody, or at one path. */
  behave(behaviour: Behaviour, path = '*'): void {
    this.behaviours.set(path, behaviour);
  }

  answerWith(answer: Answer): void {
    this.answer = answer;
  }

  /** Once a client waits for an answer that does not come. */
  held(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  url(path = '/incidents', host = '127.0.0.1'): string {
    return `${this.identity ? 'https' : 'http'}://${host}:${this.port}${path}`;
  }

  async restart(identity = this.identity): Promise<void> {
    await this.quiet();
    await this.open(identity);
  }

  /** Takes nobody any more, and waits until every connection is over. */
  async quiet(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server) await settle(server);
  }

  private async open(identity: Identity | null): Promise<void> {
    const server = identity ? createServer(identity) : createPlainServer();
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.serve(request, response),
    );
    server.on('tlsClientError', () => undefined);
    this.sockets.watch(server);
    this.port = await listen(server, this.port);
    this.server = server;
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const behaviour = this.behaviours.get(path) ?? this.behaviours.get('*') ?? 'takes';
    if (behaviour === 'cuts') return void request.socket.destroy();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (behaviour === 'hangs') {
        for (const resolve of this.waiting.splice(0)) resolve();
        return;
      }
      const taken = behaviour === 'takes' || behaviour === 'forgets';
      if (taken) this.received.push(received(request, Buffer.concat(chunks)));
      if (behaviour === 'forgets') return void request.socket.destroy();
      if (this.answer) return this.answer(response, request);
      // A receiver's words may quote the address: nothing of them may come back.
      response.writeHead(statusOf[behaviour]).end(taken ? '' : `no ${path} here`);
    });
  }
}

const received = ({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Received => ({
  method,
  path: url,
  headers: Object.fromEntries(
    Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  ),
  body: body.toString('utf8'),
});
