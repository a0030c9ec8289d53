import { holdsIdentifier } from '../kernel/identity.js';
import { halfWidth } from './query-tokens.js';

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi;

/** Hides what matched under as many letters, so that places stay what they are. */
export const hidden = (match: string): string => 'x'.repeat(match.length);

/**
 * The text in half width, its ids hidden: they are digits in groups as well, and one in eleven would fit a check digit, so
 * the exact form of a UUID is passed over.
 */
export const withoutIds = (text: string): string => halfWidth(text).replace(UUID, hidden);

/** Whether a resident code or an individual number stands in it. */
export const holdsIdentifierBesidesIds = (text: string): boolean => holdsIdentifier(withoutIds(text));
