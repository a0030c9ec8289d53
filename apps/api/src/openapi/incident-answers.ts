import type { ContactView, IncidentReport } from '#application';
import { type Channel, channelKinds, deliveryFaults, faultKinds, incidentKinds } from '#domain';
import type { IncidentRow } from '#read-models';
import type { AgreementReadiness } from '../agreements/agreements.controller.js';
import type { ContactsReport, StoredContact } from '../contacts/contacts.controller.js';
import type { IncidentsAnswer } from '../incidents/incidents.controller.js';
import {
  count,
  flag,
  instant,
  listOf,
  oneOf,
  orNull,
  refTo,
  type Schema,
  type Schemas,
  shapeOf,
  text,
  uuid,
} from './schema.js';

type AlertReport = IncidentReport['alerts'][number];

const party = oneOf(['recipient', 'provider']);
const kind = oneOf(incidentKinds);
const fault = oneOf(faultKinds);
const channelKind = oneOf(channelKinds);
const state = oneOf(['open', 'closed']);

/** What answers about contacts, incidents and alerts are made of. */
export const incidentParts: Schemas = {
  Contact: shapeOf<ContactView>()({
    contact: uuid,
    party,
    version: count,
    confirmed: { ...flag, description: 'The other party confirmed this very version.' },
    kinds: listOf(channelKind),
    name: { ...orNull(text), description: 'Null where the vault does not open it.' },
    channels: orNull(listOf(shapeOf<Channel>()({ kind: channelKind, address: text }))),
  }),
  IncidentRow: shapeOf<IncidentRow>()({
    incident: uuid,
    state,
    kind,
    cause: { ...orNull(fault), description: 'What was noticed, where no person declared it.' },
    declaredAt: instant,
    closedAt: orNull(instant),
    fault: orNull(shapeOf<NonNullable<IncidentRow['fault']>>()({ standing: flag, times: count })),
    contacts: { ...count, description: 'Contacts that it is brought to.' },
    reached: { ...count, description: 'Of these, those whose message a channel took.' },
    acknowledged: count,
  }),
  Alert: shapeOf<AlertReport>()({
    alert: text,
    contact: uuid,
    party,
    state: oneOf(['pending', 'failing', 'delivered', 'acknowledged']),
    overdue: { ...flag, description: 'Not acknowledged in time: the next channel repeats it.' },
    raisedAt: instant,
    sentAt: orNull(instant),
    acknowledgedAt: orNull(instant),
    acknowledgedBy: orNull(oneOf(['link', 'person'])),
    attempts: count,
    lastFailure: orNull(
      shapeOf<NonNullable<AlertReport['lastFailure']>>()({
        at: instant,
        why: oneOf(deliveryFaults),
        kind: channelKind,
      }),
    ),
    nextAt: orNull(instant),
    channelsTried: listOf(channelKind),
  }),
};

const incident = shapeOf<IncidentReport>()({
  incident: uuid,
  state,
  kind,
  cause: orNull(fault),
  declaredAt: instant,
  closedAt: orNull(instant),
  description: { ...orNull(text), description: 'Null where there is none, or its key is gone.' },
  finding: orNull(text),
  notes: listOf(
    shapeOf<IncidentReport['notes'][number]>()({ at: instant, by: orNull(text), note: orNull(text) }),
  ),
  fault: orNull(
    shapeOf<NonNullable<IncidentReport['fault']>>()({ kind: fault, standing: flag, times: count }),
  ),
  reached: shapeOf<IncidentReport['reached']>()({ recipient: flag, provider: flag }),
  alerts: listOf(refTo('Alert')),
});

const stored = shapeOf<StoredContact>()({
  contact: uuid,
  version: count,
  webhookSecret: {
    ...orNull(text),
    description: 'Signs the webhooks of this version (Standard Webhooks); told once.',
  },
});

/** What stands in the way of inquiries under the agreement. */
export const readinessOfAgreement = shapeOf<AgreementReadiness>()({
  ready: flag,
  missing: listOf(shapeOf<AgreementReadiness['missing'][number]>()({ party, what: oneOf(['contact']) })),
});

/** What each route about contacts, incidents and alerts answers. */
export const incidentAnswers: Readonly<Record<string, Schema>> = {
  ContactsController_list: shapeOf<ContactsReport>()({
    contacts: listOf(refTo('Contact')),
    missing: { ...listOf(party), description: 'Parties without a contact that the other confirmed.' },
  }),
  ContactsController_register: stored,
  ContactsController_change: stored,
  IncidentsController_list: shapeOf<IncidentsAnswer>()({
    incidents: listOf(refTo('IncidentRow')),
    next: { ...orNull(text), description: 'The cursor of the next page; null on the last.' },
    readUpTo: orNull(refTo('ReadPosition')),
  }),
  IncidentsController_declare: shapeOf<{ incident: string }>()({ incident: uuid }),
  IncidentsController_show: incident,
};
