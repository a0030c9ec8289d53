import { reasons, type Refusal } from '../kernel/decision.js';
import { isPurpose, type Purpose } from '../kernel/purpose.js';
import { hasRepeats } from '../kernel/text.js';
import { because } from './refusals.js';

/** What is wrong with a list of purposes: empty, not of schedule 1, or naming one twice. */
export const purposeFaults = (purposes: readonly Purpose[], field: string): Refusal[] =>
  reasons(
    purposes.length === 0 && because('purposes-empty', field),
    !purposes.every(isPurpose) && because('purpose-unlisted', field),
    hasRepeats(purposes) && because('purpose-repeated', field),
  );
