import { accept, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { byResidentCode, isResidentCode } from '../kernel/identity.js';
import { isFitForClear, isPlainText } from '../kernel/text.js';
import { addDays, isTokyoDay, tokyoDay, type TokyoDay } from '../kernel/tokyo.js';
import type { ProvisionFormat, ResidentProvisionsEvent } from './resident-provisions.events.js';

/** Every code with which the list of a resident's provisions is refused. */
export const residentProvisionsRefusals = [
  'disclosure-reference-malformed',
  'disclosure-requester-unchecked',
  'disclosure-received-malformed',
  'check-digit-wrong',
  'former-codes-too-many',
] as const;
export type ResidentProvisionsRefusal = (typeof residentProvisionsRefusals)[number];

const because = (code: ResidentProvisionsRefusal, field: string): Refusal<ResidentProvisionsRefusal> => ({
  code,
  field,
});

/** In code points. */
const LONGEST_REFERENCE = 64;
/** Codes that one resident may have had before; a code changes on request, and hardly twice. */
export const MOST_FORMER_CODES = 10;
/** Days for an answer, the day of receipt counted. */
const ANSWERED_WITHIN = 30;

/** A security officer lists for a resident who was given the resident's data, when and why. */
export interface ShowResidentProvisions {
  readonly listing: string;
  readonly operator: string;
  /** Number under which the agency keeps the request: 1 to 64 code points, a digit among them, no identifier. */
  readonly reference: string;
  /** That whoever asks is the resident, or may ask for the resident. */
  readonly requesterChecked: boolean;
  readonly receivedOn: TokyoDay;
  readonly residentCode: string;
  /** Codes that the resident had before the code was changed: data was provided under them, too. */
  readonly formerResidentCodes: readonly string[];
  readonly format: ProvisionFormat;
  /** Business time, UTC. */
  readonly now: string;
}

/** The last day for an answer to what was received on `day`: the thirtieth, counting that day. */
export const disclosureDueOn = (day: TokyoDay): TokyoDay => addDays(day, ANSWERED_WITHIN - 1);

/** Every code of the resident, each once. */
export const codesOfResident = ({
  residentCode,
  formerResidentCodes,
}: Pick<ShowResidentProvisions, 'residentCode' | 'formerResidentCodes'>): readonly string[] => [
  ...new Set([residentCode, ...formerResidentCodes]),
];

const isReference = (value: string): boolean =>
  isPlainText(value, LONGEST_REFERENCE) && isFitForClear(value) && /\p{Nd}/u.test(value);

/** Puts the look on record, or says why there is none. */
export function decideShowResidentProvisions(
  command: ShowResidentProvisions,
): Decision<ResidentProvisionsEvent> {
  const { listing, operator, reference, receivedOn, residentCode, formerResidentCodes, format, now } =
    command;
  const against = reasons(
    !isReference(reference) && because('disclosure-reference-malformed', 'reference'),
    !command.requesterChecked && because('disclosure-requester-unchecked', 'requesterChecked'),
    !(isTokyoDay(receivedOn) && receivedOn <= tokyoDay(now)) &&
      because('disclosure-received-malformed', 'receivedOn'),
    !isResidentCode(residentCode) && because('check-digit-wrong', 'residentCode'),
    !formerResidentCodes.every(isResidentCode) && because('check-digit-wrong', 'formerResidentCodes'),
    formerResidentCodes.length > MOST_FORMER_CODES && because('former-codes-too-many', 'formerResidentCodes'),
  );
  if (against.length) return refuse(...against);
  return accept<ResidentProvisionsEvent>({
    type: 'ResidentProvisionsShown',
    data: {
      listing,
      operator,
      reference,
      receivedOn,
      dueOn: disclosureDueOn(receivedOn),
      format,
      subjects: codesOfResident(command).map(byResidentCode),
    },
  });
}
