import type { EventHeader } from '../kernel/event.js';
import { isWellFormedText } from '../kernel/identity.js';
import { isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import { reasons, type Refusal } from '../kernel/decision.js';
import { because } from './refusals.js';

/** Longest reason that somebody may give, in code points. */
export const LONGEST_REASON = 1_000;

/** Text that somebody typed: well-formed, not blank, at most `longest` code points. */
export const isPlainText = (value: unknown, longest: number): value is string =>
  isWellFormedText(value) && value.trim() !== '' && Array.from(value).length <= longest;

/** The person who caused an event; null where the system did. Four eyes compare against this. */
export const personBehind = (event: EventHeader): string | null =>
  'operator' in event.actor ? event.actor.operator : null;

/** What is wrong with a first day: it must be a real one, and no right is given in retrospect. */
export const firstDayFaults = (day: unknown, now: string): Refusal[] =>
  isTokyoDay(day)
    ? reasons(day < tokyoDay(now) && because('effective-from-past', 'effectiveFrom'))
    : [because('effective-from-malformed', 'effectiveFrom')];

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

/** Whether a list names something twice. */
export const hasRepeats = (values: readonly string[]): boolean => new Set(values).size < values.length;
