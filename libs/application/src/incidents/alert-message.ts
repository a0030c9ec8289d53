import type { FaultKind, IncidentKind } from '#domain';
import type { AlertMessage } from '#notifications';

/** What a message may say: ids, times and closed lists; nothing that anybody typed (decision 20). */
export interface AlertFacts {
  /** Id of the message: `messageIdOf(alert, channel, round)`. */
  readonly id: string;
  readonly alert: string;
  readonly incident: string;
  readonly agreement: string;
  readonly contact: string;
  readonly version: number;
  readonly kind: IncidentKind;
  readonly cause: FaultKind | null;
  /** Business time, ISO 8601. */
  readonly declaredAt: string;
  /** Where the contact acknowledges: `AcknowledgementLinks.urlOf(alert)`. */
  readonly acknowledge: string;
  /** Where the api shows the incident: `incidentUrl(publicUrl, incident)`. */
  readonly incidentUrl: string;
  /** The latest signed checkpoint, a C2SP note; null where none could be read. */
  readonly checkpoint: string | null;
}

export const incidentUrl = (publicUrl: string, incident: string): string =>
  `${publicUrl}/v1/incidents/${incident}`;

export function alertMessage(_facts: AlertFacts): AlertMessage {
  throw new Error('to come');
}
