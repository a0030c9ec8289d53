import canonicalize from 'canonicalize';

/**
 * The RFC 8785 text of a JSON value. Throws `TypeError` for what JSON cannot hold or would silently change:
 * lone surrogates, NaN and infinities, functions, symbols, big integers, objects with `toJSON`. `undefined`
 * members of objects are left out. Messages name `what`, never a value (decision 20).
 *
 * Checked before it is written: an entry that does not parse would be in the log for ever.
 */
export function canonical(value: unknown, what: string): string {
  requireJson(value, what);
  // What RFC 8785 asks of a well-formed string is what the language writes.
  if (typeof value === 'string') return JSON.stringify(value);
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError(`${what} is undefined`);
  return text;
}

function requireJson(value: unknown, what: string): void {
  switch (typeof value) {
    case 'string':
      return requireWellFormed(value, what);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${what} holds a number that is not finite`);
      return;
    case 'boolean':
      return;
    case 'object':
      if (value !== null) requireMembers(value, what);
      return;
    default:
      throw new TypeError(`${what} holds a ${typeof value}, which JSON does not have`);
  }
}

function requireMembers(value: object, what: string): void {
  if (Array.isArray(value)) {
    for (const item of value) requireJson(item, what);
    return;
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw new TypeError(`${what} holds an object that is not plain JSON`);
  }
  for (const [key, member] of Object.entries(value)) {
    requireWellFormed(key, what);
    if (member !== undefined) requireJson(member, what);
  }
}

function requireWellFormed(text: string, what: string): void {
  if (!text.isWellFormed()) throw new TypeError(`${what} holds a lone surrogate`);
}
