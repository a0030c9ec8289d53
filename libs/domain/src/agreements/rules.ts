import { reasons, type Refusal } from '../kernel/decision.js';
import type { EventHeader } from '../kernel/event.js';
import { isWellFormedText } from '../kernel/identity.js';
import { isPurpose, type Purpose } from '../kernel/purpose.js';
import { because } from './refusals.js';

/** Longest reason that somebody may give, in code points. */
const LONGEST_REASON = 1_000;

/** Text that somebody typed: well-formed, not blank, at most `longest` code points. */
export const isPlainText = (value: unknown, longest: number): value is string =>
  isWellFormedText(value) && value.trim() !== '' && Array.from(value).length <= longest;

export const reasonFaults = (reason: string): Refusal[] =>
  reasons(!isPlainText(reason, LONGEST_REASON) && because('reason-malformed', 'reason'));

/** What is wrong with a list of purposes: empty, not of schedule 1, or naming one twice. */
export const purposeFaults = (purposes: readonly Purpose[], field: string): Refusal[] =>
  reasons(
    purposes.length === 0 && because('purposes-empty', field),
    !purposes.every(isPurpose) && because('purpose-unlisted', field),
    hasRepeats(purposes) && because('purpose-repeated', field),
  );

/** Whether a list names something twice. */
export const hasRepeats = (values: readonly string[]): boolean => new Set(values).size < values.length;

/** The person who caused an event; null where the system did. Four eyes compare against this. */
export const personBehind = (event: EventHeader): string | null =>
  'operator' in event.actor ? event.actor.operator : null;
