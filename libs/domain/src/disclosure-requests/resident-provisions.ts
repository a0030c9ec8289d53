import { accept, type Decision, reasons, refuse } from '../kernel/decision.js';
import { byResidentCode, isResidentCode } from '../kernel/identity.js';
import { againstOpen, type DisclosureRequestState } from './disclosure-request.js';
import type { DisclosureRequestEvent, ProvisionFormat } from './disclosure-request.events.js';
import { because } from './refusals.js';

/** Codes that one resident may have had before; a code changes on request, and hardly twice. */
export const MOST_FORMER_CODES = 10;

/**
 * Looks under one request: far more than one answer takes, and a bound on its stream. Whoever needs more ends the request
 * and registers it anew.
 */
export const MOST_LOOKS = 100;

/** A security officer lists for a resident who was given the resident's data, when and why. */
export interface ShowResidentProvisions {
  readonly listing: string;
  readonly operator: string;
  /** That whoever asks is the resident, or may ask for the resident. */
  readonly requesterChecked: boolean;
  readonly residentCode: string;
  /** Codes that the resident had before the code was changed: data was provided under them, too. */
  readonly formerResidentCodes: readonly string[];
  readonly format: ProvisionFormat;
}

/** Every code of the resident, each once. */
export const codesOfResident = ({
  residentCode,
  formerResidentCodes,
}: Pick<ShowResidentProvisions, 'residentCode' | 'formerResidentCodes'>): readonly string[] => [
  ...new Set([residentCode, ...formerResidentCodes]),
];

/** Puts the look on record under a request that is open, or says why there is none. */
export function decideShowResidentProvisions(
  state: DisclosureRequestState,
  command: ShowResidentProvisions,
): Decision<DisclosureRequestEvent> {
  const closed = againstOpen(state);
  if (closed || state.state !== 'open') return refuse(...reasons(closed));
  if (state.looks >= MOST_LOOKS) return refuse(because('disclosure-looks-too-many', 'disclosureRequest'));
  const { listing, operator, residentCode, formerResidentCodes, format } = command;
  const against = reasons(
    !command.requesterChecked && because('disclosure-requester-unchecked', 'requesterChecked'),
    !isResidentCode(residentCode) && because('check-digit-wrong', 'residentCode'),
    !formerResidentCodes.every(isResidentCode) && because('check-digit-wrong', 'formerResidentCodes'),
    formerResidentCodes.length > MOST_FORMER_CODES && because('former-codes-too-many', 'formerResidentCodes'),
  );
  if (against.length) return refuse(...against);
  const { disclosureRequest } = state;
  return accept<DisclosureRequestEvent>({
    type: 'ResidentProvisionsShown',
    data: {
      disclosureRequest,
      listing,
      operator,
      format,
      subjects: codesOfResident(command).map(byResidentCode),
    },
  });
}
