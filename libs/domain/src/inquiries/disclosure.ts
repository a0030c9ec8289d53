import { accept, type Decision, reasons, refuseOnRecord, type Refusal } from '../kernel/decision.js';
import { isTextWithin, LONGEST_REASON } from '../kernel/text.js';
import { type DisclosureEvent, disclosureReasons, type DisclosureReason } from './inquiry.events.js';
import { type Inquiry, isExpired } from './inquiry.js';

/** Somebody wants to see a stored answer again (decision 19). */
export interface RequestDisclosure {
  readonly disclosure: string;
  readonly inquiry: string;
  readonly operator: string;
  readonly terminal: string;
  readonly reason: string;
  readonly note: string | null;
  /** Business time. */
  readonly now: string;
}

/** What the vault and the other streams say about it. */
export interface DisclosureStanding {
  /** Whether the identity data can still be opened. */
  readonly data: 'open' | 'erased';
  /**
   * A security officer may look for an audit or an incident, but never at an own inquiry; an operator only at an own
   * inquiry, from the same terminal, under a valid grant.
   */
  readonly securityOfficer: boolean;
  /** What stands against the operator's own access now; empty when it is valid. */
  readonly access: readonly Refusal[];
}

const OFFICER_REASONS: readonly DisclosureReason[] = ['audit', 'incident'];

/** Allows or denies the disclosure; both are on record, in one append with the request. */
export function requestDisclosure(
  command: RequestDisclosure,
  inquiry: Inquiry,
  standing: DisclosureStanding,
): Decision<DisclosureEvent> {
  const { disclosure, operator } = command;
  const reason = disclosureReasons.find((listed) => listed === command.reason);
  const badNote = command.note !== null && !isTextWithin(command.note, LONGEST_REASON);
  const formal = reasons(
    !reason && { code: 'disclosure-reason-unlisted', field: 'reason' },
    badNote && { code: 'disclosure-note-malformed', field: 'note' },
  );
  if (!reason || formal.length) return { accepted: false, refusals: formal, events: [] };
  const requested: DisclosureEvent = {
    type: 'DisclosureRequested',
    data: { disclosure, inquiry: command.inquiry, operator, reason, note: command.note },
  };
  const against = obstacles(command, reason, inquiry, standing);
  if (against.length || inquiry.state !== 'provided') {
    return refuseOnRecord<DisclosureEvent>(against, requested, {
      type: 'DisclosureDenied',
      data: { disclosure, inquiry: command.inquiry, operator, reasons: against.map(({ code }) => code) },
    });
  }
  return accept<DisclosureEvent>(requested, {
    type: 'DisclosureOpened',
    data: { disclosure, inquiry: command.inquiry, operator, records: inquiry.records },
  });
}

function obstacles(
  command: RequestDisclosure,
  reason: DisclosureReason,
  inquiry: Inquiry,
  standing: DisclosureStanding,
): readonly Refusal[] {
  if (inquiry.state === 'none') return [{ code: 'inquiry-not-found' }];
  const asker = inquiry.by.operator === command.operator;
  const own = asker && inquiry.by.terminal === command.terminal;
  const officer = standing.securityOfficer && !asker && OFFICER_REASONS.includes(reason);
  if (!own && !officer) return [{ code: 'disclosure-not-allowed' }];
  if (!officer && standing.access.length) return standing.access;
  if (inquiry.state !== 'provided') return [{ code: 'inquiry-without-records' }];
  if (standing.data === 'erased') return [{ code: 'identity-data-erased' }];
  return isExpired(inquiry, command.now) ? [{ code: 'identity-data-expired' }] : [];
}
