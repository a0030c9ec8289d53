import { reasons, type Refusal } from './decision.js';
import { isTokyoDay, tokyoDay, type TokyoDay } from './tokyo.js';

/** What is wrong with the first day of a version: it must be a real one, and nothing is decided in retrospect. */
export const firstDayFaults = (day: unknown, now: string): Refusal[] =>
  isTokyoDay(day)
    ? reasons(day < tokyoDay(now) && { code: 'effective-from-past', field: 'effectiveFrom' })
    : [{ code: 'effective-from-malformed', field: 'effectiveFrom' }];

/** The version in force on a day: the latest that has begun; of two with the same first day the later decided. */
export const inForceOn = <V extends { readonly effectiveFrom: TokyoDay }>(
  versions: readonly V[],
  day: TokyoDay,
): V | null =>
  versions.reduce<V | null>(
    (latest, version) =>
      version.effectiveFrom <= day && (!latest || version.effectiveFrom >= latest.effectiveFrom)
        ? version
        : latest,
    null,
  );
