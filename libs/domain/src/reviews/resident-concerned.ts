import { tokyoDay } from '../kernel/tokyo.js';
import type { Detector, Finding } from './detector.js';
import type { Observation } from './observation.js';
import type { DetectorName } from './review.events.js';

/** Rules that one inquiry alone can break: they remember nothing. */
type Nothing = null;

function ofOneInquiry(
  detector: DetectorName,
  { operator, inquiry, at }: Observation,
  once: string = inquiry,
  tokens: readonly string[] = [],
): Finding {
  const cause = `${detector}/${operator}/${once}`;
  const one = { inquiries: [inquiry], tokens, count: 1, threshold: 1, from: at, until: at };
  return { detector, operator, cause, ...one };
}

export interface OwnNameSettings {
  /** Whether the family name alone is enough. Common names make it loud: one review a day for each operator at most. */
  readonly familyName: boolean;
}

/** An operator's own name, one of the household's, or the family's: nobody handles their own affairs. */
export const ownName = ({ familyName }: OwnNameSettings): Detector<Nothing> => ({
  keysOf: (seen) => ('nameMatch' in seen && seen.nameMatch !== null ? [seen.operator] : []),
  initial: null,
  observe(state, seen) {
    const byFamily = 'nameMatch' in seen && seen.nameMatch === 'family-name';
    if (byFamily && !familyName) return { state, finding: null };
    const once = byFamily ? `family/${tokyoDay(seen.at)}` : seen.inquiry;
    return { state, finding: ofOneInquiry('own-name', seen, once) };
  },
});

/** A resident on the watch list of protected persons: every inquiry, whoever asks. */
export const watchedResident = (): Detector<Nothing> => ({
  keysOf: (seen) => ('tokens' in seen && seen.tokens.length > 0 ? [seen.operator] : []),
  initial: null,
  observe(state, seen, _key, { watched }) {
    const tokens = 'tokens' in seen ? seen.tokens.filter((token) => watched.has(token)) : [];
    if (tokens.length === 0) return { state, finding: null };
    return { state, finding: ofOneInquiry('watched-resident', seen, seen.inquiry, tokens) };
  },
});
