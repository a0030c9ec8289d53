import type { FastifyRequest } from 'fastify';
import { clientCertificate } from './client-certificate.js';

/**
 * Where a request came from before an identity is known: the certificate that our authority issued, else the network
 * address. Anybody can make any number of other certificates, and would be as many sources. Sealed when stored.
 */
export function sourceOf(request: FastifyRequest): string {
  const certificate = clientCertificate(request);
  return certificate?.authorized
    ? `certificate:${certificate.sha256.slice(0, 32)}`
    : `address:${request.socket.remoteAddress ?? 'unknown'}`;
}
