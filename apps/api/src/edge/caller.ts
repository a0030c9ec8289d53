import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Action, Role } from '#domain';
import type { CommandContext } from '#application';
import type { Session } from '#operations';

/** Who is asking: found out by the guard, handed to controllers by `@Caller()`. */
export interface Caller {
  readonly session: Session;
  readonly operator: string;
  /** The registered terminal whose certificate the connection shows; null without one. */
  readonly terminal: string | null;
  readonly roles: readonly Role[];
  /** The row of the role table that let them through; null where a session is enough. */
  readonly action: Action | null;
  readonly context: CommandContext;
}

/** What the edge keeps with a request. */
export interface EdgeRequest extends FastifyRequest {
  correlation?: string;
  caller?: Caller;
}

export const Caller = createParamDecorator((_data: unknown, host: ExecutionContext): Caller => {
  const { caller } = host.switchToHttp().getRequest<EdgeRequest>();
  if (!caller) throw new Error('a route without @Public() was reached without a caller');
  return caller;
});

export const PUBLIC = 'kiroku:public';
export const ACTION = 'kiroku:action';
export const AT_TERMINAL = 'kiroku:at-terminal';
export const INITIAL_PIN = 'kiroku:initial-pin';

/** No session is needed: sign-in, /livez, /readyz, /openapi.json. Everything else needs one. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
/** The row of the role table that allows this route. */
export const Requires = (action: Action): MethodDecorator => SetMetadata(ACTION, action);
/** The connection must show the certificate of a registered terminal, the one the session was opened at. */
export const AtTerminal = (): MethodDecorator => SetMetadata(AT_TERMINAL, true);
/** Allowed while the PIN is still the initial one. */
export const WithInitialPin = (): MethodDecorator => SetMetadata(INITIAL_PIN, true);
