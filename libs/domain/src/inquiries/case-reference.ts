import type { Refusal } from '../kernel/decision.js';
import { isWellFormedText } from '../kernel/identity.js';
import { affairOf } from '../kernel/purpose.js';
import { isFitForClear } from '../kernel/text.js';

interface CaseCommand {
  readonly purpose: string;
  readonly caseReference: string;
}

interface CaseStanding {
  /** Patterns of case references by affair. */
  readonly casePatterns: Readonly<Record<string, string>>;
}

/** What stands against the case reference: an inquiry that names no case is refused (art. 1). */
export function caseReferenceRefusal(command: CaseCommand, standing: CaseStanding): Refusal | null {
  if (!command.caseReference) return { code: 'case-reference-missing', field: 'caseReference' };
  if (matchesCasePattern(command, standing)) return null;
  return { code: 'case-reference-malformed', field: 'caseReference' };
}

/** Longer than any agency's references; a longer one never reaches the agreement's own pattern. */
const MAX_CASE_REFERENCE = 64;

/**
 * Whether the reference, whole, matches the pattern of its affair; without a pattern none does. Only then may it be
 * kept in clear. A pattern that does not compile throws: the agreement should never have been concluded with it.
 */
export function matchesCasePattern(
  { caseReference, purpose }: CaseCommand,
  { casePatterns }: CaseStanding,
): boolean {
  const pattern = Object.hasOwn(casePatterns, affairOf(purpose))
    ? casePatterns[affairOf(purpose)]
    : undefined;
  if (!pattern || caseReference.length > MAX_CASE_REFERENCE) return false;
  // A clear field, and a pattern may be wide: half a character would pass a dot, and then no entry could be written;
  // and a pattern of digits may admit a resident code that concluding the agreement did not think of.
  if (!isWellFormedText(caseReference) || !isFitForClear(caseReference)) return false;
  // The match is compared with the whole, because a pattern such as `A)|(?:B` would step out of the anchors.
  return new RegExp(`^(?:${pattern})$`, 'u').exec(caseReference)?.[0] === caseReference;
}
