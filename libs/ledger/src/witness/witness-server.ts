import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseVerifierKey } from '../core/verifier-key.js';
import { Witness } from './witness.js';
import { witnessIdentity } from './witness-identity.js';
import { type Refusal, WitnessState } from './witness-state.js';

/** A note of sixteen of the longest signatures, and the longest proof: a quarter of this. */
const MOST_BYTES = 262_144;
const PATIENCE_MS = 10_000;
/** Each may hold a body in memory. More than a log and a proxy need, so that idle ones do not keep the log out at once. */
const MOST_CONNECTIONS = 256;
/** How often those that are too slow are looked for; Node's own is half a minute. */
const LOOK_MS = 2_000;

/**
 * Serves a witness: `POST /add-checkpoint` (C2SP tlog-witness) and `GET /metrics` (Prometheus text). `onError` is told
 * when the state fails; the asker then gets 500 and no cosignature.
 */
function witnessHandler(
  witness: Witness,
  state: WitnessState,
  onError: (error: Error) => void,
): RequestListener {
  return (request, response) => {
    answer(request, response, witness, state).catch((error: Error) => {
      onError(error);
      if (!response.headersSent) send(response, 500, 'the witness cannot keep its state\n');
      else response.destroy();
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  witness: Witness,
  state: WitnessState,
): Promise<void> {
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /metrics') return send(response, 200, metrics(witness, state));
  if (request.url !== '/add-checkpoint') return send(response, 404, 'there is only /add-checkpoint\n');
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    return send(response, 405, 'add-checkpoint is a POST\n');
  }
  const body = await bodyOf(request);
  // The asker went away: there is nobody to answer.
  if (body === undefined) return void response.destroy();
  if (body === null) {
    response.setHeader('connection', 'close');
    return send(response, 400, `the body is longer than ${MOST_BYTES} bytes\n`);
  }
  const { status, contentType, body: text } = witness.addCheckpoint(body);
  send(response, status, text, contentType);
}

/** The whole body; null when it is too long, undefined when the asker went away before its end. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | null | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    // Not destroyed when this stops early: the answer goes out on the same socket.
    for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes > MOST_BYTES) return null;
      parts.push(part);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

function metrics(witness: Witness, state: WitnessState): string {
  const kinds = ['fork', 'inconsistent'] as const;
  const refusals = state.refusals();
  const latest = state.all().map(({ checkpoint }) => checkpoint);
  const origins = new Set([...latest, ...refusals].map(({ origin }) => origin));
  return [
    '# TYPE kiroku_witness_checkpoint_size gauge',
    ...latest.map(({ origin, size }) => `kiroku_witness_checkpoint_size{origin="${label(origin)}"} ${size}`),
    '# TYPE kiroku_witness_refused gauge',
    ...[...origins].flatMap((origin) =>
      kinds.map((kind) => {
        const count = refusals.filter((refusal) => refusal.origin === origin && refusal.kind === kind).length;
        return `kiroku_witness_refused{origin="${label(origin)}",kind="${kind}"} ${count}`;
      }),
    ),
    '# TYPE kiroku_witness_answers_total counter',
    ...[...witness.answered].map(
      ([status, count]) => `kiroku_witness_answers_total{status="${status}"} ${count}`,
    ),
    '',
  ].join('\n');
}

const label = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

export interface WitnessOptions {
  /** Where the witness keeps its key, the latest checkpoints and what it refused; made when missing. */
  readonly directory: string;
  /** The name of its key, a URL without scheme; of the machine's name if left out at the first start. */
  readonly name?: string;
  /** Verifier keys of the logs that are witnessed. */
  readonly logKeys: readonly string[];
  /** 127.0.0.1 if left out. */
  readonly host?: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Milliseconds of real time; the system's clock if left out. */
  readonly realNow?: () => number;
  readonly onRefusal?: (refusal: Refusal, isNew: boolean) => void;
  readonly onError?: (error: Error) => void;
}

/** A witness that is listening. */
export interface RunningWitness {
  readonly verifierKey: string;
  /** `http://host:port`, the submission prefix. */
  readonly url: string;
  /** Everything ever refused that speaks against a log. */
  refusals(): readonly Refusal[];
  close(): Promise<void>;
}

/**
 * Starts a witness. Rejects with WitnessStateInUse, MalformedNote for a key that cannot be used, WitnessNameRefused,
 * LogInconsistent for a damaged state, and what `listen` fails with.
 */
export async function startWitness(options: WitnessOptions): Promise<RunningWitness> {
  const {
    directory,
    logKeys,
    host = '127.0.0.1',
    port,
    realNow = Date.now,
    onError = () => undefined,
  } = options;
  const logs = logKeys.map(parseVerifierKey);
  const state = WitnessState.open(directory);
  const server = createServer({
    requestTimeout: PATIENCE_MS,
    headersTimeout: PATIENCE_MS,
    connectionsCheckingInterval: LOOK_MS,
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    server.listen(port, host);
    await once(server, 'listening');
    // Not before it listens: a start that fails must not give the witness its name for ever. Nothing is read from a
    // connection until this turn is over.
    const { signer, logs: known } = witnessIdentity(directory, options.name, realNow, state.isFresh);
    state.holdTo(parseVerifierKey(signer.verifierKey), known);
    const refusing = options.onRefusal === undefined ? {} : { onRefusal: options.onRefusal };
    const witness = new Witness({ state, logs, signer, realNow, ...refusing });
    server.on('request', witnessHandler(witness, state, onError));
    const bound = (server.address() as AddressInfo).port;
    return {
      verifierKey: signer.verifierKey,
      url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
      refusals: () => state.refusals(),
      close: () => stop(server, state),
    };
  } catch (error) {
    await stop(server, state);
    throw error;
  }
}

async function stop(server: Server, state: WitnessState): Promise<void> {
  const closed = server.listening ? once(server, 'close') : null;
  server.close();
  server.closeAllConnections();
  await closed;
  state.close();
}
