import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { DeliveryFault } from '#domain';
import { endedBy } from './attempts.js';
import { failed } from './delivery.js';
import type { AlertMessage, Delivery } from './port.js';
import { type Lookup, systemLookup, type Target, targetOf } from './target.js';
import { transportFault } from './transport-fault.js';

/** How webhooks are signed, and where they may go. */
export interface WebhookOptions {
  /** The secret of one version of a contact: `whsec_` and the base64 of 24 to 64 bytes. */
  readonly secretOf: (contact: string, version: number) => string;
  /** Whether targets inside (private, loopback, link-local, …) are allowed, and http to this machine. */
  readonly privateTargets: boolean;
  /** The authorities that may vouch for receivers, PEM; without it Node's own list. */
  readonly ca?: string;
  /** How names are resolved; the machine's way if not given. */
  readonly lookup?: Lookup;
}

/** More of an answer than this is not waited for; nothing of it is looked at. */
const LARGEST_ANSWER = 16 * 1024;
const LARGEST_HEADERS = 8 * 1024;

/** Signed web requests (Standard Webhooks 1.0.0, symmetric). One connection an attempt, no redirects, no proxy. */
export class WebhookChannel {
  private readonly secure: HttpsAgent;
  private readonly plain = new HttpAgent({ keepAlive: false });

  constructor(private readonly options: WebhookOptions) {
    this.secure = new HttpsAgent({
      keepAlive: false,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
  }

  /** The webhook-id. */
  nameOf({ id }: AlertMessage): string {
    return id;
  }

  async attempt(address: string, message: AlertMessage, signal: AbortSignal): Promise<Delivery> {
    const { privateTargets, lookup = systemLookup } = this.options;
    const { id } = message;
    try {
      const target = await targetOf(address, privateTargets, lookup, signal);
      if (!target) return failed(id, 'target-forbidden');
      const status = await this.post(target, message, signal);
      if (status >= 200 && status < 300) return { delivered: true, message: id };
      return failed(id, faultOfStatus(status), status === 410);
    } catch (error) {
      return failed(id, signal.aborted ? endedBy(signal) : faultOfError(error as NodeJS.ErrnoException));
    }
  }

  /** Posts the message and gives the status of the answer, once the answer is over or long enough. */
  private post({ url, lookup }: Target, message: AlertMessage, signal: AbortSignal): Promise<number> {
    const body = JSON.stringify(message.payload);
    const options = {
      method: 'POST',
      headers: this.headers(message, body),
      lookup,
      signal,
      maxHeaderSize: LARGEST_HEADERS,
    };
    return new Promise((resolve, reject) => {
      const outgoing: ClientRequest =
        url.protocol === 'https:'
          ? httpsRequest(url, { ...options, agent: this.secure })
          : httpRequest(url, { ...options, agent: this.plain });
      let answered = false;
      outgoing.once('response', (response) => {
        // The status is the whole answer. The rest is read for the receiver's sake: a connection that is cut may take
        // with it what the receiver has not read yet.
        answered = true;
        const settle = (): void => resolve(response.statusCode ?? 0);
        void drain(response).then(settle, settle);
      });
      // Without this a 101 would end in nothing at all, neither an answer nor an error.
      outgoing.once('upgrade', ({ statusCode }, socket) => {
        socket.destroy();
        resolve(statusCode ?? 0);
      });
      outgoing.on('error', (error) => {
        if (!answered) reject(error);
      });
      outgoing.end(body);
    });
  }

  private headers(message: AlertMessage, body: string): Record<string, string | number> {
    const at = new Date();
    const secret = this.options.secretOf(message.contact, message.version);
    return {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'Kiroku',
      'webhook-id': message.id,
      // Of this attempt, real time: receivers refuse what is more than five minutes off.
      'webhook-timestamp': Math.floor(at.getTime() / 1_000),
      'webhook-signature': new Webhook(secret).sign(message.id, at, body),
    };
  }
}

async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER) return;
  }
}

function faultOfStatus(status: number): DeliveryFault {
  if (status === 410) return 'gone';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 400 && status < 500 ? 'refused' : 'server-error';
}

/** Something that answers, but not in HTTP, is a server in disorder. */
const faultOfError = ({ code }: NodeJS.ErrnoException): DeliveryFault =>
  code?.startsWith('HPE_') ? 'server-error' : transportFault(code);
