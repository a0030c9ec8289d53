import { catalogueRow, type ProblemRow, problemRowsBySubject } from '../problems/catalogue.js';
import type { Route } from './routes.js';
import { listOf, type Operation, refTo, type Schema, text } from './schema.js';

const titles: Schema = { type: 'object', properties: { ja: text, en: text }, required: ['ja', 'en'] };

/** Code points. */
const offset: Schema = { type: 'integer', minimum: 0 };

/** What every problem looks like (RFC 9457); see docs/problems.md for the codes. */
export const problemSchema: Schema = {
  type: 'object',
  description: 'Problem details (RFC 9457). `title` and `detail` are Japanese unless English is preferred.',
  properties: {
    type: { type: 'string', format: 'uri', description: '`urn:kiroku:problem:<code>`' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: { type: 'string', description: 'Stable; see docs/problems.md.' },
    instance: { type: 'string', format: 'uri', description: '`urn:uuid:` and the correlation id.' },
    titles,
    errors: {
      ...listOf({
        type: 'object',
        properties: { code: text, field: text, at: offset, length: offset, titles },
        required: ['code', 'titles'],
      }),
      description:
        'Every reason, the first one being the problem itself. `at` and `length`: where a query is wrong, in code points.',
    },
    row: { type: 'integer', description: 'Of a file: the row that cannot be read, the heading being row 1.' },
    erasure: { type: 'string', description: 'With 410: the erasure that took the data.' },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'titles', 'errors'],
};

/** The subjects of the catalogue from which each capability refuses. */
const subjectsOf: Readonly<Record<string, readonly string[]>> = {
  AcknowledgementController: ['alerts'],
  AgreementsController: ['decisions', 'agreements'],
  AlertsController: ['alerts', 'people'],
  CasesController: ['cases', 'decisions'],
  ContactsController: ['contacts', 'people'],
  DisclosureRequestsController: ['disclosure-requests', 'requests', 'decisions', 'people'],
  ExportsController: ['exports', 'files', 'queries', 'decisions', 'people'],
  GrantsController: ['decisions', 'grants', 'people', 'terminals'],
  IncidentsController: ['incidents', 'people'],
  InquiriesController: ['inquiries', 'availability', 'grants', 'people', 'terminals'],
  LogProofsController: ['requests', 'log'],
  OperatorsController: ['decisions', 'people', 'sign-in'],
  ResidentProvisionsController: ['disclosure-requests', 'files', 'people'],
  RetentionController: ['decisions', 'retention'],
  ReviewDaysController: ['reviews', 'people'],
  ReviewsController: ['reviews', 'people'],
  SavedSearchesController: ['saved-searches', 'queries', 'people'],
  SessionsController: ['sign-in'],
  TailController: ['tails', 'queries', 'saved-searches', 'requests', 'decisions', 'inquiries'],
  TerminalsController: ['decisions', 'terminals'],
  WatchListController: ['reviews', 'decisions', 'people'],
  TrailController: ['requests', 'inquiries', 'queries'],
};

/** What is asked for with GET, and yet puts something on record and refuses as any command does. */
const EVENT_STREAM = 'text/event-stream';

/** What may befall any request that reaches the records. */
const ANYWHERE = ['store-failed', 'vault-unavailable', 'busy', 'stopping', 'record-not-trustworthy'];
const OF_BODIES = [
  'request-malformed',
  'field-malformed',
  'field-unknown',
  'too-large',
  'media-type-unsupported',
];

/** Of a file that is sent. */
const OF_FILES = ['too-large', 'file-not-csv'];
/** Of a button that is sent with something else than nothing. */
const OF_FORMS = ['request-malformed', 'media-type-unsupported'];
const OF_QUERIES = ['request-malformed', 'field-malformed', 'cursor-unknown'];

/** How a route is asked. */
export interface Asking {
  /** It changes nothing. */
  readonly reads: boolean;
  /** Its URL may have a query. */
  readonly withQuery: boolean;
  /** It takes a file. */
  readonly withFile: boolean;
}

/** What stands at the edge, by what the route declares (see `SessionGuard`). */
const edgeOf = (
  { isPublic, isPage, atTerminal, withInitialPin, action, dto }: Route,
  { reads, withQuery, withFile }: Asking,
): readonly string[] => [
  'internal',
  ...(isPublic ? [] : ['session-missing', 'session-elsewhere']),
  ...(isPublic || withInitialPin ? [] : ['pin-change-required']),
  ...(action ? ['role-missing'] : []),
  ...(atTerminal ? ['terminal-certificate-missing', 'certificate-not-trusted', 'terminal-not-valid'] : []),
  ...(dto ? OF_BODIES : []),
  ...(withFile ? OF_FILES : []),
  ...(isPage && !reads ? OF_FORMS : []),
  ...(withQuery ? OF_QUERIES : []),
];

/** The rows that a route may answer with. A route that only reads refuses nothing but what is not there; a tail is a command. */
function rowsOf(route: Route, asking: Asking): readonly ProblemRow[] {
  const subjects = subjectsOf[route.controller] ?? [];
  const own = subjects
    .flatMap((subject) => problemRowsBySubject[subject] ?? [])
    .filter(({ status }) => !asking.reads || route.media === EVENT_STREAM || status === 404);
  const edge = [...edgeOf(route, asking), ...(subjects.length ? ANYWHERE : [])].map(catalogueRow);
  return [...new Map([...edge, ...own].map((row) => [row.code, row])).values()];
}

/** A page for people, in Japanese and English. */
export const pageContent: Readonly<Record<string, { readonly schema: Schema }>> = {
  'text/html': { schema: text },
};

/** The problems of a route, by status: the codes that may come, and what they look like. */
export function problemResponses(route: Route, asking: Asking): Operation['responses'] {
  const byStatus = Map.groupBy(rowsOf(route, asking), ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, rows]) => [
      String(status),
      {
        description: rows.map(({ code, ja, en }) => `- \`${code}\`: ${ja.title} / ${en.title}`).join('\n'),
        content: {
          'application/problem+json': { schema: refTo('Problem') },
          // Only what the HTTP layer itself refuses is told to a browser as to any other client.
          ...(route.isPage ? pageContent : {}),
        },
      },
    ]),
  );
}
