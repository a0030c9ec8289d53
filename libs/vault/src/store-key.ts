import type { KeyKind } from './port.js';

/** A key of the key store. Its name is `<kind>/<id>`; an id may itself hold slashes (cohorts do). */
export interface StoreKey {
  readonly kind: KeyKind;
  readonly id: string;
}

const KINDS: ReadonlySet<string> = new Set<KeyKind>(['cohort', 'trail', 'subject', 'person', 'append']);

/** `trail/2026`, `person/<id>`, `cohort/<agreement>/<purpose>/<day>`: how sealed fields and errors name a key. */
export const keyName = ({ kind, id }: StoreKey): string => `${kind}/${id}`;

/** The key that a sealed field names, or null when it is not the name of a store key. */
export function parseKeyName(name: string): StoreKey | null {
  const slash = name.indexOf('/');
  const kind = name.slice(0, Math.max(slash, 0));
  const id = name.slice(slash + 1);
  return KINDS.has(kind) && id !== '' ? { kind: kind as KeyKind, id } : null;
}

/** Checks ids that came from outside the vault; throws `TypeError`. */
export function storeKeys(kind: KeyKind, ids: readonly string[]): readonly StoreKey[] {
  if (!KINDS.has(kind)) throw new TypeError('unknown kind of key');
  return [...new Set(ids)].map((id) => {
    if (typeof id !== 'string' || id === '' || !id.isWellFormed()) {
      throw new TypeError(`the id of a ${kind} key is a non-empty, well-formed string`);
    }
    return { kind, id };
  });
}
