export * from './journal.js';
export * from './refused.js';
export * from './followers/follower.js';
export * from './followers/projection-follower.js';
export * from './inquiries/abandoned-inquiries.js';
export * from './inquiries/disclosures.js';
export * from './inquiries/inquiries.js';
export * from './inquiries/standing.js';
export * from './log/cosigned-age.js';
export {
  EVENTS,
  placeOf,
  type CheckFault,
  type EventFault,
  type LogGone,
} from './log/event-faults.js';
export { CountSeen, EventCount, LOG_DISTRUSTED } from './log/event-count.js';
export * from './log/full-check.js';
export * from './log/log-check.js';
export * from './log/log-health.js';
export * from './log/sequencer.js';
export { WITNESS_REPLIES, WitnessReplies } from './log/witness-replies.js';
export * from './log/witnessing.js';
export * from './retention/erasure-reference.js';
export * from './retention/key-records.js';
export * from './retention/retention-run.js';
export { RunGuard } from './retention/run-guard.js';
export * from './retention/erasure-holds.js';
export * from './trail/histogram.js';
export { TextSearch } from './trail/text-search.js';
export * from './trail/trail.js';
export { Tail, type TailItem } from './trail/tail.js';
export { type FollowTrail, Tails } from './trail/tails.js';
export { inChunks } from './exports/chunks.js';
export * from './exports/exports.js';
export { ExportEvidence } from './exports/export-evidence.js';
export * from './exports/export-format.js';
export { pagesOf } from './exports/whole-trail.js';
export {
  DisclosureRequests,
  type DisclosureRequestReport,
  type ListedDisclosureRequest,
  type ListedDisclosureRequests,
} from './provisions/disclosure-requests.js';
export * from './provisions/resident-provisions.js';
export { provisionsAsCsv, provisionsAsJson, provisionsAsPdf } from './provisions/provision-file.js';
export * from './retention/erasure-records.js';
export { type HouseholdReport, Households } from './access/households.js';
export * from './access/operators.js';
export * from './access/terminals.js';
export * from './access/grants.js';
export * from './access/sign-in.js';
export { DenialCounter } from './access/denial-counter.js';
export {
  FailureCounter,
  type FailureKind,
} from './access/failure-counter.js';
export type { FlushScope } from './access/minute.js';
export { type CaseReport, CaseRegister, type HandedOverCase, MOST_CASES } from './cases/case-register.js';
export { Agreements } from './agreements/agreements.js';
export { RetentionPeriods } from './retention/retention-periods.js';
export * from './retention/cohort-keys.js';
export * from './log/log-key-record.js';
export * from './log/log-proofs.js';
export * from './incidents/acknowledgement-link.js';
export * from './incidents/alarm.js';
export * from './incidents/alarm-policies.js';
export * from './incidents/alert-message.js';
export * from './incidents/alert-reports.js';
export * from './incidents/alerts.js';
export * from './incidents/contacts.js';
export * from './incidents/delivery.js';
export * from './incidents/faults.js';
export * from './incidents/incidents.js';
export {
  conditionsOf,
  ErasureSigns,
  forgedMarks,
  onlyWhile,
  silence,
  uncosigned,
} from './incidents/conditions.js';
export {
  LifeboatAlarm,
  type LifeboatBounds,
  type Sounded,
  strictLifeboatBounds,
} from './incidents/lifeboat-alarm.js';
export { LifeboatRecords } from './incidents/lifeboat-records.js';
export { SignsOfLife } from './incidents/silence.js';
export { Sightings } from './incidents/sightings.js';
export { faultOfError, Troubles } from './incidents/troubles.js';
export { type Condition, Watch } from './incidents/watch.js';
export { SignsOfWork } from './incidents/work-done.js';
export { FeedBeginnings } from './feed/feed-beginnings.js';
export { feedWaitedMs } from './feed/feed-mark.js';
export { type FeedState, SiemFeed } from './feed/siem-feed.js';
export { DailyReviews, type DayCounts, type DaysReport, type DayToSign } from './reviews/daily-reviews.js';
export { Detection, DETECTORS } from './reviews/detection.js';
export { ReviewIds } from './reviews/review-ids.js';
export * from './reviews/reviews.js';
export * from './reviews/saved-searches.js';
export { SearchConcern } from './reviews/search-concern.js';
export { SearchThresholds } from './reviews/search-thresholds.js';
export { WordThresholds } from './reviews/word-thresholds.js';
export * from './reviews/watch-list.js';
