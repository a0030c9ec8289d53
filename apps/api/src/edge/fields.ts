import { ValidateBy, ValidateIf, type ValidationOptions } from 'class-validator';
import { isTokyoDay, isWellFormedText } from '#domain';

/**
 * A field that may be left out. Null is not "left out": where leaving out means more (all purposes, any terminal), a
 * null by mistake must not mean it too.
 */
export const Omittable = (): PropertyDecorator => ValidateIf((_body, value) => value !== undefined);

/** Text without half a character: canonical JSON could not hold it, and nothing could be recorded. */
export const IsText = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy({ name: 'isText', validator: { validate: isWellFormedText } }, options);

/** Such text of at most `longest` UTF-16 units, or null; not to be left out. */
export const IsTextOrNull = (longest: number): PropertyDecorator =>
  ValidateBy({
    name: 'isTextOrNull',
    constraints: [longest],
    validator: {
      validate: (value) => value === null || (isWellFormedText(value) && value.length <= longest),
    },
  });

const INSTANT = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
const EARLIEST = Date.UTC(1970, 0, 1);
const END = Date.UTC(10_000, 0, 1);

/**
 * An instant of RFC 3339: a real day, a time, and a zone (a local time means something else on every machine). Years
 * 1970 to 9999: the strings of others do not sort in time.
 */
export function isInstant(value: unknown): value is string {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  if (!match || !isTokyoDay(match[1])) return false;
  const time = Date.parse(value as string);
  return time >= EARLIEST && time < END;
}

export const IsInstant = (): PropertyDecorator =>
  ValidateBy({ name: 'isInstant', validator: { validate: isInstant } });
