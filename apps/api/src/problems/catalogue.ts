import { agreementProblems } from './catalogue/agreements.js';
import { alertProblems } from './catalogue/alerts.js';
import { availabilityProblems } from './catalogue/availability.js';
import { caseProblems } from './catalogue/cases.js';
import { contactProblems } from './catalogue/contacts.js';
import { decisionProblems } from './catalogue/decisions.js';
import { disclosureRequestProblems } from './catalogue/disclosure-requests.js';
import { exportProblems } from './catalogue/exports.js';
import { fileProblems } from './catalogue/files.js';
import { grantProblems } from './catalogue/grants.js';
import { incidentProblems } from './catalogue/incidents.js';
import { inquiryProblems } from './catalogue/inquiries.js';
import { logProblems } from './catalogue/log.js';
import { peopleProblems } from './catalogue/people.js';
import { queryProblems } from './catalogue/queries.js';
import { requestProblems } from './catalogue/requests.js';
import { retentionProblems } from './catalogue/retention.js';
import { reviewProblems, savedSearchProblems } from './catalogue/reviews.js';
import { signInProblems } from './catalogue/sign-in.js';
import { tailProblems } from './catalogue/tails.js';
import { terminalProblems } from './catalogue/terminals.js';
import type { ProblemTexts, Wording } from './catalogue/text.js';

/** One problem that a caller may meet (RFC 9457), in both languages. */
export interface ProblemRow {
  /** Stable, kebab case: the code of a refusal, or of the edge itself. */
  readonly code: string;
  /** `urn:kiroku:problem:<code>`: a name, not an address (docs/adr/0005). */
  readonly type: string;
  /** HTTP status (RFC 9110). */
  readonly status: number;
  readonly ja: Wording;
  readonly en: Wording;
}

/** The texts by subject, in the order of docs/problems.md. Each code is in one table only. */
const problemsBySubject = {
  requests: requestProblems,
  'sign-in': signInProblems,
  inquiries: inquiryProblems,
  availability: availabilityProblems,
  decisions: decisionProblems,
  people: peopleProblems,
  terminals: terminalProblems,
  grants: grantProblems,
  agreements: agreementProblems,
  retention: retentionProblems,
  contacts: contactProblems,
  incidents: incidentProblems,
  alerts: alertProblems,
  queries: queryProblems,
  log: logProblems,
  reviews: reviewProblems,
  'saved-searches': savedSearchProblems,
  'disclosure-requests': disclosureRequestProblems,
  exports: exportProblems,
  files: fileProblems,
  tails: tailProblems,
  cases: caseProblems,
} as const satisfies Readonly<Record<string, ProblemTexts>>;

const rowsOf = (texts: ProblemTexts): readonly ProblemRow[] =>
  Object.entries(texts).map(([code, { status, ja, en }]) => ({
    code,
    type: `urn:kiroku:problem:${code}`,
    status,
    ja,
    en,
  }));

/** The rows by subject. */
export const problemRowsBySubject: Readonly<Record<string, readonly ProblemRow[]>> = Object.fromEntries(
  Object.entries(problemsBySubject).map(([subject, texts]) => [subject, rowsOf(texts)]),
);

/** Every row there is, in the order of docs/problems.md. */
export const problemCatalogue: readonly ProblemRow[] = Object.values(problemRowsBySubject).flat();

const byCode: ReadonlyMap<string, ProblemRow> = new Map(problemCatalogue.map((row) => [row.code, row]));

/** What a caller is told when the code is not one of ours: nothing but that something went wrong. */
const [internal] = rowsOf({ internal: availabilityProblems.internal }) as [ProblemRow];

/** The row of a code; of a code that nobody catalogued, the row `internal` (500). Never throws: it words errors. */
export const catalogueRow = (code: string): ProblemRow => byCode.get(code) ?? internal;
