import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const SECOND = 1_000;

/** How long a connection may be silent between two requests; between handshake and first request it is the time for a request. */
const KEEP_ALIVE_MS = 60 * SECOND;
/** How long a request may take to arrive, body included: who sends a byte now and then must not hold a connection. */
const REQUEST_MS = 30 * SECOND;
const CHECKED_EVERY_MS = 10 * SECOND;
const HANDSHAKE_MS = 10 * SECOND;

/** Connections at once; more are closed unanswered. An agency has hundreds of terminals, and each keeps one or two. */
export const MOST_CONNECTIONS = 2_000;

/** Fastify's own options. */
export const requestBounds = { requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS } as const;

/** Options of the TLS server underneath. */
export const connectionBounds = {
  handshakeTimeout: HANDSHAKE_MS,
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: CHECKED_EVERY_MS,
} as const;

/** What neither takes as an option. */
export function boundConnections(app: NestFastifyApplication): void {
  app.getHttpServer().maxConnections = MOST_CONNECTIONS;
}
