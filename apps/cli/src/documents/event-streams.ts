import {
  agreementEvents,
  agreementStream,
  alertEvents,
  alertStream,
  certificateEvents,
  certificateStream,
  contactEvents,
  contactStream,
  credentialEvents,
  credentialStream,
  disclosureEvents,
  disclosureStream,
  erasureEvents,
  erasureHoldEvents,
  erasureHoldStream,
  erasureStream,
  type EventDefinition,
  failureEvents,
  failuresStream,
  faultEvents,
  faultStream,
  grantEvents,
  grantStream,
  incidentEvents,
  incidentStream,
  inquiryEvents,
  inquiryStream,
  keyEvents,
  keyStream,
  logEvents,
  logStream,
  operatorEvents,
  operatorStream,
  provisionEvents,
  provisionStream,
  retentionEvents,
  retentionStream,
  searchEvents,
  searchStream,
  sessionEvents,
  sessionStream,
  type Side,
  terminalEvents,
  terminalStream,
} from '#domain';

/** A stream's name with its variable parts in angle brackets, and the event types that live in it. */
export interface EventStream {
  readonly name: string;
  readonly events: Readonly<Record<string, EventDefinition>>;
}

/** Every kind of stream. The names come from the domain's own functions, so the page cannot drift from the code. */
export const eventStreams: readonly EventStream[] = [
  { name: agreementStream('<agreement>'), events: agreementEvents },
  { name: provisionStream('<agreement>'), events: provisionEvents },
  { name: operatorStream('<operator>'), events: operatorEvents },
  { name: credentialStream('<operator>'), events: credentialEvents },
  { name: terminalStream('<terminal>'), events: terminalEvents },
  { name: certificateStream('<sha256>'), events: certificateEvents },
  { name: grantStream('<grant>'), events: grantEvents },
  { name: sessionStream('<session>'), events: sessionEvents },
  { name: failuresStream('<bucket>'), events: failureEvents },
  { name: inquiryStream('<inquiry>'), events: inquiryEvents },
  { name: disclosureStream('<disclosure>'), events: disclosureEvents },
  { name: searchStream('<search>'), events: searchEvents },
  { name: retentionStream('<agreement>', '<purpose>'), events: retentionEvents },
  { name: erasureStream('<cohort>', '<run>'), events: erasureEvents },
  { name: erasureHoldStream('<run>'), events: erasureHoldEvents },
  { name: contactStream('<agreement>', '<party>' as Side), events: contactEvents },
  { name: incidentStream('<incident>'), events: incidentEvents },
  { name: faultStream('<fault>'), events: faultEvents },
  { name: alertStream('<alert>'), events: alertEvents },
  { name: keyStream('<key>'), events: keyEvents },
  { name: logStream('<origin>'), events: logEvents },
];

/** The kinds of stream in which an event type is declared; exactly one, or the catalogue is at fault. */
export const streamsOf = (type: string): readonly string[] =>
  eventStreams.filter(({ events }) => Object.hasOwn(events, type)).map(({ name }) => name);
