import { agreementEvents, provisionEvents } from './agreements/agreement.events.js';
import {
  certificateEvents,
  credentialEvents,
  failureEvents,
  grantEvents,
  operatorEvents,
  sessionEvents,
  terminalEvents,
} from './access/access.events.js';
import { disclosureEvents, inquiryEvents, searchEvents } from './inquiries/inquiry.events.js';
import { erasureEvents, erasureHoldEvents, retentionEvents } from './retention/retention.events.js';
import { caseEvents } from './cases/case.events.js';
import {
  disclosureRequestEvents,
  disclosureRequestUpcasters,
} from './disclosure-requests/disclosure-request.events.js';
import { feedEvents } from './feed/feed.events.js';
import { keyEvents, logEvents } from './keys/key.events.js';
import { contactEvents } from './incidents/contact.events.js';
import { alertEvents, faultEvents, incidentEvents } from './incidents/incident.events.js';
import { dailyReviewDutyEvents, dailyReviewEvents, reviewEvents } from './reviews/review.events.js';
import { watchEvents } from './reviews/watch-list.events.js';
import { exportEvents } from './trail/export.events.js';
import { savedSearchEvents, savedSearchLookEvents } from './trail/saved-search.events.js';
import { tailEvents } from './trail/tail.events.js';
import type { EventDefinition } from './kernel/event.js';
import type { Upcasters } from './kernel/upcast.js';

/** Every event type there is, by capability; docs/events.md is generated from this table. */
export const catalogueByCapability = {
  agreements: { ...agreementEvents, ...provisionEvents },
  access: {
    ...operatorEvents,
    ...credentialEvents,
    ...terminalEvents,
    ...certificateEvents,
    ...grantEvents,
    ...sessionEvents,
    ...failureEvents,
  },
  inquiries: { ...inquiryEvents, ...disclosureEvents, ...searchEvents },
  cases: { ...caseEvents },
  retention: { ...retentionEvents, ...erasureEvents, ...erasureHoldEvents },
  incidents: { ...contactEvents, ...incidentEvents, ...faultEvents, ...alertEvents },
  trail: {
    ...savedSearchEvents,
    ...savedSearchLookEvents,
    ...exportEvents,
    ...tailEvents,
  },
  'disclosure-requests': { ...disclosureRequestEvents },
  reviews: { ...reviewEvents, ...dailyReviewEvents, ...dailyReviewDutyEvents, ...watchEvents },
  keys: { ...keyEvents, ...logEvents },
  feed: { ...feedEvents },
} as const;

export const catalogue: Readonly<Record<string, EventDefinition>> = Object.assign(
  {},
  ...Object.values(catalogueByCapability),
);

/** For the few events that have had another schema version; the mechanism is proven in the store's contract suite. */
export const upcasters: Upcasters = { ...disclosureRequestUpcasters };
