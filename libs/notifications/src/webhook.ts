import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { DeliveryFault } from '#domain';
import { answerTo, faultOfRequest, LARGEST_HEADERS } from './answer.js';
import { endedBy } from './attempts.js';
import { failed } from './delivery.js';
import type { AlertMessage, Delivery } from './port.js';
import { type Lookup, systemLookup, type Target, targetOf } from './target.js';

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
      return failed(id, signal.aborted ? endedBy(signal) : faultOfRequest(error as NodeJS.ErrnoException));
    }
  }

  /** Posts the message and gives the status of the answer, once the answer is over or long enough. */
  private async post({ url, lookup }: Target, message: AlertMessage, signal: AbortSignal): Promise<number> {
    const body = JSON.stringify(message.payload);
    const options = {
      method: 'POST',
      headers: this.headers(message, body),
      lookup,
      signal,
      maxHeaderSize: LARGEST_HEADERS,
    };
    const outgoing =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: this.secure })
        : httpRequest(url, { ...options, agent: this.plain });
    return (await answerTo(outgoing, body)).status;
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

function faultOfStatus(status: number): DeliveryFault {
  if (status === 410) return 'gone';
  if (status >= 300 && status < 400) return 'redirect';
  return status >= 400 && status < 500 ? 'refused' : 'server-error';
}
