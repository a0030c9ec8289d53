import { type Buffer, isUtf8 } from 'node:buffer';
import type { Entry } from '#domain';

const TEXTS = ['id', 'type', 'stream', 'at', 'agreement', 'correlation'] as const;
/** Fields that a name misspelt here would make the compiler refuse. */
const asEntry = (value: object): { readonly [K in keyof Entry]?: unknown } => value;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The event's id, when the bytes are the JSON of a sealed event; otherwise what is wrong with them. */
export type EntryForm = { readonly id: string } | { readonly problem: string };

/** Looks at form only; what the events say is the business of who replays them. */
export function entryForm(bytes: Buffer): EntryForm {
  // Decoding would put replacement characters where the bytes are not UTF-8, and the JSON might pass.
  if (!isUtf8(bytes)) return { problem: 'the entry is not UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    return { problem: 'the entry is not JSON' };
  }
  if (!isObject(value)) return { problem: 'the entry is not a JSON object' };
  const entry = asEntry(value);
  const missing = TEXTS.find((field) => typeof entry[field] !== 'string' || entry[field] === '');
  if (missing !== undefined) return { problem: `the entry has no ${missing}` };
  if (!Number.isInteger(entry.v)) return { problem: 'the entry has no version' };
  if (!isObject(entry.actor) || !isObject(entry.data))
    return { problem: 'the entry has no actor or no data' };
  return { id: entry.id as string };
}
