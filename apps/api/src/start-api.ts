import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import type { Registry } from '#registry';
import { type Configuration, type OnFatal, openRooms, quietLogger, registryOf, type Rooms } from '#wiring';
import { AppModule, controllers } from './app.module.js';
import { boundConnections, connectionBounds, requestBounds } from './edge/bounds.js';
import type { EdgeRequest } from './edge/caller.js';
import { acceptEmptyForms } from './edge/empty-form.js';
import { hangingUp } from './edge/hang-up.js';
import { acceptLists } from './edge/lists.js';
import { ApiMetrics, serveMetrics } from './metrics/metrics.js';
import { openApi } from './openapi/document.js';
import { OpenApiDocument } from './openapi/openapi.controller.js';
import { problem } from './problems/problem.js';
import { answerUnreadableUrl } from './problems/problem.filter.js';

/** Larger than any command (names and addresses of 200 code points), smaller than an attack. */
const BODY_LIMIT = 64 * 1024;
/** Objects and lists inside each other; the deepest command has three. */
const BODY_DEPTH = 8;
/** Members and items in all, at any depth; the longest command (service hours with 400 closed days) has some 700. */
const BODY_VALUES = 1_000;
/** What a list that a route takes may add for each of its items: the item, its fields, and one that is wrong. */
const VALUES_OF_ITEM = 6;

export interface RunningApi {
  readonly app: NestFastifyApplication;
  readonly rooms: Rooms;
  readonly url: string;
  readonly metricsUrl: string;
  close(): Promise<void>;
}

/** Starts the api in this process. `registry` stands in for the configured provider in benchmarks. */
export async function startApi(
  configuration: Configuration,
  onFatal: OnFatal,
  registry: Registry = registryOf(configuration),
): Promise<RunningApi> {
  const rooms = await openRooms(configuration, 'api', onFatal);
  try {
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.with(rooms, registry),
      adapterOf(configuration),
      {
        logger: quietLogger(configuration.logLevel),
        abortOnError: false,
        bodyParser: false, // Nest would read forms as well; Fastify's own reads JSON, and refuses `__proto__`
      },
    );
    const metrics = new ApiMetrics(rooms);
    observe(app, metrics);
    const hangUp = hangingUp(app);
    boundConnections(app);
    acceptLists(app);
    acceptOnlyJson(app);
    acceptEmptyForms(app);
    await app.register(helmet, {
      contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } },
    });
    app.get(OpenApiDocument).document = openApi(app, controllers);
    await app.listen(configuration.port, configuration.host);
    const listener = await serveMetrics(metrics, configuration.metricsPort);
    const { port } = app.getHttpServer().address() as AddressInfo;
    return {
      app,
      rooms,
      url: `https://${configuration.host}:${port}`,
      metricsUrl: `http://127.0.0.1:${listener.port}/metrics`,
      close: async () => {
        hangUp();
        await listener.close();
        await app.close();
      },
    };
  } catch (error) {
    await registry.close();
    await rooms.close();
    throw error;
  }
}

/**
 * HTTPS that asks for a client certificate and lets the guard judge it (annex 2, 2(2)): officers have none, and a
 * terminal with a bad one gets a reasoned problem instead of a broken handshake.
 */
function adapterOf({ tlsKey, tlsCertificate, tlsClientCa }: Configuration): FastifyAdapter {
  return new FastifyAdapter({
    ...requestBounds,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: 'idle',
    // What comes over a connection from before is answered like anything else: rooms close after the last answer. Fastify's
    // own refusal would be no problem of ours (RFC 9457), and in no language.
    return503OnClosing: false,
    frameworkErrors: answerUnreadableUrl,
    https: {
      ...connectionBounds,
      key: readFileSync(tlsKey),
      cert: readFileSync(tlsCertificate),
      ca: readFileSync(tlsClientCa),
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
    },
  } as never);
}

/** Gives each request its correlation id, and logs and measures the answer: the route's pattern, never the URL. */
function observe(app: NestFastifyApplication, metrics: ApiMetrics): void {
  const log = new Logger('http');
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const correlation = uuidv7();
    (request as EdgeRequest).correlation = correlation;
    void reply.header('x-correlation-id', correlation).header('cache-control', 'no-store');
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime);
    log.log({
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      correlation: (request as EdgeRequest).correlation,
    });
    done();
  });
}

/**
 * Bodies are JSON objects, no deeper than any command, because what reads them is recursive and would run out of stack, and with
 * no more in them, because it reasons about each value: a body of brackets alone would keep it for a second. A field named
 * as every object's own (`toString`) is refused here, because class-validator takes it for a known one.
 */
function acceptOnlyJson(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { body, routeOptions } = request;
    const items = routeOptions.config.longestList?.items ?? 0;
    const readable =
      body === undefined || (isObject(body) && isReadable(body, BODY_VALUES + VALUES_OF_ITEM * items));
    done(readable ? undefined : problem('request-malformed'));
  });
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isReadable(body: object, mostValues: number): boolean {
  let values = 0;
  const isWithin = (value: unknown, levels: number): boolean => {
    if (typeof value !== 'object' || value === null) return true;
    const parts = Object.entries(value);
    values += parts.length;
    return (
      levels > 0 &&
      values <= mostValues &&
      parts.every(([name, part]) => !(name in Object.prototype) && isWithin(part, levels - 1))
    );
  };
  return isWithin(body, BODY_DEPTH);
}
