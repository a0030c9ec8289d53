import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { refTo, type Schema, type Schemas } from './schema.js';

type Check = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Facts = Readonly<Record<string, unknown>>;

/** What the validator of a field says in a schema, by its name. Descriptions come from the comments, by the plugin. */
const factsOf: Readonly<Record<string, (first: unknown) => Facts>> = {
  isString: () => ({ type: 'string' }),
  isText: () => ({ type: 'string' }),
  isTextOrNull: (maxLength) => ({ type: ['string', 'null'], maxLength }),
  isInt: () => ({ type: 'integer' }),
  isBoolean: () => ({ type: 'boolean' }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isInstant: () => ({ type: 'string', format: 'date-time' }),
  isIso8601: () => ({ type: 'string', format: 'date-time' }),
  isIn: (values) => ({ type: 'string', enum: [...(values as readonly string[])] }),
  matches: (pattern) => ({ type: 'string', pattern: (pattern as RegExp).source }),
  maxLength: (maxLength) => ({ maxLength }),
  minLength: (minLength) => ({ minLength }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayMinSize: (minItems) => ({ minItems }),
  isArray: () => ({ type: 'array' }),
};

/**
 * Completes the schemas of `dto`, and of what it holds, from the validators that really judge it. The build's plugin
 * gives descriptions; where there was none (under Jest) the schemas are complete but for those.
 */
export function describeBody(dto: Type<object>, schemas: Schemas): void {
  const checks = getMetadataStorage().getTargetValidationMetadatas(dto, '', true, false);
  const names = [...new Set(checks.map(({ propertyName }) => propertyName))];
  const known = (schemas[dto.name] ?? {}) as { properties?: Schemas; description?: string };
  const properties = names.map((name) => {
    const own = checks.filter(({ propertyName }) => propertyName === name);
    return [name, { ...known.properties?.[name], ...fieldOf(dto, name, own, schemas) }] as const;
  });
  const required = names.filter(
    (name) => !checks.some((check) => check.propertyName === name && omits(check)),
  );
  schemas[dto.name] = {
    ...known,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length ? { required } : {}),
    additionalProperties: false,
  } as Schema;
}

const omits = ({ type }: Check): boolean => type === 'conditionalValidation';

function fieldOf(dto: Type<object>, name: string, checks: readonly Check[], schemas: Schemas): Facts {
  const facts = (each: boolean): Facts =>
    Object.assign(
      {},
      ...checks
        .filter((check) => check.each === each)
        .map((check) => factsOf[check.name ?? '']?.(check.constraints?.[0])),
    ) as Facts;
  const isList = facts(false)['type'] === 'array';
  const nested = checks.some(({ type }) => type === 'nestedValidation');
  if (!nested) return isList ? { ...facts(false), items: facts(true) } : facts(false);
  const held = heldIn(dto, name);
  describeBody(held, schemas);
  return isList ? { ...facts(false), items: refTo(held.name) } : { ...refTo(held.name) };
}

/** The class that a nested field is read as: asked of the transformer itself. */
function heldIn(dto: Type<object>, name: string): Type<object> {
  const read = plainToInstance(dto, { [name]: [{}] }) as Readonly<Record<string, readonly object[]>>;
  return read[name]?.[0]?.constructor as Type<object>;
}
