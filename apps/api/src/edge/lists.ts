import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import { Problem, problem } from '../problems/problem.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The largest body of the route in bytes, where it takes more than a command: a list. */
    readonly largestBody?: number;
    /** The list among the fields of its body, and the most items that it may have. */
    readonly longestList?: { readonly field: string; readonly items: number };
    /** The route takes a file of CSV and nothing else. */
    readonly csvFile?: true;
  }
}

/** A file of CSV as it was sent; the text is null where it is not UTF-8. A byte order mark is not part of it. */
export class CsvFile {
  constructor(readonly text: string | null) {}

  static of(bytes: Buffer): CsvFile {
    try {
      return new CsvFile(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      return new CsvFile(null);
    }
  }
}

/** The media type of a file (RFC 7111), with whatever parameters. */
const CSV = /^text\/csv\s*(?:;|$)/i;

/** Lets lists through to the routes that say so in their configuration, as JSON or as a file, and to no other. */
export function acceptLists(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    const { largestBody } = route.config ?? {};
    if (largestBody !== undefined) route.bodyLimit = largestBody;
  });
  // What is not called CSV is not looked at: read as JSON it would be malformed. What is wanted says the route, to whoever
  // may ask there.
  const otherwiseCalled = new WeakSet<object>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers, routeOptions } = request;
    if (routeOptions.config.csvFile && !CSV.test(headers['content-type'] ?? '')) {
      otherwiseCalled.add(request);
      headers['content-type'] = 'text/csv';
    }
    done();
  });
  // Before anybody looks at the items: reading each of the hundred thousand that fit into such a body would take seconds.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { longestList } = request.routeOptions.config;
    done(longestList && isLonger(request.body, longestList) ? tooLong(longestList.field) : undefined);
  });
  fastify.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (request, bytes, done) => {
    if (!request.routeOptions.config.csvFile && !request.is404) done(problem('media-type-unsupported'));
    else done(null, otherwiseCalled.has(request) ? undefined : CsvFile.of(bytes as Buffer));
  });
}

type LongestList = NonNullable<FastifyContextConfig['longestList']>;

function isLonger(body: unknown, { field, items }: LongestList): boolean {
  const list = (body as Readonly<Record<string, unknown>> | null | undefined)?.[field];
  return Array.isArray(list) && list.length > items;
}

const tooLong = (field: string): Problem =>
  new Problem([{ code: 'request-malformed' }, { code: 'field-malformed', field }]);
