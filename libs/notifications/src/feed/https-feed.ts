import { Agent, request } from 'node:https';
import { type Answer, answerTo, faultOfRequest, LARGEST_HEADERS } from '../answer.js';
import { Attempts, endedBy } from '../attempts.js';
import { type Lookup, systemLookup, targetOf } from '../target.js';
import type { FeedAnswer, FeedItem, FeedWay } from './port.js';

/** Whom the receiver is checked by, and who we say that we are: PEM. */
export interface FeedTls {
  /** Without it Node's own list. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
}

export interface HttpsFeedOptions {
  /** `https://…`; also inside: whoever writes the configuration owns the network. */
  readonly url: string;
  readonly tls: FeedTls;
  /** Asked before every batch, so that a token can be replaced; null where none goes along. Throws as it likes. */
  readonly token: () => string | null;
  /** How long one batch may take, from the resolving of the name to the answer. */
  readonly timeoutMs: number;
  readonly lookup?: Lookup;
}

/** What a bearer token may consist of (RFC 6750, 2.1); 4,096 characters at most. */
const TOKEN = /^[\w.~+/-]{1,4096}=*$/;

/** A token's file as it is written, line break and all; null for anything that is no token. */
export function bearerToken(text: string): string | null {
  const token = text.trim();
  return TOKEN.test(token) && token.length <= 4_096 ? token : null;
}

/** Too early, too long, too many: the receiver's moment, not its opinion. */
const MOMENTARY: ReadonlySet<number> = new Set([408, 425, 429]);

/** Batches as JSON arrays by POST. No redirects, no proxy, one connection a batch. */
export class HttpsFeed implements FeedWay {
  readonly acknowledges = true;
  private readonly agent: Agent;
  private readonly attempts: Attempts;

  constructor(private readonly options: HttpsFeedOptions) {
    const { ca, certificate, key } = options.tls;
    this.agent = new Agent({
      keepAlive: false,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
    });
    this.attempts = new Attempts(options.timeoutMs);
  }

  async send(items: readonly FeedItem[]): Promise<FeedAnswer> {
    let token: string | null;
    try {
      token = this.options.token();
    } catch {
      return { state: 'refused', why: 'token-unreadable' };
    }
    const ended: FeedAnswer = { state: 'later', why: 'timeout', retryAfterMs: null };
    return this.attempts.run((signal) => this.attempt(items, token, signal), ended);
  }

  close(): Promise<void> {
    return this.attempts.close();
  }

  private async attempt(
    items: readonly FeedItem[],
    token: string | null,
    signal: AbortSignal,
  ): Promise<FeedAnswer> {
    const { url, lookup = systemLookup } = this.options;
    try {
      const target = await targetOf(url, true, lookup, signal);
      if (target?.url.protocol !== 'https:') return { state: 'refused', why: 'target-forbidden' };
      const body = `[${items.map(({ json }) => json).join(',\n')}]`;
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'Kiroku',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      const outgoing = request(target.url, {
        method: 'POST',
        headers,
        lookup: target.lookup,
        agent: this.agent,
        signal,
        maxHeaderSize: LARGEST_HEADERS,
      });
      return meaningOf(await answerTo(outgoing, body));
    } catch (error) {
      const why = signal.aborted ? endedBy(signal) : faultOfRequest(error as NodeJS.ErrnoException);
      return { state: 'later', why, retryAfterMs: null };
    }
  }
}

function meaningOf({ status, retryAfter }: Answer): FeedAnswer {
  if (status >= 200 && status < 300) return { state: 'taken' };
  if (status === 413) return { state: 'too-large' };
  const retryAfterMs = millisecondsOf(retryAfter);
  if (MOMENTARY.has(status)) return { state: 'later', why: 'busy', retryAfterMs };
  if (status >= 500) return { state: 'later', why: 'server-error', retryAfterMs };
  return { state: 'refused', why: status >= 300 && status < 400 ? 'redirect' : 'refused' };
}

/** Retry-After as seconds (RFC 9110, 10.2.3). As a date it would need the receiver's clock to be right: not asked. */
const millisecondsOf = (retryAfter: string | null): number | null =>
  retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : null;
