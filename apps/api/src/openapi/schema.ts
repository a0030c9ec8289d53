import type { OpenAPIObject } from '@nestjs/swagger';

export type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
/** A schema of OpenAPI 3.1, or a reference to one. */
export type Schema = Schemas[string];
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const uuid: Schema = { type: 'string', format: 'uuid' };
/** RFC 3339, UTC. */
export const instant: Schema = { type: 'string', format: 'date-time' };
/** A day in Tokyo. */
export const day: Schema = { type: 'string', format: 'date' };

export const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: [...values] });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const orNull = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });

/** An object with exactly the fields of `T`, all of them there: a field forgotten here does not compile. */
export const shapeOf =
  <T>() =>
  (properties: Readonly<Record<keyof T & string, Schema>>): Schema => ({
    type: 'object',
    properties: { ...properties },
    required: Object.keys(properties),
  });
