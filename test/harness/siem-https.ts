import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { Siem, type SiemEvent, type SiemIdentity } from './siem.js';

/** What a receiver does with a batch that it has read, in place of its behaviour. */
export type SiemAnswer = (response: ServerResponse, events: readonly SiemEvent[]) => void;

/** A SIEM that takes JSON arrays over HTTPS. */
export class HttpsSiem extends Siem {
  /** The headers of each request, oldest first. */
  readonly headers: IncomingMessage['headers'][] = [];
  /** How many events each batch had that was taken, oldest first. */
  readonly batches: number[] = [];
  private answer: SiemAnswer | null = null;

  static async start(identity: SiemIdentity): Promise<HttpsSiem> {
    const siem = new HttpsSiem('https');
    await siem.open(identity);
    return siem;
  }

  /** What comes from here on is answered like this, and not taken; null ends it. */
  answerWith(answer: SiemAnswer | null): void {
    this.answer = answer;
  }

  /** Answers with a status, and headers if need be. */
  answerStatus(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.answerWith((response) => void response.writeHead(status, headers).end('somebody’s words'));
  }

  protected serve({ cert, key }: SiemIdentity, ca: string | null): Server {
    const mutual = ca === null ? {} : { ca, requestCert: true, rejectUnauthorized: true };
    return createServer({ cert, key, ...mutual }, (request, response) => void this.read(request, response));
  }

  private async read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.headers.push(request.headers);
    if (this.behaviour === 'cuts') return this.reset(request.socket.remotePort);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // cut off on the way: it never came
    }
    const events = JSON.parse(Buffer.concat(chunks).toString()) as SiemEvent[];
    if (this.behaviour === 'hangs') return this.hold();
    if (this.answer) return this.answer(response, events);
    this.arrived.push(...events);
    if (this.behaviour === 'forgets') return this.reset(request.socket.remotePort);
    this.batches.push(events.length);
    response.writeHead(200).end('{"ok":true}');
  }
}
