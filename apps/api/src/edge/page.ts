import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Problem } from '../problems/problem.js';

/** How many rows a page of a list has unless told otherwise; as text, as a query gives it. */
export const DEFAULT_LIMIT = '50';
const MAX_LIMIT = 500;

/** The query of a list that is read page by page: `limit` and `cursor`. */
export const Paged = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
      description: 'Default 50.',
    }),
    ApiQuery({
      name: 'cursor',
      required: false,
      schema: { type: 'string' },
      description: '`next` of an earlier page.',
    }),
  );

/** The number of rows asked for, 1 to 500; a problem for anything else. */
export function limitOf(limit: string): number {
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > MAX_LIMIT)
    throw new Problem([{ code: 'request-malformed' }, { code: 'field-malformed', field: 'limit' }]);
  return Number(limit);
}
