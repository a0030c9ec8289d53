import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { problem } from '../problems/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is a page with a button: a browser posts an empty form to it. */
    readonly emptyForm?: true;
  }
}

/**
 * Lets an empty form through to the routes that say `emptyForm` in their configuration, and no form to any other: commands
 * are JSON. A form with something in it is refused unread, as any field is that a route does not know.
 */
export function acceptEmptyForms(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addContentTypeParser('application/x-www-form-urlencoded', (request, _payload, done) => {
    const { headers, routeOptions, is404 } = request;
    const empty = (headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined;
    if (!routeOptions.config.emptyForm && !is404) done(problem('media-type-unsupported'));
    else if (!empty && !is404) done(problem('request-malformed'));
    else done(null, undefined);
  });
}
