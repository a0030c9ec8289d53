import { accept, type Decision, reasons, type Refusal, refuse } from '../kernel/decision.js';
import { byResidentCode, isResidentCode } from '../kernel/identity.js';
import { reasonFaults } from '../kernel/text.js';
import { type Query, type Term, termsOfQuery } from './query.js';
import { readQuery } from './query-parser.js';
import { printQuery } from './query-printer.js';
import type { TailEvent } from './tail.events.js';
import type { TailRefusal } from './tail.refusals.js';

const because = (code: TailRefusal, field: string): Refusal<TailRefusal> => ({ code, field });

/** Where a query was given. */
export type QueryPlace =
  /** In the URL, which is kept by everybody who passes it on. */
  | 'url'
  /** In the body of a request. */
  | 'body'
  /** In a saved search. */
  | 'saved-search';

/** Ids and listed values. A case is typed as free text, and may name somebody by mistake (decision 20). */
const isFitForUrl = (term: Term): boolean =>
  term.kind === 'at' || term.kind === 'has' || (term.kind === 'is' && term.field !== 'case');

/**
 * Reads the query of a tail, or says why it is not followed.
 *
 * `text:` is not: each reason, note and description there is would be opened, as long as the tail runs, and looking that
 * far into what is sealed needs a period that ends (`query-text-unbounded`). Who looks for words searches.
 */
export function readTailQuery(
  text: string,
  place: QueryPlace,
): { readonly query: Query } | { readonly refusals: readonly Refusal[] } {
  // As if its period were short: what is wrong with `text:` is said below.
  const read = readQuery(text, { withinDays: 1 });
  if ('refusals' in read) return read;
  const terms = termsOfQuery(read.query);
  const field = place === 'saved-search' ? 'savedSearch' : 'query';
  const against = reasons(
    place === 'url' && !terms.every(isFitForUrl) && because('tail-query-not-for-url', field),
    terms.some(({ kind }) => kind === 'text') && because('tail-text-not-followed', field),
  );
  return against.length ? { refusals: against } : read;
}

/** A security officer begins to follow the trail; viewing is an event (decision 19). */
export interface OpenTail {
  readonly tail: string;
  readonly operator: string;
  readonly savedSearch: string | null;
  /** As `readTailQuery` read it; null for everything. */
  readonly query: Query | null;
  /** The resident whose provisions are followed, or null. */
  readonly residentCode: string | null;
  /** Why; sealed. */
  readonly reason: string;
  /** The position behind which it goes on; null where it begins with the newest. */
  readonly after: string | null;
  /** Position of the last event on record; null where there is none. */
  readonly last: string | null;
}

const isBehind = (position: string, last: string | null): boolean =>
  last === null || BigInt(position) > BigInt(last);

/** Puts on record that somebody follows the trail, or says what is wrong with it. */
export function decideOpenTail(command: OpenTail): Decision<TailEvent> {
  const { tail, operator, savedSearch, query, residentCode, reason, after, last } = command;
  const against = [
    ...reasonFaults(reason),
    ...reasons(
      residentCode !== null && !isResidentCode(residentCode) && because('check-digit-wrong', 'residentCode'),
      // What lies between the end and a position behind it would be passed over in silence.
      after !== null && isBehind(after, last) && because('tail-position-unknown', 'Last-Event-ID'),
    ),
  ];
  if (against.length) return refuse(...against);
  return accept<TailEvent>({
    type: 'TailOpened',
    data: {
      tail,
      operator,
      savedSearch,
      query: query && printQuery(query),
      subjects: residentCode === null ? [] : [byResidentCode(residentCode)],
      reason,
      after,
    },
  });
}

/** It is over: the connection ended, or was ended. */
export interface CloseTail {
  readonly tail: string;
  readonly operator: string;
  /** `left`, `too-slow`, or the code of the problem that ended it. */
  readonly why: string;
  readonly rows: number;
  readonly position: string | null;
}

/** Puts on record how much was told; there is nothing to refuse. */
export const decideCloseTail = (command: CloseTail): Decision<TailEvent> =>
  accept<TailEvent>({ type: 'TailClosed', data: { ...command } });

export { tailRefusals } from './tail.refusals.js';
