import { accept, type Decision, reasons, refuse } from '../kernel/decision.js';
import { byResidentCode, isResidentCode } from '../kernel/identity.js';
import { isPlainText, LONGEST_REASON } from '../kernel/text.js';
import type { SearchEvent } from './inquiry.events.js';

/** A security officer searches the trail; viewing is an event (decision 19). */
export interface SearchTrail {
  readonly search: string;
  readonly operator: string;
  /** The filters as given, but for the resident; sealed. */
  readonly filters: { readonly [name: string]: string | number | boolean | null };
  readonly from: string | null;
  readonly until: string | null;
  /** The resident whose provisions are looked for, or null. */
  readonly residentCode: string | null;
  /** Why; sealed. */
  readonly reason: string;
}

const isInstant = (value: string): boolean => !Number.isNaN(Date.parse(value));

/** Puts the search on record, or says what is wrong with it. */
export function searchTrail(command: SearchTrail): Decision<SearchEvent> {
  const { from, until, residentCode, reason } = command;
  const against = reasons(
    !isPlainText(reason, LONGEST_REASON) && { code: 'search-reason-missing', field: 'reason' },
    from !== null && !isInstant(from) && { code: 'search-range-malformed', field: 'from' },
    until !== null && !isInstant(until) && { code: 'search-range-malformed', field: 'until' },
    from !== null &&
      until !== null &&
      Date.parse(from) >= Date.parse(until) && { code: 'search-range-malformed', field: 'until' },
    residentCode !== null &&
      !isResidentCode(residentCode) && { code: 'check-digit-wrong', field: 'residentCode' },
  );
  if (against.length) return refuse(...against);
  return accept({
    type: 'TrailSearched',
    data: {
      search: command.search,
      operator: command.operator,
      filters: command.filters,
      subjects: residentCode === null ? [] : [byResidentCode(residentCode)],
      reason,
    },
  });
}

/** Every code with which a search is refused. */
export const searchRefusals = [
  'search-reason-missing',
  'search-range-malformed',
  'check-digit-wrong',
] as const;
