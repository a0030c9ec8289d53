import {
  fiscalYear,
  tokyoDay,
  type EventDefinition,
  type EventDraft,
  type Json,
  type Lifetime,
  type SubjectIdentifier,
} from '#domain';
import { canonical } from './canonical.js';
import { EntryText } from './entry-text.js';
import type { StoreKey } from './store-key.js';

/** What a field will be sealed under: the inquiry's data key, or a key of the key store. */
export type FieldKey = 'data-key' | StoreKey;

/** A field on its way into a box. Subject identifiers become text only when their key is at hand. */
export interface SecretField {
  readonly field: string;
  readonly key: FieldKey;
  readonly content:
    | { readonly text: string }
    | { readonly subjects: readonly SubjectIdentifier[]; readonly year: number };
}

/** A draft that was checked and sorted by lifetime: nothing about it can fail any more but a key. */
export interface PreparedDraft {
  readonly draft: EventDraft;
  readonly text: EntryText;
  readonly clear: { readonly [field: string]: Json };
  /** `clear` as canonical text. */
  readonly data: string;
  readonly secrets: readonly SecretField[];
}

const trailKey = (year: number): StoreKey => ({ kind: 'trail', id: String(year) });
export const subjectKey = (year: number): StoreKey => ({ kind: 'subject', id: String(year) });

/**
 * Sorts the fields of a draft by their declared lifetime (decision 9). Throws `TypeError` for an unknown type or
 * version, for a field without a lifetime (it would be stored in clear for ever), and for malformed text.
 */
export function prepareDraft(
  draft: EventDraft,
  catalogue: Readonly<Record<string, EventDefinition>>,
): PreparedDraft {
  const definition = Object.hasOwn(catalogue, draft.type) ? catalogue[draft.type] : undefined;
  if (!definition) throw new TypeError('the type of an event is not in the catalogue');
  if (draft.v !== definition.version) {
    throw new TypeError(`${draft.type} is written at version ${definition.version}`);
  }
  const lifetimes = definition.lifetimes as Readonly<Record<string, Lifetime>>;
  const clear: Record<string, Json> = {};
  const secrets: SecretField[] = [];
  for (const [field, value] of Object.entries(draft.data)) {
    const lifetime = Object.hasOwn(lifetimes, field) ? lifetimes[field] : undefined;
    if (lifetime === undefined) throw new TypeError(`a field of ${draft.type} declares no lifetime`);
    if (value === undefined) continue;
    if (lifetime === 'clear') clear[field] = value as Json;
    else secrets.push(prepareField(draft, field, lifetime, value));
  }
  return { draft, text: new EntryText(draft), clear, data: canonical(clear, draft.type), secrets };
}

function prepareField(
  draft: EventDraft,
  field: string,
  lifetime: Exclude<Lifetime, 'clear'>,
  value: unknown,
): SecretField {
  const what = `${field} of ${draft.type}`;
  // Made for subjects, too: it proves that they are well-formed before any key is made.
  const text = canonical(value, what);
  if (lifetime === 'identity') return { field, key: 'data-key', content: { text } };
  if (typeof lifetime !== 'string') {
    return { field, key: personKey(draft, lifetime.person), content: { text } };
  }
  const year = yearOf(draft);
  if (lifetime === 'trail') return { field, key: trailKey(year), content: { text } };
  return { field, key: trailKey(year), content: { subjects: subjectsIn(value, what), year } };
}

/** The fiscal year (April to March, Tokyo) of the event's business time. */
function yearOf(draft: EventDraft): number {
  if (Number.isNaN(Date.parse(draft.at))) throw new TypeError(`the time of ${draft.type} is not an instant`);
  return fiscalYear(tokyoDay(draft.at));
}

function personKey(draft: EventDraft, field: string): StoreKey {
  const id = (draft.data as Record<string, unknown>)[field];
  if (typeof id !== 'string' || id === '' || !id.isWellFormed()) {
    throw new TypeError(`${field} of ${draft.type} names no person`);
  }
  return { kind: 'person', id };
}

function subjectsIn(value: unknown, what: string): readonly SubjectIdentifier[] {
  const isSubject = (item: unknown): item is SubjectIdentifier => {
    const { kind, value: text } = (item ?? {}) as Partial<SubjectIdentifier>;
    return (kind === 'resident-code' || kind === 'name-birth-date') && typeof text === 'string';
  };
  if (!Array.isArray(value) || !value.every(isSubject)) {
    throw new TypeError(`${what} is not a list of subject identifiers`);
  }
  return value;
}
