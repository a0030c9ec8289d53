import { isCaseReference } from '../kernel/case-reference.js';
import type { Refusal } from '../kernel/decision.js';
import { affairOf } from '../kernel/purpose.js';

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

/** Whether the reference matches the pattern of its affair (`isCaseReference`). */
export const matchesCasePattern = (
  { caseReference, purpose }: CaseCommand,
  { casePatterns }: CaseStanding,
): boolean => isCaseReference(caseReference, affairOf(purpose), casePatterns);
