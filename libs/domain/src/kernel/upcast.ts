import type { Entry } from './event.js';

/**
 * Lifts an entry of an old schema version by one version, in memory (decision 1: the stored bytes never change;
 * sealed fields are opened under their stored names first).
 */
export type Upcaster = (entry: Entry) => Entry;

/** Upcasters by event type; the one at index `n` lifts version `n + 1` to `n + 2`. */
export type Upcasters = Readonly<Record<string, readonly Upcaster[]>>;

/** An entry was written by a newer Kiroku than this one, or no step leads to the current version: refuse, rather than misread it. */
export class UnknownSchemaVersion extends Error {
  constructor(type: string, found: number, known: number) {
    super(`event ${type} has schema version ${found}, this program knows ${known}`);
    this.name = 'UnknownSchemaVersion';
  }
}

/** Lifts `entry` to `current`, one version at a time. */
export function upcast(entry: Entry, current: number, upcasters: Upcasters): Entry {
  if (entry.v > current) throw new UnknownSchemaVersion(entry.type, entry.v, current);
  let lifted = entry;
  const steps = Object.hasOwn(upcasters, entry.type) ? upcasters[entry.type] : undefined;
  while (lifted.v !== current) {
    const step = steps?.[lifted.v - 1];
    if (!step) throw new UnknownSchemaVersion(entry.type, entry.v, current);
    lifted = { ...step(lifted), v: lifted.v + 1 };
  }
  return lifted;
}
