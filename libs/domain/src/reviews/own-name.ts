import { foldText } from '../kernel/identity.js';

/** How a resident's name meets that of the operator who asks: the operator's own, one of the household's, or the family's. */
export type NameMatch = 'self' | 'household' | 'family-name';

/** The operator's own name and those of the household, as declared to the agency. */
export interface OwnNames {
  readonly name: string;
  readonly household: readonly string[];
}

const SPACE = /[\s\u3000]+/u;

/**
 * Whether a name that was asked for or supplied is the operator's own (DOMAIN: "own family name"). Compared as
 * `foldText` folds. The family name is what stands before the first space; a resident's name without a space, or the
 * beginning of one, is held against it by its beginning. Variants of a character (渡邊, 渡辺) are different names here.
 */
export function nameMatch({ name, household }: OwnNames, resident: string): NameMatch | null {
  const folded = foldText(resident);
  if (folded === '') return null;
  if (folded === foldText(name)) return 'self';
  if (household.some((member) => foldText(member) === folded)) return 'household';
  const family = familyNameOf(name);
  if (family === null) return null;
  const residentFamily = familyNameOf(resident);
  const same = residentFamily === null ? folded.startsWith(family) : residentFamily === family;
  return same ? 'family-name' : null;
}

/** Null where the name has one part only. */
function familyNameOf(name: string): string | null {
  const [family = '', given] = name.trim().split(SPACE);
  return given === undefined ? null : foldText(family);
}
