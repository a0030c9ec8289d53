import { isWellFormedText } from './identity.js';
import { isFitForClear } from './text.js';

/** Longer than any agency's references; a longer one never reaches the agreement's own pattern. */
const MAX_CASE_REFERENCE = 64;

/**
 * Whether the reference, whole, matches the pattern of its affair; without a pattern none does. Only then may it be
 * kept in clear. A pattern that does not compile throws: the agreement should never have been concluded with it.
 */
export function isCaseReference(
  caseReference: string,
  affair: string,
  casePatterns: Readonly<Record<string, string>>,
): boolean {
  const pattern = Object.hasOwn(casePatterns, affair) ? casePatterns[affair] : undefined;
  if (!pattern || caseReference.length > MAX_CASE_REFERENCE) return false;
  // A clear field, and a pattern may be wide: half a character would pass a dot, and then no entry could be written;
  // and a pattern of digits may admit a resident code that concluding the agreement did not think of.
  if (!isWellFormedText(caseReference) || !isFitForClear(caseReference)) return false;
  // The match is compared with the whole, because a pattern such as `A)|(?:B` would step out of the anchors.
  return new RegExp(`^(?:${pattern})$`, 'u').exec(caseReference)?.[0] === caseReference;
}
