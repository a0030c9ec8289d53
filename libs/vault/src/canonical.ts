/**
 * The RFC 8785 text of a JSON value. Throws `TypeError` for what JSON cannot hold or would silently change:
 * lone surrogates, NaN and infinities, functions, symbols, big integers, objects with `toJSON`. `undefined`
 * members of objects are left out. Messages name `what`, never a value (decision 20).
 *
 * The RFC asks for strings and numbers as ECMAScript's `JSON.stringify` writes them (3.2.2.2, 3.2.2.3), no whitespace
 * (3.2.1), and members sorted by the UTF-16 code units of their names (3.2.3), which is how `sort` compares; that is all
 * there is to it. Written here, checked on the way, because it is a good part of the cost of sealing; the specification
 * holds it against `canonicalize`.
 */
export function canonical(value: unknown, what: string): string {
  switch (typeof value) {
    case 'string':
      return text(value, what);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${what} holds a number that is not finite`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? list(value, what) : members(value, what);
    default:
      throw new TypeError(`${what} holds a ${typeof value}, which JSON does not have`);
  }
}

function text(value: string, what: string): string {
  if (!value.isWellFormed()) throw new TypeError(`${what} holds a lone surrogate`);
  return JSON.stringify(value);
}

/** A loop, and not `map`, which would leave a hole as it is. */
function list(values: readonly unknown[], what: string): string {
  const items: string[] = [];
  for (const item of values) items.push(canonical(item, what));
  return `[${items.join(',')}]`;
}

function members(value: object, what: string): string {
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    throw new TypeError(`${what} holds an object that is not plain JSON`);
  }
  const written: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    const label = text(name, what);
    if (member !== undefined) written.push(`${label}:${canonical(member, what)}`);
  }
  return `{${written.join(',')}}`;
}
