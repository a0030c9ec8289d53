import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { Refusal } from '#domain';
import { Problem } from '../problems/problem.js';

/** DTOs refuse only what cannot become a command (decision 17); every wrong field is named, none is quoted. */
export const validation = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new Problem([{ code: 'request-malformed' }, ...fieldsOf(errors, '')]),
  });

/**
 * A field that the route does not know could be named anything, a resident code included: its name is not repeated, only
 * where it is.
 */
const fieldsOf = (errors: readonly ValidationError[], path: string): Refusal[] =>
  errors.flatMap(({ property, constraints, children }) => {
    if (constraints?.['whitelistValidation'])
      return [{ code: 'field-unknown', ...(path ? { field: path } : {}) }];
    const field = path ? `${path}.${property}` : property;
    const own: Refusal[] = constraints ? [{ code: 'field-malformed', field }] : [];
    return [...own, ...fieldsOf(children ?? [], field)];
  });
