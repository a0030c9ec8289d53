import { isIP } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Attempts, endedBy } from '../attempts.js';
import { transportFault } from '../transport-fault.js';
import type { FeedTls } from './https-feed.js';
import type { FeedAnswer, FeedItem, FeedWay } from './port.js';

export interface SyslogFeedOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: FeedTls;
  /** What each message says that it comes from: a name of the installation, printable ASCII, 255 characters at most. */
  readonly hostname: string;
  /** How long one batch may take, from the resolving of the name until the receiver has closed its side. */
  readonly timeoutMs: number;
}

/** Log audit (RFC 5424, 6.2.1). */
const FACILITY = 13;
/** Syslog's severities by those of OCSF: informational, notice, warning, error, critical. */
const SEVERITIES: readonly number[] = [6, 6, 5, 4, 3, 2];
const APP_NAME = 'kiroku';
/** A receiver has nothing to say (RFC 5425); one that says more than this is not one. */
const LARGEST_ANSWER = 16 * 1024;

/**
 * One event as a syslog message (RFC 5424) with its length before it (RFC 5425, 4.3). The JSON is ASCII with escapes: a
 * message of no declared encoding, which needs no byte order mark before the brace that receivers look for.
 */
export function syslogFrame({ code, loggedAt, severity, json }: FeedItem, hostname: string): string {
  const priority = FACILITY * 8 + (SEVERITIES[severity] ?? SEVERITIES[0] ?? 6);
  const message = `<${priority}>1 ${loggedAt} ${hostname} ${APP_NAME} - ${code} - ${asciiOf(json)}`;
  return `${message.length} ${message}`;
}

/** Every code unit beyond ASCII as `\uXXXX`: in JSON they stand in strings only. */
const asciiOf = (json: string): string =>
  json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Batches as syslog over TLS (RFC 5425), one connection a batch: it is closed from this side, and the batch counts as
 * taken once the receiver has closed its own. To reply to our close_notify (RFC 5425, 4.4) it has to have read
 * everything before it. What it does with it nobody says: syslog has no acknowledgement.
 */
export class SyslogFeed implements FeedWay {
  readonly acknowledges = false;
  private readonly attempts: Attempts;

  constructor(private readonly options: SyslogFeedOptions) {
    this.attempts = new Attempts(options.timeoutMs);
  }

  send(items: readonly FeedItem[]): Promise<FeedAnswer> {
    const frames = items.map((item) => syslogFrame(item, this.options.hostname)).join('');
    const ended: FeedAnswer = { state: 'later', why: 'timeout', retryAfterMs: null };
    return this.attempts.run((signal) => this.attempt(frames, signal), ended);
  }

  close(): Promise<void> {
    return this.attempts.close();
  }

  private async attempt(frames: string, signal: AbortSignal): Promise<FeedAnswer> {
    try {
      await this.deliver(frames, signal);
      return { state: 'taken' };
    } catch (error) {
      const why = signal.aborted ? endedBy(signal) : transportFault((error as NodeJS.ErrnoException).code);
      return { state: 'later', why, retryAfterMs: null };
    }
  }

  /** Resolves once the receiver has closed its side after ours; rejects when the connection ends in any other way. */
  private deliver(frames: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.connection());
      const stop = (): void => void socket.destroy(new Error('the attempt was ended'));
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      let said = false;
      let read = false;
      socket.once('secureConnect', () => socket.end(frames, () => (said = true)));
      socket.once('end', () => {
        if (said) read = true;
        // Whatever the receiver has read, it was not everything.
        else socket.destroy(new Error('the receiver closed before everything was said'));
      });
      socket.once('error', reject);
      socket.once('close', () => {
        signal.removeEventListener('abort', stop);
        if (read) resolve();
        else reject(new Error('the receiver closed before it had read everything'));
      });
      hearOut(socket);
    });
  }

  private connection(): ConnectionOptions {
    const { host, port, tls } = this.options;
    const { ca, certificate, key } = tls;
    return {
      host,
      port,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      // Names only: RFC 6066, 3 allows no addresses there. Addresses are looked for in the certificate all the same.
      ...(isIP(host) ? {} : { servername: host }),
      ...(ca === undefined ? {} : { ca }),
      ...(certificate === undefined ? {} : { cert: certificate }),
      ...(key === undefined ? {} : { key }),
    };
  }
}

/** Reads what a receiver says for as long as it may be nothing: unread, it would never be seen to close. */
function hearOut(socket: TLSSocket): void {
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER) socket.destroy(new Error('the receiver talks'));
  });
}
