import { caseRegisters, casesOfInquiries } from './cases.js';
import { readCursor, spelling, trailCursor } from './cursor.js';
import type { DisclosureRequestPage } from './disclosure-request-port.js';
import { disclosureRequestPage, disclosureRequestsDue, readRequestPlace } from './disclosure-requests.js';
import { erasure, erasureOfCohort, erasuresUnfinished } from './erasures.js';
import { grantCandidates } from './grants.js';
import { alertsUnreached, incidentPage, readPlace } from './incidents.js';
import { inquiriesOfCohort, livingCohorts, openInquiries } from './inquiries.js';
import type {
  IncidentPage,
  Queries,
  ReadPosition,
  TrailCount,
  TrailFilter,
  TrailHistogram,
  TrailPage,
  TrailStretch,
} from './port.js';
import { type Progress, ReadModelsOfOtherVersion, readProgress } from './read-model.js';
import { inquiriesSince, inquiredOn, reviewDays } from './review-days.js';
import { savedSearches, watchList } from './review-lists.js';
import type { ReviewDays, ReviewPage } from './review-port.js';
import { readReviewPlace, reviewPage } from './reviews.js';
import type { Db } from './schema.js';
import { countTrail, countTrailByHour, followTrail, searchTrail } from './trail-search.js';

/** There are no read models yet: the worker has not made them. Queries answer as if nothing had happened. */
export class ReadModelsAbsent extends Error {
  readonly code = 'read-models-absent';
  constructor() {
    super('there are no read models yet');
    this.name = 'ReadModelsAbsent';
  }
}

const MAX_PAGE = 500;
const POSITION = /^\d{1,19}$/;
/** Positions are signed 64-bit integers. */
const LAST_POSITION = 2n ** 63n - 1n;

function readPosition(text: string): bigint {
  const position = POSITION.test(text) ? BigInt(text) : -1n;
  if (position < 0n || position > LAST_POSITION) throw new RangeError('a position has 63 bits');
  return position;
}

function requireLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new RangeError(`a page has 1 to ${MAX_PAGE} rows`);
  }
}

async function trailPage(
  db: Db,
  readUpTo: ReadPosition | null,
  filter: TrailFilter,
  limit: number,
  before: bigint | null,
): Promise<TrailPage> {
  // One row more than asked tells whether there is a next page.
  const found = await searchTrail(db, { filter, before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const next = last && found.length > limit ? trailCursor(filter, last.position) : null;
  return { rows, next, readUpTo };
}

/** The later of two positions; null is before all. */
const later = (one: string | null, other: bigint | null): string | null =>
  other === null || (one !== null && BigInt(one) > other) ? one : String(other);

async function trailStretch(
  db: Db,
  readUpTo: ReadPosition | null,
  filter: TrailFilter,
  { after, limit }: { readonly after: bigint | null; readonly limit: number },
): Promise<TrailStretch> {
  // One row more than asked tells whether there are more.
  const found = await followTrail(db, { filter, after, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const more = found.length > limit;
  const last = rows.at(-1);
  return { rows, more, through: more && last ? last.position : later(readUpTo?.position ?? null, after) };
}

async function trailCount(
  db: Db,
  readUpTo: ReadPosition | null,
  filter: TrailFilter,
  most: number | null,
): Promise<TrailCount> {
  // One row more than asked tells whether there are more.
  const found = await countTrail(db, filter, most === null ? null : most + 1);
  const more = most !== null && found > most;
  return { count: more ? most : found, more, readUpTo };
}

/** Until there are read models, the answer is what it would be if nothing had happened. */
async function orAbsent<T>(asked: Promise<T>, absent: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ReadModelsAbsent) return absent;
    throw error;
  }
}

/**
 * The queries over any engine. Each runs in one transaction, so that its rows, and the position it says it has read
 * up to, are of one moment; or, where requests wait for it, in one statement that also reads the version.
 */
export function queriesOver(db: Db): Queries {
  const at = <T>(read: (snapshot: Db, progress: Progress) => Promise<T>, absent: T): Promise<T> =>
    orAbsent(
      db.transaction().execute(async (snapshot) => read(snapshot, await readProgress(snapshot))),
      absent,
    );

  /** In one statement, one trip to the reader. Tables of another version may fail it before it reads the version. */
  const atOnce = <T>(read: () => Promise<T>, absent: T): Promise<T> =>
    orAbsent(
      read().catch(async (error: unknown) => {
        const seen = await readProgress(db).catch((reason: unknown) => reason);
        throw seen instanceof ReadModelsOfOtherVersion ? seen : error;
      }),
      absent,
    );

  return {
    readUpTo: () => atOnce(async () => (await readProgress(db)).readUpTo, null),
    async searchTrail(filter, { limit, cursor }) {
      requireLimit(limit);
      const before = cursor === undefined ? null : readCursor(cursor, spelling(filter));
      return at<TrailPage>((snapshot, { readUpTo }) => trailPage(snapshot, readUpTo, filter, limit, before), {
        rows: [],
        next: null,
        readUpTo: null,
      });
    },
    async followTrail(filter, { after, limit }) {
      requireLimit(limit);
      const from = after === null ? null : readPosition(after);
      return at<TrailStretch>(
        (snapshot, { readUpTo }) => trailStretch(snapshot, readUpTo, filter, { after: from, limit }),
        { rows: [], through: after, more: false },
      );
    },
    async countTrail(filter, most) {
      if (most !== null && !(Number.isSafeInteger(most) && most >= 1))
        throw new RangeError('at least one row is counted');
      return at<TrailCount>((snapshot, { readUpTo }) => trailCount(snapshot, readUpTo, filter, most), {
        count: 0,
        more: false,
        readUpTo: null,
      });
    },
    trailHistogram: (filter) =>
      at<TrailHistogram>(
        async (snapshot, { readUpTo }) => ({ hours: await countTrailByHour(snapshot, filter), readUpTo }),
        { hours: [], readUpTo: null },
      ),
    grantCandidates: (operator, terminal) => atOnce(() => grantCandidates(db, operator, terminal), []),
    cohortsDue: (day) => at((snapshot) => livingCohorts(snapshot, day), []),
    cohortsLiving: () => at((snapshot) => livingCohorts(snapshot, null), []),
    inquiriesOfCohort: (cohort, after, limit) =>
      at((snapshot) => inquiriesOfCohort(snapshot, cohort, after, limit), []),
    erasure: (run) => at((snapshot) => erasure(snapshot, run), null),
    erasureOfCohort: (cohort) => at((snapshot) => erasureOfCohort(snapshot, cohort), null),
    erasuresUnfinished: () => at((snapshot) => erasuresUnfinished(snapshot), []),
    openInquiries: (limit) => at((snapshot) => openInquiries(snapshot, limit), []),
    async incidents(agreement, { limit, cursor }) {
      requireLimit(limit);
      const after = cursor === undefined ? null : readPlace(cursor, agreement);
      return at<IncidentPage>(
        (snapshot, { readUpTo }) => incidentPage(snapshot, readUpTo, agreement, { limit, after }),
        { rows: [], next: null, readUpTo: null },
      );
    },
    alertsUnreached: (agreement) => at((snapshot) => alertsUnreached(snapshot, agreement), 0),
    async reviews(agreement, { limit, cursor }) {
      requireLimit(limit);
      const after = cursor === undefined ? null : readReviewPlace(cursor, agreement);
      return at<ReviewPage>(
        (snapshot, { readUpTo }) => reviewPage(snapshot, readUpTo, agreement, { limit, after }),
        { rows: [], next: null, readUpTo: null },
      );
    },
    reviewDays: (agreement, from) =>
      at<ReviewDays>((snapshot, { readUpTo }) => reviewDays(snapshot, readUpTo, agreement, from), {
        days: [],
        readUpTo: null,
      }),
    inquiredOn: (agreement, operator, day) =>
      at((snapshot) => inquiredOn(snapshot, agreement, operator, day), false),
    inquiriesSince: (agreement, day) => at((snapshot) => inquiriesSince(snapshot, agreement, day), null),
    savedSearches: (agreement) => at((snapshot) => savedSearches(snapshot, agreement), []),
    watchList: (agreement) => at((snapshot) => watchList(snapshot, agreement), []),
    async disclosureRequests(agreement, { limit, cursor }) {
      requireLimit(limit);
      const after = cursor === undefined ? null : readRequestPlace(cursor, agreement);
      return at<DisclosureRequestPage>(
        (snapshot, { readUpTo }) => disclosureRequestPage(snapshot, readUpTo, agreement, { limit, after }),
        { rows: [], next: null, readUpTo: null },
      );
    },
    async disclosureRequestsDue(agreement, before, limit) {
      requireLimit(limit);
      return at((snapshot) => disclosureRequestsDue(snapshot, agreement, before, limit), []);
    },
    caseRegisters: (agreement) => at((snapshot) => caseRegisters(snapshot, agreement), []),
    casesOfInquiries: (inquiries) =>
      at((snapshot) => casesOfInquiries(snapshot, inquiries), new Map<string, boolean>()),
    close: () => db.destroy(),
  };
}
