import type { ColumnType, Kysely } from 'kysely';
import { type CaseRegistersTable, type CasesTable, createCases } from './cases.js';
import { createDisclosureRequests, type DisclosureRequestsTable } from './disclosure-requests.js';
import { createErasures, type ErasuresTable } from './erasures.js';
import { createGrants, type GrantsTable } from './grants.js';
import {
  createIncidents,
  type AlertsTable,
  type IncidentFaultsTable,
  type IncidentsTable,
} from './incidents.js';
import { createInquiries, type CohortsTable, type InquiriesTable } from './inquiries.js';
import { createReadModel, type ReadModelTable } from './read-model.js';
import { createReviewDays, type DayInquirersTable, type ReviewDaysTable } from './review-days.js';
import { createReviewLists, type SavedSearchesTable, type WatchListTable } from './review-lists.js';
import { createReviews, type ReviewsTable } from './reviews.js';
import { createSubjectYears, type SubjectYearsTable } from './subjects.js';
import {
  type CaseHeadsTable,
  createTrail,
  type TrailHoursTable,
  type TrailRefusalsTable,
  type TrailTable,
} from './trail.js';
import { createOperatorUnits, type OperatorUnitsTable } from './units.js';

/**
 * A position in a column: 64 bits, so it goes in as a bigint. It is read as text only
 * (`positionText`), because a number of JavaScript ends at 53 bits.
 */
export type PositionColumn = ColumnType<bigint, bigint, bigint>;

export interface Schema {
  read_model: ReadModelTable;
  trail: TrailTable;
  trail_hours: TrailHoursTable;
  trail_refusals: TrailRefusalsTable;
  case_heads: CaseHeadsTable;
  cases: CasesTable;
  case_registers: CaseRegistersTable;
  operator_units: OperatorUnitsTable;
  subject_years: SubjectYearsTable;
  inquiries: InquiriesTable;
  cohorts: CohortsTable;
  grants: GrantsTable;
  erasures: ErasuresTable;
  incidents: IncidentsTable;
  incident_faults: IncidentFaultsTable;
  alerts: AlertsTable;
  reviews: ReviewsTable;
  review_days: ReviewDaysTable;
  day_inquirers: DayInquirersTable;
  saved_searches: SavedSearchesTable;
  watch_list: WatchListTable;
  disclosure_requests: DisclosureRequestsTable;
}

/** A connection or a transaction on the read models, whatever the engine. */
export type Db = Kysely<Schema>;

/** Creates every table of this version, empty. Inside the caller's transaction. */
export async function createSchema(db: Db): Promise<void> {
  await createReadModel(db);
  await createTrail(db);
  await createOperatorUnits(db);
  await createCases(db);
  await createSubjectYears(db);
  await createInquiries(db);
  await createGrants(db);
  await createErasures(db);
  await createIncidents(db);
  await createReviews(db);
  await createReviewDays(db);
  await createReviewLists(db);
  await createDisclosureRequests(db);
}
