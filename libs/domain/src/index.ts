export * from './kernel/event.js';
export * from './kernel/upcast.js';
export * from './kernel/entry.js';
export * from './kernel/tokyo.js';
export * from './kernel/decision.js';
export * from './kernel/identity.js';
export * from './kernel/purpose.js';
export * from './kernel/uuid7.js';
export * from './agreements/agreement.events.js';
export * from './access/roles.js';
export * from './access/access.events.js';
export * from './inquiries/inquiry.events.js';
export * from './retention/retention.events.js';
export * from './incidents/contact.events.js';
export * from './incidents/incident.events.js';
export * from './keys/key.events.js';
export * from './cases/case.events.js';
export * from './feed/feed.events.js';
export * from './feed/feed.js';
export * from './catalogue.js';
export * from './inquiries/question.js';
export * from './inquiries/inquiry.js';
export * from './inquiries/disclosure.js';
export * from './retention/erasure.js';
export * from './inquiries/search.js';
export * from './keys/key.js';
export * from './agreements/agreement.js';
export * from './agreements/provision.js';
export { agreementRefusals } from './agreements/refusals.js';
export * from './access/operator.js';
export { decideDeclareHousehold, MOST_OF_HOUSEHOLD } from './access/household.js';
export * from './access/terminal.js';
export * from './access/certificate.js';
export * from './access/grant.js';
export * from './access/credential.js';
export * from './access/session.js';
export * from './access/failures.js';
export { type AccessRefusal, accessRefusals } from './access/refusals.js';
export * from './retention/retention-period.js';
export * from './incidents/contact.js';
export * from './incidents/incident.js';
export * from './incidents/fault-table.js';
export * from './incidents/fault.js';
export * from './incidents/alert.js';
export * from './incidents/alert-schedule.js';
export { incidentRefusals } from './incidents/refusals.js';
export { allOf, anyOf, type ExactField, not, type Query, type Term, termsOfQuery } from './trail/query.js';
export { type QueryRefusal, queryRefusals } from './trail/query.refusals.js';
export { fieldAliases, fieldNames, searchedOutcomes } from './trail/query-fields.js';
export { readQuery, strictQueryBounds } from './trail/query-parser.js';
export { printQuery } from './trail/query-printer.js';
export { filterFaults } from './trail/single-filters.js';
export { recordedRefusals } from './refusals.js';
export { matchesQuery, periodOfQuery, type SearchedRow } from './trail/query-meaning.js';
export {
  isEmpty,
  isTokyoMoment,
  overlap,
  type TimeBounds,
  tokyoBounds,
  type TokyoMoment,
  unbounded,
} from './trail/query-time.js';
export { textFieldsOf, typesWithText } from './trail/searched-texts.js';
export * from './cases/case.js';
export { type CaseRefusal, caseRefusals } from './cases/refusals.js';
export * from './reviews/review.events.js';
export * from './reviews/review.js';
export * from './reviews/search-review.js';
export * from './reviews/daily-review.js';
export * from './reviews/daily-review-duty.js';
export { type ClosedDays, isClosedDay, nextOpenDay } from './reviews/closed-days.js';
export { type Finding, type LookoutStanding, MOST_NAMED } from './reviews/detector.js';
export {
  daysToRemember,
  type DetectorSettings,
  detectorTable,
  settingFaults,
  strictDetectorSettings,
} from './reviews/detectors.js';
export { Lookout } from './reviews/lookout.js';
export { type NameMatch, nameMatch, type OwnNames } from './reviews/own-name.js';
export { type Observation, observationOf } from './reviews/observation.js';
export { reviewRefusals } from './reviews/refusals.js';
export * from './trail/saved-search.events.js';
export * from './trail/saved-search.js';
export * from './trail/saved-search-look.js';
export * from './trail/export.events.js';
export * from './trail/export.js';
export * from './trail/export-query.js';
export * from './disclosure-requests/disclosure-request.events.js';
export * from './disclosure-requests/disclosure-request.js';
export * from './disclosure-requests/resident-provisions.js';
export { disclosureRequestRefusals } from './disclosure-requests/refusals.js';
export * from './trail/tail.events.js';
export * from './trail/tail.js';
export { nameOfPurpose } from './trail/purpose-names.js';
export * from './reviews/watch-list.events.js';
export * from './reviews/watch-list.js';
