/**
 * Individual numbers (個人番号) are not allowed by this agreement. One that arrives anywhere in an answer is
 * discarded before anything else looks at the answer, and its arrival is reported (DOMAIN, "Identity information").
 */
import { isIndividualNumber } from '#domain';

/** Stands where a value was discarded, so that the schema can tell it from anything the provider wrote. */
export const discarded: unique symbol = Symbol('discarded');

/** Parsed JSON without individual numbers. */
export type Cleaned =
  | null
  | boolean
  | number
  | string
  | typeof discarded
  | readonly Cleaned[]
  | { readonly [field: string]: Cleaned };

const FIELD = 'individualNumber';

/** Answers are four levels deep; deeper than this is no answer, and would only exhaust the stack. */
const MAX_DEPTH = 64;

/** Full-width digits, spaces and hyphens do not hide a number. */
const looksLikeOne = (value: string | number): boolean =>
  isIndividualNumber(
    String(value)
      .normalize('NFKC')
      .replace(/[\s\p{Pd}\u2212]/gu, ''),
  );

/**
 * Discards every field named `individualNumber`, and every whole value that is an individual number by its twelve
 * digits and check digit. `found` says whether there was one; a field of that name holding null is none.
 */
export function discardIndividualNumbers(value: unknown): {
  readonly value: Cleaned;
  readonly found: boolean;
} {
  let found = false;
  const clean = (part: unknown, depth: number): Cleaned => {
    if (depth > MAX_DEPTH) return discarded;
    if (Array.isArray(part)) return part.map((item) => clean(item, depth + 1));
    if (typeof part === 'object' && part !== null) return cleanObject(part, depth);
    if ((typeof part === 'string' || typeof part === 'number') && looksLikeOne(part)) {
      found = true;
      return discarded;
    }
    return part as Cleaned; // JSON.parse makes nothing else
  };
  const cleanObject = (part: object, depth: number): Cleaned => {
    const kept = Object.entries(part).filter(([field, content]) => {
      const unwanted = field === FIELD || looksLikeOne(field);
      if (unwanted && content !== null) found = true;
      return !unwanted;
    });
    return Object.fromEntries(kept.map(([field, content]) => [field, clean(content, depth + 1)]));
  };
  const cleaned = clean(value, 0);
  return { value: cleaned, found };
}
