import { holdsIdentifier, isWellFormedText } from '../kernel/identity.js';
import { allOf, anyOf, not, type Query } from './query.js';
import { fault, QueryFault, type QueryRefusal } from './query.refusals.js';
import { fieldNamed, readTerm } from './query-fields.js';
import { hidden, withoutIds } from './query-identifiers.js';
import { periodOfQuery } from './query-meaning.js';
import { printQuery } from './query-printer.js';
import { lengthInDays, overlap, type TimeBounds, unbounded } from './query-time.js';
import { type Token, tokensOf } from './query-tokens.js';

/** What a query may cost: how long it is, how deep it nests, how many terms it has, how far text is looked for. */
export interface QueryBounds {
  /** Code points, as typed and in canonical form. */
  readonly length: number;
  /** Parentheses and negations inside each other. */
  readonly depth: number;
  readonly terms: number;
  /** Longest period that `text:` may open reasons of, in days. */
  readonly textDays: number;
}
export const strictQueryBounds: QueryBounds = { length: 1_000, depth: 8, terms: 50, textDays: 92 };

export interface ReadQuery {
  /** Bounds in time that hold besides the query, as fields of the request. */
  readonly range?: TimeBounds;
  /** Within how many days it will be asked, where a threshold counts them anew each day. */
  readonly withinDays?: number;
  readonly bounds?: QueryBounds;
}

/**
 * Reads a query, or says what is wrong first and where. Never throws, whatever the text is; what it accepts is within
 * the same bounds when it is printed, and means the same when it is read again.
 */
export function readQuery(
  text: string,
  { range = unbounded, withinDays = Infinity, bounds = strictQueryBounds }: ReadQuery = {},
): { readonly query: Query } | { readonly refusals: readonly [QueryRefusal] } {
  try {
    return { query: parsed(text, { range, withinDays, bounds }) };
  } catch (error) {
    if (error instanceof QueryFault) return { refusals: [error.refusal] };
    throw error;
  }
}

function parsed(text: string, { range, withinDays, bounds }: Required<ReadQuery>): Query {
  const chars = Array.from(text);
  const typed = chars.length;
  const broken = chars.findIndex((char) => !isWellFormedText(char));
  if (broken !== -1) fault('query-malformed', broken, 1);
  if (typed > bounds.length) fault('query-too-long', bounds.length, typed - bounds.length);
  refuseIdentifiers(text);
  const tokens = tokensOf(text);
  if (tokens.length === 0) fault('query-empty', 0);
  const query = new Parser(tokens, typed, bounds).read();
  // Japanese names of fields are shorter than the canonical ones: what is kept must be readable again.
  if (Array.from(printQuery(query)).length > bounds.length) fault('query-too-long', typed);
  const sought = tokens.find((token) => token.kind === 'term' && fieldNamed(token.field) === 'text');
  const days = Math.min(lengthInDays(overlap(periodOfQuery(query), range)) ?? Infinity, withinDays);
  // Each reason has to be opened before it can be looked into.
  if (sought && days > bounds.textDays) fault('query-text-unbounded', sought.at, sought.length);
  return query;
}

const MOMENT = '\\d{4}(?:-\\d\\d(?:-\\d\\d(?:T\\d\\d(?::\\d\\d)?)?)?)?';
const RANGE = new RegExp(
  `(?<=(?<!\\p{L})(?:at|日時):["“「『]?)(?:${MOMENT})?(?:\\.\\.)?(?:${MOMENT})?(?!\\d)`,
  'giu',
);

/**
 * A query is kept and shown; who looks for a resident has a field of the request for it. Dates are digits in groups as
 * ids are, so their exact form is passed over as well.
 */
function refuseIdentifiers(text: string): void {
  const chars = Array.from(withoutIds(text).replace(RANGE, hidden));
  const holds = (from: number, end: number): boolean => holdsIdentifier(chars.slice(from, end).join(''));
  if (!holds(0, chars.length)) return;
  // Where the last one begins: the last place from which on the rest still holds one.
  let at = chars.length - 1;
  while (!holds(at, chars.length)) at -= 1;
  let end = at + 1;
  while (!holds(at, end)) end += 1;
  fault('identifier-in-query', at, end - at);
}

/**
 * Recursive descent. From loose to tight: OR, then AND (also where two terms merely stand beside each other), then
 * NOT and `-`. The depth is bounded before each step down, so no text can exhaust the stack.
 */
class Parser {
  #next = 0;
  #depth = 0;
  #terms = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: number,
    private readonly bounds: QueryBounds,
  ) {}

  read(): Query {
    const query = this.#either();
    const left = this.#token();
    // All that stops `#either` before the end is a parenthesis that nothing opened.
    if (left) fault('query-parentheses-unbalanced', left.at, left.length);
    return query;
  }

  #token(): Token | undefined {
    return this.tokens[this.#next];
  }

  #either(): Query {
    const parts = [this.#all()];
    while (this.#token()?.kind === 'or') {
      this.#next += 1;
      parts.push(this.#all());
    }
    return anyOf(parts);
  }

  #all(): Query {
    const parts = [this.#one()];
    for (
      let token = this.#token();
      token && token.kind !== 'or' && token.kind !== ')';
      token = this.#token()
    ) {
      if (token.kind === 'and') this.#next += 1;
      parts.push(this.#one());
    }
    return allOf(parts);
  }

  #one(): Query {
    const token = this.#token();
    if (!token) return fault('query-term-missing', this.end);
    this.#next += 1;
    switch (token.kind) {
      case 'term':
        this.#terms += 1;
        if (this.#terms > this.bounds.terms) fault('query-too-many-terms', token.at, token.length);
        return readTerm(token);
      case 'not':
        return not(this.#deeper(token, () => this.#one()));
      case '(':
        return this.#deeper(token, () => this.#group(token));
      default:
        return fault('query-term-missing', token.at, token.length);
    }
  }

  #group(opening: Token): Query {
    const query = this.#either();
    if (!this.#token()) fault('query-parentheses-unbalanced', opening.at, opening.length);
    this.#next += 1;
    return query;
  }

  #deeper(token: Token, read: () => Query): Query {
    this.#depth += 1;
    if (this.#depth > this.bounds.depth) fault('query-too-deep', token.at, token.length);
    const query = read();
    this.#depth -= 1;
    return query;
  }
}
