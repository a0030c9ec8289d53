/**
 * Stand-in for the provider's online search server: HTTPS with mutual TLS, the message format of
 * libs/registry/MESSAGE-FORMAT.md, synthetic residents, and faults on request.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { FRESHNESS_MS, INQUIRY_PATH, MAX_MESSAGE_BYTES, MESSAGE_MEDIA_TYPE, type LinkKeys } from '#registry';
import { parseBehaviour, toBehaviour, type Behaviour, type Mode } from './behaviour.js';
import { MessageDesk, type DeskRefusal } from './message-desk.js';
import { Provider, type Statistics } from './provider.js';
import { Residents } from './residents.js';

/** One thing that happened, without personal data: what a log may keep (decision 20). */
export interface SimulatorEvent {
  readonly event: 'answered' | 'refused' | 'behaviour' | 'stranger' | 'failed';
  readonly inquiry?: string;
  readonly outcome?: string;
  readonly mode?: Mode;
}

export interface SimulatorOptions {
  /** Port on 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /** The server's key and certificate, and the authorities of client certificates; PEM. */
  readonly tlsKey: string;
  readonly tlsCertificate: string;
  readonly tlsTrustAnchors: string;
  /**
   * The recipients' client certificates, lower-case hex SHA-256 of DER. The authority vouches for terminals too,
   * and those are nobody to the provider. Undefined: any certificate of the authority.
   */
  readonly clients?: readonly string[];
  readonly linkKeys: LinkKeys;
  /** The register, or what to make it from. 100,000 residents of seed 1 by default. */
  readonly residents?: Residents | { readonly seed: number; readonly count: number };
  /** Real time in milliseconds since the epoch; `Date.now` by default. */
  readonly now?: () => number;
  /** How far a client's clock may be off, in milliseconds; 60,000 by default. */
  readonly freshnessMs?: number;
  readonly log?: (event: SimulatorEvent) => void;
}

export interface Simulator {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly port: number;
  readonly residents: Residents;
  /** Behaves so from the next message on. */
  behave(wanted: Mode | Behaviour): void;
  behaviour(): Behaviour;
  statistics(): Statistics;
  /** Ends the server and every connection, answered or not. Safe to call twice. */
  stop(): Promise<void>;
}

const REFUSAL_STATUS: Readonly<Record<DeskRefusal, number>> = {
  malformed: 400,
  'not-authentic': 401,
  replayed: 409,
};

/** Starts a simulator; resolved once it listens. Rejects when the port is taken or a PEM is unreadable. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const residents =
    options.residents instanceof Residents
      ? options.residents
      : new Residents(options.residents?.seed ?? 1, options.residents?.count ?? 100_000);
  const reception = new Reception(options, new Provider(residents));
  const server = createServer(
    {
      key: options.tlsKey,
      cert: options.tlsCertificate,
      ca: options.tlsTrustAnchors,
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => void reception.receive(request, response),
  );
  // Somebody without an acceptable certificate: refused by TLS, worth a line in the log.
  server.on('tlsClientError', () => options.log?.({ event: 'stranger' }));
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    residents,
    behave: (wanted) => reception.behave(toBehaviour(wanted)),
    behaviour: () => reception.behaviour,
    statistics: () => reception.provider.statistics(),
    stop: () => stop(server, reception),
  };
}

async function stop(server: Server, reception: Reception): Promise<void> {
  reception.cancelDelays();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** HTTP: who is asking, which door, and how the answer leaves (or does not). */
class Reception {
  behaviour: Behaviour = { mode: 'normal' };
  private readonly desk: MessageDesk;
  private readonly delays = new Set<NodeJS.Timeout>();

  constructor(
    private readonly options: SimulatorOptions,
    readonly provider: Provider,
  ) {
    const { linkKeys, now = Date.now, freshnessMs = FRESHNESS_MS } = options;
    this.desk = new MessageDesk(provider, linkKeys, now, freshnessMs);
  }

  behave(behaviour: Behaviour): void {
    this.behaviour = behaviour;
    this.desk.startAfresh();
    this.options.log?.({ event: 'behaviour', mode: behaviour.mode });
  }

  cancelDelays(): void {
    for (const delay of this.delays) clearTimeout(delay);
  }

  /** Handles one request; never rejects. */
  async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      if (!this.knows(request.socket as TLSSocket)) {
        this.options.log?.({ event: 'stranger' });
        return status(response, 403);
      }
      const route = `${request.method} ${request.url}`;
      if (route === `POST /${INQUIRY_PATH}`) return await this.inquire(request, response);
      if (route === 'PUT /simulator/behaviour') return await this.change(request, response);
      if (route === 'GET /simulator/statistics') return json(response, this.provider.statistics());
      status(response, 404);
    } catch {
      // The client went away in the middle, or a fault of ours. The error may quote the question: not logged.
      this.options.log?.({ event: 'failed' });
      response.destroy();
    }
  }

  private knows(socket: TLSSocket): boolean {
    const certificate = socket.getPeerX509Certificate();
    if (!socket.authorized || !certificate) return false;
    const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
    return this.options.clients?.includes(fingerprint) ?? true;
  }

  private async inquire(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { behaviour } = this;
    if (behaviour.mode === 'refuse') return status(response, 503);
    const message = await readText(request);
    if (message === null) return status(response, 413);
    const reply = await this.desk.take(message, behaviour.mode);
    if (!reply.ok) {
      this.options.log?.({ event: 'refused', outcome: reply.refusal });
      return status(response, REFUSAL_STATUS[reply.refusal]);
    }
    const { inquiry, outcome } = reply;
    this.options.log?.({ event: 'answered', inquiry, outcome, mode: behaviour.mode });
    this.send(response, reply.message, behaviour);
  }

  private async change(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = parseBehaviour(parseJson(await readText(request)));
    if (!behaviour) return status(response, 400);
    this.behave(behaviour);
    json(response, behaviour);
  }

  /** Lets the answer out the way the behaviour wants. */
  private send(response: ServerResponse, message: string, behaviour: Behaviour): void {
    const { mode } = behaviour;
    if (mode === 'silent') return; // the socket stays open until the client or `stop` ends it
    response.setHeader('content-type', MESSAGE_MEDIA_TYPE);
    if (mode === 'slow') return this.later(behaviour.delayMs, () => response.end(message));
    if (mode === 'drop') {
      response.setHeader('content-length', Buffer.byteLength(message));
      response.write(message.slice(0, message.length / 2), () => response.destroy());
      return;
    }
    if (mode === 'oversize') response.write(message.slice(0, 1)); // chunked: its length is not announced
    response.end(mode === 'oversize' ? message.slice(1) : message);
  }

  private later(delayMs: number, act: () => void): void {
    const delay = setTimeout(() => {
      this.delays.delete(delay);
      act();
    }, delayMs);
    this.delays.add(delay);
  }
}

const status = (response: ServerResponse, code: number): void => {
  response.writeHead(code, { 'content-length': 0 }).end();
};

const json = (response: ServerResponse, value: object): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

/** The body, or null when it is larger than a message may be. */
async function readText(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_MESSAGE_BYTES) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_MESSAGE_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
