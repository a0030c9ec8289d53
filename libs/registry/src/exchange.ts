/**
 * One HTTP exchange over mutual TLS: a message out, a bounded body back. Knows nothing of what the messages say.
 */
import { Agent, request, type AgentOptions } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { AnswerFault } from '#domain';
import type { RegistryOptions } from './configuration.js';
import { INQUIRY_PATH, MAX_MESSAGE_BYTES, MESSAGE_MEDIA_TYPE } from './message.js';

/** A body of at most 32 KiB; or what went wrong, and whether sending again is safe (MESSAGE-FORMAT.md, "Retry"). */
export type Exchanged =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly fault: AnswerFault; readonly retryable: boolean };

/** What a status other than 200 says. The body of such an answer is not sealed, and never read. */
const STATUS_FAULTS: Readonly<Record<number, AnswerFault>> = {
  401: 'not-authentic',
  403: 'not-authentic',
  409: 'replayed',
  429: 'unreachable',
  502: 'unreachable',
  503: 'unreachable',
  504: 'unreachable',
};

const failed = (fault: AnswerFault, retryable = false): Exchanged => ({ ok: false, fault, retryable });

/** The channel to one provider. */
export class Channel {
  private readonly target: URL;
  private readonly kept: Agent;
  private readonly fresh: Agent;

  constructor(options: RegistryOptions) {
    this.target = new URL(INQUIRY_PATH, options.url.endsWith('/') ? options.url : `${options.url}/`);
    const tls: AgentOptions = {
      key: options.tlsKey,
      cert: options.tlsCertificate,
      ca: options.tlsTrustAnchors,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: true,
      ...(options.serverName === undefined ? {} : { servername: options.serverName }),
    };
    this.kept = new Agent({ ...tls, keepAlive: true, maxSockets: options.connections ?? 64 });
    this.fresh = new Agent({ ...tls, keepAlive: false });
  }

  /**
   * Sends one message and reads the body that answers it. Never rejects. `connection`: a kept-alive one if there
   * is one, or (for a retry) one of its own, since a second kept one may be as dead as the first.
   */
  exchange(message: string, signal: AbortSignal, connection: 'kept' | 'fresh'): Promise<Exchanged> {
    return new Promise((resolve) => {
      const outgoing = request(this.target, {
        method: 'POST',
        agent: connection === 'kept' ? this.kept : this.fresh,
        headers: {
          'content-type': MESSAGE_MEDIA_TYPE,
          accept: MESSAGE_MEDIA_TYPE,
          'content-length': Buffer.byteLength(message),
        },
        maxHeaderSize: 8192,
        signal,
      });
      const stage = watch(outgoing);
      // A promise settles once: an error after the answer, or a second answer, changes nothing.
      outgoing.once('response', (response) => void readBody(response, signal).then(resolve));
      outgoing.on('error', (error) => resolve(failure(error, outgoing, stage, signal)));
      outgoing.end(message);
    });
  }

  close(): void {
    this.kept.destroy();
    this.fresh.destroy();
  }
}

/** How far an exchange got. */
interface Stage {
  /** The TLS handshake is done, so bytes of the message may have left. */
  secured: boolean;
}

function watch(outgoing: ClientRequest): Stage {
  const stage: Stage = { secured: false };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) stage.secured = true;
    else socket.once('secureConnect', () => (stage.secured = true));
  });
  return stage;
}

function failure(error: Error, outgoing: ClientRequest, stage: Stage, signal: AbortSignal): Exchanged {
  if (signal.aborted) return failed('timeout');
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'HPE_HEADER_OVERFLOW') return failed('too-large');
  if (code.startsWith('HPE_')) return failed('malformed');
  // Somebody else than the provider is at that address: nothing was sent, and trying again will not help.
  if ((outgoing.socket as TLSSocket | null)?.authorizationError) return failed('not-authentic');
  return failed('unreachable', !stage.secured || outgoing.reusedSocket);
}

/** Reads at most 32 KiB; the first byte more ends the connection, so nothing piles up. */
async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<Exchanged> {
  const refuse = (fault: AnswerFault): Exchanged => {
    response.destroy();
    return failed(fault);
  };
  if (response.statusCode !== 200) return refuse(STATUS_FAULTS[response.statusCode ?? 0] ?? 'malformed');
  if (Number(response.headers['content-length'] ?? 0) > MAX_MESSAGE_BYTES) return refuse('too-large');
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_MESSAGE_BYTES) return refuse('too-large');
      chunks.push(chunk);
    }
  } catch {
    return failed(signal.aborted ? 'timeout' : 'unreachable');
  }
  return { ok: true, body: Buffer.concat(chunks).toString('latin1') };
}
