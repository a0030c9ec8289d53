import type { FastifyRequest } from 'fastify';
import type { FollowTrail } from '#application';
import { isUuid } from '../edge/identifiers.js';
import { Problem, problem } from '../problems/problem.js';
import type { FollowTrailDto } from './tail.dto.js';

/** How many of the newest come first unless told otherwise. */
const NEWEST = 20;
const MOST_NEWEST = 500;
/** Code points, or bytes of what is encoded. */
const LONGEST = 4_096;
const LONGEST_ENCODED = 12_288;

/** The header that gives the reason where there is no body. */
export const REASON_HEADER = 'Kiroku-Reason';

const malformed = (field: string): Problem =>
  new Problem([{ code: 'request-malformed' }, { code: 'field-malformed', field }]);

/** What somebody might put into the URL, and must not (decision 20). */
const personal: ReadonlySet<string> = new Set(['residentCode', 'reason', 'text', 'case', 'caseReference']);
const known: ReadonlySet<string> = new Set(['query', 'savedSearch', 'since']);

/** What a URL asks to follow; the reason comes in a header, because a URL is kept along the way. */
export function questionInUrl(
  given: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
): FollowTrail {
  for (const name of Object.keys(given)) {
    if (personal.has(name)) throw problem('tail-query-not-for-url', name);
    if (!known.has(name)) throw new Problem([{ code: 'request-malformed' }, { code: 'field-unknown' }]);
  }
  const query = textOf(given, 'query');
  const since = textOf(given, 'since');
  if (since !== null && !/^(?:0|[1-9]\d{0,2})$/.test(since)) throw malformed('since');
  const newest = since === null ? NEWEST : Number(since);
  if (newest > MOST_NEWEST) throw malformed('since');
  return {
    ...followed(query, textOf(given, 'savedSearch'), 'url'),
    residentCode: null,
    reason: reasonIn(request),
    after: lastEventId(request),
    newest,
  };
}

/** What a body asks to follow. */
export const questionInBody = (body: FollowTrailDto, request: FastifyRequest): FollowTrail => ({
  ...followed(body.query ?? null, body.savedSearch ?? null, 'body'),
  residentCode: body.residentCode ?? null,
  reason: body.reason,
  after: lastEventId(request),
  newest: body.since ?? NEWEST,
});

function followed(
  text: string | null,
  savedSearch: string | null,
  place: 'url' | 'body',
): Pick<FollowTrail, 'query' | 'savedSearch'> {
  if (text !== null && savedSearch !== null) throw malformed('savedSearch');
  if (savedSearch !== null && !isUuid(savedSearch)) throw problem('saved-search-missing', 'savedSearch');
  return { query: text === null ? null : { text, place }, savedSearch };
}

function textOf(given: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = given[name];
  if (value === undefined) return null;
  if (typeof value !== 'string' || value.length > LONGEST) throw malformed(name);
  return value;
}

/** Percent-encoded UTF-8 (RFC 3986): a header holds nothing else than ASCII. */
function reasonIn({ headers }: FastifyRequest): string {
  const given = headers[REASON_HEADER.toLowerCase()];
  if (given === undefined) return '';
  if (typeof given !== 'string' || given.length > LONGEST_ENCODED || !/^[\x20-\x7e]*$/.test(given))
    throw malformed(REASON_HEADER);
  try {
    return decodeURIComponent(given);
  } catch {
    throw malformed(REASON_HEADER);
  }
}

/** The position behind which to go on; an empty one is none (WHATWG HTML, "Server-sent events"). */
function lastEventId({ headers }: FastifyRequest): string | null {
  const given = headers['last-event-id'];
  if (given === undefined || given === '') return null;
  if (typeof given !== 'string' || !/^\d{1,19}$/.test(given)) throw malformed('Last-Event-ID');
  return given;
}
