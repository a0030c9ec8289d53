import { reasons, type Refusal } from './decision.js';
import { holdsIdentifier, isWellFormedText } from './identity.js';

/** Longest reason or note that somebody may give, in code points. */
export const LONGEST_REASON = 1_000;

/** Well-formed text of at most `longest` code points; it may be blank. */
export const isTextWithin = (value: unknown, longest: number): value is string =>
  isWellFormedText(value) && Array.from(value).length <= longest;

/** What shows nothing by itself: blanks, controls, marks, and what Unicode would have ignored, the fillers of Hangul included. */
const BLANK = /[\p{White_Space}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Control characters, apart from the tab and the ends of lines. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/**
 * Text that somebody typed: well-formed, at most `longest` code points, no control characters, and something in it that
 * can be read. Characters outside Unicode, which travel as private-use code points, are read.
 */
export const isPlainText = (value: unknown, longest: number): value is string =>
  isTextWithin(value, longest) && !CONTROL.test(value) && value.replace(BLANK, '') !== '';

/** What nobody sees, or what makes a line look like another: control and format characters, line separators. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Whether a text may stand in a clear field, for ever: nothing unseen in it, and nothing that identifies a resident. */
export const isFitForClear = (value: string): boolean => !UNSEEN.test(value) && !holdsIdentifier(value);

/** What is wrong with the reason that somebody gives; reasons are sealed. */
export const reasonFaults = (reason: string): Refusal[] =>
  reasons(!isPlainText(reason, LONGEST_REASON) && { code: 'reason-malformed', field: 'reason' });

/** Whether a list names something twice. */
export const hasRepeats = (values: readonly string[]): boolean => new Set(values).size < values.length;
