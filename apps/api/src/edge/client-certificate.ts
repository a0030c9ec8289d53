import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';

/** The client certificate of a connection: lower-case hex SHA-256 of its DER, and whether our CA issued it. */
export interface ClientCertificate {
  readonly sha256: string;
  readonly authorized: boolean;
}

/** A handshake is verified once; requests on the same connection reuse the result. */
const known = new WeakMap<TLSSocket, ClientCertificate | null>();

/** The certificate that the connection showed, or null. Resumed TLS sessions show it as well. */
export function clientCertificate(request: FastifyRequest): ClientCertificate | null {
  const socket = request.raw.socket as TLSSocket;
  const cached = known.get(socket);
  if (cached !== undefined) return cached;
  const certificate = socket.getPeerX509Certificate?.();
  const found = certificate
    ? { sha256: createHash('sha256').update(certificate.raw).digest('hex'), authorized: socket.authorized }
    : null;
  known.set(socket, found);
  return found;
}
