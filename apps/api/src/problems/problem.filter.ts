import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IdentityDataErased, NotFound, Refused, SignIn } from '#application';
import type { Action, QueryRefusal, Refusal } from '#domain';
import type { Caller, EdgeRequest } from '../edge/caller.js';
import { catalogueRow, type ProblemRow } from './catalogue.js';
import { Problem } from './problem.js';

const ON_RECORD: ReadonlySet<Action> = new Set<Action>(['inquire', 'disclose']);

/** Turns whatever a request ended with into problem details (RFC 9457), in Japanese and English. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('problems');

  constructor(private readonly signIn: SignIn) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<EdgeRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { refusals, extensions } = reasonsOf(error);
    const [first] = refusals;
    const row = catalogueRow(first.code);
    if (row.status === 403 && error instanceof Refused && request.caller)
      this.denied(request.caller, refusals);
    if (row.status >= 500)
      this.log.error({ code: first.code, correlation: request.correlation, error: nameOf(error) });
    if (row.status === 503) void reply.header('retry-after', '5');
    // What has been recorded is in the log within a second.
    if (first.code === 'event-not-in-log-yet') void reply.header('retry-after', '1');
    this.tell(request, reply, row, { refusals, extensions });
  }

  protected tell(request: EdgeRequest, reply: FastifyReply, row: ProblemRow, reasons: Reasons): void {
    send(request, reply, row, reasons);
  }

  /**
   * A decider refused for want of a right what the role table let through: counted as the guard counts its own denials
   * (decision 17). Inquiries and disclosures put their refusals on record themselves.
   */
  private denied({ session, action, context }: Caller, refusals: readonly Refusal[]): void {
    if (action === null || ON_RECORD.has(action)) return;
    const codes = refusals.map(({ code }) => code);
    this.signIn.deny(session, action, codes, context);
  }
}

/**
 * Answers a URL that the router cannot even read; Fastify's own answer repeats it, whatever it holds (decision 20).
 * No hook has run for such a request.
 */
export function answerUnreadableUrl(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  void reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
  send(request, reply, catalogueRow('request-malformed'), only('request-malformed'));
}

function send(
  request: EdgeRequest,
  reply: FastifyReply,
  row: ProblemRow,
  { refusals, extensions }: Reasons,
): void {
  // A file that broke off before its first byte is answered by a problem, which must not be saved under the file's name.
  reply.removeHeader('content-disposition');
  void reply
    .status(row.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('content-language', language(request))
    .send(body(request, row, refusals, extensions));
}

/** What a problem tells that is told where no answer can be begun any more: the end of a stream. */
export function detailsOf(request: EdgeRequest, error: unknown): object {
  const { refusals, extensions } = reasonsOf(error);
  return body(request, catalogueRow(refusals[0].code), refusals, extensions);
}

/** The code of the problem that an error is told as. */
export const codeOf = (error: unknown): string => catalogueRow(reasonsOf(error).refusals[0].code).code;

/** Who sends a thousand wrong fields is told of the first: an answer stays small. */
const MOST_ERRORS = 20;

/** Why a request ended with a problem, the one that it is about first. */
export interface Reasons {
  readonly refusals: readonly [Refusal, ...Refusal[]];
  readonly extensions: Readonly<Record<string, string | number>>;
}

/** Errors that a room throws by design, by their `code`; class identity does not survive every module boundary. */
const codesOfRooms: Readonly<Record<string, string>> = {
  'store-failed': 'store-failed',
  'revision-conflict': 'busy',
  'entry-too-large': 'too-large',
  'forged-event': 'record-not-trustworthy',
  'seal-broken': 'record-not-trustworthy',
  'log-inconsistent': 'record-not-trustworthy',
  'key-gone': 'identity-data-erased',
  'vault-unavailable': 'vault-unavailable',
  'bad-cursor': 'cursor-unknown',
  'registry-closed': 'stopping',
};

function reasonsOf(error: unknown): Reasons {
  if (error instanceof Problem) return error;
  if (error instanceof IdentityDataErased) {
    return {
      refusals: [{ code: 'identity-data-erased' }],
      extensions: error.erasure ? { erasure: error.erasure } : {},
    };
  }
  if (error instanceof Refused) {
    const [first = { code: 'internal' }, ...rest] = error.refusals;
    return { refusals: [first, ...rest], extensions: {} };
  }
  if (error instanceof NotFound) return only(`${error.what}-not-found`);
  if (error instanceof HttpException) return only(codeOfStatus(error.getStatus()));
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && codesOfRooms[code]) return only(codesOfRooms[code]);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return only(typeof status === 'number' ? codeOfStatus(status) : 'internal');
}

const only = (code: string): Reasons => ({ refusals: [{ code }], extensions: {} });

/** Problems of the HTTP layer itself (Nest's and Fastify's errors), by status. */
function codeOfStatus(status: number): string {
  if (status === 404) return 'route-not-found';
  if (status === 413) return 'too-large';
  if (status === 415) return 'media-type-unsupported';
  return status >= 400 && status < 500 ? 'request-malformed' : 'internal';
}

/** Japanese unless the client prefers English. */
const language = (request: EdgeRequest): 'ja' | 'en' =>
  /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'ja';

function body(
  request: EdgeRequest,
  row: ProblemRow,
  refusals: readonly Refusal[],
  extensions: Reasons['extensions'],
): object {
  const spoken = language(request);
  return {
    type: row.type,
    title: row[spoken].title,
    status: row.status,
    detail: row[spoken].detail,
    code: row.code,
    ...extensions,
    ...(request.correlation ? { instance: `urn:uuid:${request.correlation}` } : {}),
    titles: { ja: row.ja.title, en: row.en.title },
    errors: refusals.slice(0, MOST_ERRORS).map((refusal) => {
      const { code, field } = refusal;
      const { ja, en } = catalogueRow(code);
      const where = { ...(field === undefined ? {} : { field }), ...placeIn(refusal) };
      return { code, ...where, titles: { ja: ja.title, en: en.title } };
    }),
  };
}

/** Where in a query it is wrong, in code points; never what was typed there. */
const placeIn = (refusal: Refusal | QueryRefusal): { readonly at?: number; readonly length?: number } =>
  'at' in refusal ? { at: refusal.at, length: refusal.length } : {};

/** The class of an unexpected error; its message may quote data and is not logged (decision 20). */
const nameOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return `${(error as Error | null)?.name ?? typeof error}${typeof code === 'string' ? ` (${code})` : ''}`;
};
