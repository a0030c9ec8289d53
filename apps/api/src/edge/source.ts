import type { FastifyRequest } from 'fastify';
import { clientCertificate } from './client-certificate.js';

/** Where a request came from before an identity is known: the certificate shown, else the network address. Sealed when stored. */
export function sourceOf(request: FastifyRequest): string {
  const certificate = clientCertificate(request);
  return certificate
    ? `certificate:${certificate.sha256.slice(0, 32)}`
    : `address:${request.socket.remoteAddress ?? 'unknown'}`;
}
