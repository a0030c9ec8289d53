import type { Type } from '@nestjs/common';
import { HEADERS_METADATA, METHOD_METADATA } from '@nestjs/common/constants.js';
import type { Action } from '#domain';
import { ACTION, AT_TERMINAL, INITIAL_PIN, PUBLIC } from '../edge/caller.js';

/** A route as its controller declares it. */
export interface Route {
  /** `InquiriesController_make`. */
  readonly name: string;
  readonly controller: string;
  readonly isPublic: boolean;
  readonly atTerminal: boolean;
  readonly withInitialPin: boolean;
  /** It answers with a page for people, its problems too. */
  readonly isPage: boolean;
  /** The media type of its answer, where that is not JSON. */
  readonly media: string | null;
  /** The row of the role table; null where a session is enough. */
  readonly action: Action | null;
  /** The class that its body follows; null where it takes none. */
  readonly dto: Type<object> | null;
}

export const routeName = (controller: string, method: string): string => `${controller}_${method}`;

export const routesOf = (controllers: readonly Type<object>[]): readonly Route[] =>
  controllers.flatMap((controller) => {
    const prototype = controller.prototype as Readonly<Record<string, unknown>>;
    return Object.getOwnPropertyNames(prototype).flatMap((method) => {
      const handler = prototype[method];
      const isRoute = typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler);
      return isRoute ? [routeOf(controller, prototype, method, handler)] : [];
    });
  });

function routeOf(controller: Type<object>, prototype: object, method: string, handler: object): Route {
  const marked = (mark: string): boolean =>
    [handler, controller].some((target) => Reflect.getMetadata(mark, target) === true);
  const headers = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as {
    readonly name: string;
    readonly value: unknown;
  }[];
  const type = headers.find(({ name }) => name === 'content-type')?.value;
  const media = typeof type === 'string' ? (type.split(';')[0] ?? null) : null;
  const taken = (Reflect.getMetadata('design:paramtypes', prototype, method) ?? []) as Type<object>[];
  return {
    name: routeName(controller.name, method),
    controller: controller.name,
    isPublic: marked(PUBLIC),
    atTerminal: marked(AT_TERMINAL),
    withInitialPin: marked(INITIAL_PIN),
    isPage: media === 'text/html',
    media,
    action: (Reflect.getMetadata(ACTION, handler) as Action | undefined) ?? null,
    dto: taken.find(({ name }) => name.endsWith('Dto')) ?? null,
  };
}
