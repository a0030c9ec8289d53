import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, pino } from 'pino';

/** The only fields that may reach a log (decision 20); anything else is dropped, whatever an object carries. */
const allowed = new Set([
  'abandonedInquiriesClosed',
  'checks',
  'code',
  'context',
  'correlation',
  'erasedCohorts',
  'erasureHeld',
  'erasurePaused',
  'error',
  'feed',
  'fence',
  'forged',
  'lease',
  'method',
  'ms',
  'place',
  'port',
  'process',
  'reply',
  'reviewsOpened',
  'route',
  'status',
  'task',
  'failedCohorts',
  'unverifiedCohorts',
  'verifiedCohorts',
  'why',
  'witness',
  'worker',
]);

const clean = (message: unknown): Record<string, unknown> => {
  if (typeof message !== 'object' || message === null) return {};
  return Object.fromEntries(Object.entries(message).filter(([name]) => allowed.has(name)));
};

/**
 * Nest's logger over pino: JSON lines on standard output, or `to` where it is given, with allowed fields only. Messages
 * that are text are Nest's own (module names, routes) and are dropped too, but for their context: text could hold anything.
 */
export function quietLogger(level: string, to?: DestinationStream): LoggerService {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, to);
  const contextOf = (rest: readonly unknown[]): object => {
    const context = rest.at(-1);
    return typeof context === 'string' && context.length < 40 && !context.includes('\n') ? { context } : {};
  };
  const at =
    (severity: 'info' | 'warn' | 'error' | 'debug') =>
    (message: unknown, ...rest: readonly unknown[]): void => {
      const fields = clean(message);
      if (Object.keys(fields).length || severity === 'error')
        logger[severity]({ ...contextOf(rest), ...fields });
    };
  return {
    log: at('info'),
    warn: at('warn'),
    error: at('error'),
    debug: at('debug'),
    verbose: at('debug'),
    fatal: at('error'),
  };
}
