import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { controllers } from '../../../apps/api/src/app.module.js';
import { ACTION, AT_TERMINAL, INITIAL_PIN, PUBLIC } from '../../../apps/api/src/edge/caller.js';
import type { Action } from '#domain';
import type { Person } from '../../harness/people.js';

type Method = 'get' | 'post' | 'put' | 'delete';

/** One route of the api, as its controller declares it. */
export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it: `/v1/grants/{grant}`. */
  readonly path: string;
  /** The same with parameters that name nothing. */
  readonly url: string;
  /** The row of the role table; null where a session is enough. */
  readonly action: Action | null;
  readonly isPublic: boolean;
  readonly atTerminal: boolean;
  readonly withInitialPin: boolean;
  /** The class that its body must follow; null where it takes none. */
  readonly dto: Dto | null;
}

export type Dto = new () => object;

/** A UUIDv7 of the distant past: of the right form wherever an id is asked for, and nothing's id. */
const NOTHING = '00000000-0000-7000-8000-000000000000';

type Handler = (...input: unknown[]) => unknown;

const marked = (mark: string, ...targets: readonly object[]): boolean =>
  targets.some((target) => Reflect.getMetadata(mark, target) === true);

function routeOf(controller: object, handler: Handler, dto: Dto | null): Route {
  const parts = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)];
  const pattern = `/${parts.map(String).join('/')}`.replaceAll(/\/+/g, '/').replace(/(.)\/$/, '$1');
  const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))] ?? 'none';
  return {
    method: method.toLowerCase() as Method,
    path: pattern.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}'),
    url: pattern.replaceAll(/:\w+|\*$/g, NOTHING),
    action: (Reflect.getMetadata(ACTION, handler) as Action | undefined) ?? null,
    isPublic: marked(PUBLIC, handler, controller),
    atTerminal: marked(AT_TERMINAL, handler, controller),
    withInitialPin: marked(INITIAL_PIN, handler, controller),
    dto,
  };
}

/** The DTO among a handler's parameters, as the compiler noted their types. */
function dtoOf(prototype: object, name: string): Dto | null {
  const parameters = (Reflect.getMetadata('design:paramtypes', prototype, name) ?? []) as readonly Dto[];
  return parameters.find((type) => type.name.endsWith('Dto')) ?? null;
}

/** Every route there is: read from the controllers, so that a new one is in every story that walks them. */
export const routes: readonly Route[] = controllers.flatMap((controller) => {
  const prototype = controller.prototype as unknown as Readonly<Record<string, unknown>>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const isRoute = typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler);
    return isRoute ? [routeOf(controller, handler as Handler, dtoOf(prototype, name))] : [];
  });
});

/** How stories name a route. */
export const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

/** Sends an empty request to a route. */
export function knock(person: Person, { method, url }: Route): ReturnType<Person['get']> {
  if (method === 'get' || method === 'delete') return person[method](url);
  return person[method](url, {});
}
