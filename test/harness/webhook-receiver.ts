import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { DemoPki } from '#wiring';
import { until } from './processes.js';

/** A webhook as it arrived. */
export interface Received {
  readonly id: string;
  /** The path that it came to: which of the receivers at this server was meant. */
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How the receiver answers: 204, 500, 410, 302 to another path of itself, or never. */
export type Answering = 'takes' | 'fails' | 'gone' | 'redirects' | 'hangs';

const statusOf: Readonly<Record<Exclude<Answering, 'hangs'>, number>> = {
  takes: 204,
  fails: 500,
  gone: 410,
  redirects: 302,
};

/** Where a redirect leads; whoever comes here followed it. */
const ELSEWHERE = '/elsewhere';

/** Receivers of signed webhooks (Standard Webhooks) on one free loopback port, over TLS under the demo's authority. */
export class WebhookReceiver {
  /** Everything that came, oldest first, whatever was answered. */
  readonly received: Received[] = [];
  private readonly answers = new Map<string, Answering>();

  private constructor(private readonly server: Server) {}

  static async start({ api }: Pick<DemoPki, 'api'>): Promise<WebhookReceiver> {
    const server = createServer({ key: readFileSync(api.key), cert: readFileSync(api.certificate) });
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => void receiver.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return receiver;
  }

  /** How everybody here answers, or the receiver at one path until everybody is told something else. */
  be(answering: Answering, path = '*'): void {
    if (path === '*') this.answers.clear();
    this.answers.set(path, answering);
  }

  /** The address of one receiver. */
  url(path = '/incidents'): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  at(path = '/incidents'): readonly Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** What came to the place that redirects lead to: nothing, since nobody follows them. */
  get followed(): readonly Received[] {
    return this.at(ELSEWHERE);
  }

  /** The `nth` webhook at a path, once it is there. */
  async next(path = '/incidents', nth = 1): Promise<Received> {
    await until(`webhook ${nth} at ${path}`, () => this.at(path).length >= nth);
    return this.at(path)[nth - 1] as Received;
  }

  /** Whether the owner of the secret wrote it, just now, and it was not changed on the way. */
  static isGenuine({ body, headers }: Received, secret: string): boolean {
    try {
      new Webhook(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // cut off on the way: it never came
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
    const body = Buffer.concat(chunks).toString('utf8');
    this.received.push({ id: headers['webhook-id'] ?? '', path: request.url ?? '', body, headers });
    const answering = this.answers.get(request.url ?? '') ?? this.answers.get('*') ?? 'takes';
    if (answering === 'hangs') return;
    // What a receiver says may quote the address, and may be long: nothing of it may be kept.
    const words = answering === 'takes' ? '' : `${request.url} is not well. `.repeat(10_000);
    response.writeHead(statusOf[answering], { location: ELSEWHERE }).end(words);
  }
}
