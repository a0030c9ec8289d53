import type { Entry, EventDefinition, EventHeader } from './event.js';
import { upcast, type Upcasters } from './upcast.js';

/** Reads an entry's text. The text itself stays what is stored and hashed; this is a view of it. */
export const parseEntry = (text: string): Entry => JSON.parse(text) as Entry;

/**
 * The recorded event that `evolve` and projections see: clear fields, lifted to the current schema version.
 * Throws for a type or a version this program does not know.
 */
export function recordedEvent(
  entry: Entry,
  definitions: Readonly<Record<string, EventDefinition>>,
  upcasters: Upcasters,
): EventHeader & { readonly data: object } {
  const definition = Object.hasOwn(definitions, entry.type) ? definitions[entry.type] : undefined;
  if (!definition) throw new Error(`event type ${entry.type} is not in the catalogue`);
  const { sealed: _sealed, keys: _keys, ...clear } = upcast(entry, definition.version, upcasters);
  return clear;
}
