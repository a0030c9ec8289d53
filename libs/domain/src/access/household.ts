import { accept, type Decision, reasons, refuse } from '../kernel/decision.js';
import { foldText } from '../kernel/identity.js';
import { hasRepeats, isFitForClear, isPlainText } from '../kernel/text.js';
import type { OperatorEvent, Side } from './access.events.js';
import type { OperatorState } from './operator.js';
import { because } from './refusals.js';

/** How many names a household may have. */
export const MOST_OF_HOUSEHOLD = 20;
const LONGEST_NAME = 200;
/** A letter of any script, or a character of the register that Unicode does not have. */
const LETTER = /[\p{L}\p{Co}]/u;

/** An operator's household (世帯), as the person declared it to the agency. */
export interface DeclareHousehold {
  /**
   * Whole names in the register's own characters, family name first; at most 20, none twice. Replaces the former list;
   * empty for nobody.
   */
  readonly names: readonly string[];
  /** Operator id of the terminal manager who puts it on record. */
  readonly by: string;
  /** The manager's side. */
  readonly side: Side;
}

/** What people are called: text without anything unseen, with a letter in it and no number of a resident. */
const isPlausibleName = (name: string): boolean =>
  isPlainText(name, LONGEST_NAME) && isFitForClear(name) && LETTER.test(name);

/**
 * Puts the names of an operator's household on record, so that inquiries about one of them are looked at: nobody handles
 * the affairs of their own family. Only of the recipient's people, for nobody else asks the register; and by somebody
 * else, because whoever leaves a name out is who gains by it.
 */
export function decideDeclareHousehold(
  state: OperatorState,
  { names, by, side }: DeclareHousehold,
): Decision<OperatorEvent> {
  if (state.state === 'none') return refuse(because('operator-missing', 'operator'));
  const { operator } = state;
  const isWellFormed =
    names.length <= MOST_OF_HOUSEHOLD && names.every(isPlausibleName) && !hasRepeats(names.map(foldText));
  const faults = reasons(
    by === operator && because('household-of-declarer'),
    (state.side !== 'recipient' || side !== 'recipient') && because('household-of-provider'),
    !isWellFormed && because('household-malformed', 'names'),
  );
  if (faults.length) return refuse(...faults);
  return accept<OperatorEvent>({ type: 'HouseholdDeclared', data: { operator, names } });
}
