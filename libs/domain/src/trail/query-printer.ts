import { assertNever } from '../kernel/decision.js';
import type { Query, Term } from './query.js';

/**
 * The canonical form: English field names, half-width signs, a space for AND, a minus for NOT, quotes and parentheses
 * only where they are needed. Reading it again gives the same tree.
 */
export function printQuery(query: Query): string {
  switch (query.kind) {
    case 'or':
      return query.parts.map(printQuery).join(' OR ');
    case 'and':
      return query.parts.map((part) => (part.kind === 'or' ? grouped(part) : printQuery(part))).join(' ');
    case 'not':
      return `-${query.of.kind === 'and' || query.of.kind === 'or' ? grouped(query.of) : printQuery(query.of)}`;
    default:
      return printTerm(query);
  }
}

const grouped = (query: Query): string => `(${printQuery(query)})`;

function printTerm(term: Term): string {
  switch (term.kind) {
    case 'is':
      return `${term.field}:${printValue(term.value)}`;
    case 'begins':
      return `${term.field}:${printValue(term.value)}*`;
    case 'at':
      return `at:${printRange(term)}`;
    case 'has':
      return `has:${term.what}`;
    case 'text':
      return `text:${quoted(term.value)}`;
    default:
      return assertNever(term);
  }
}

const printRange = ({ from, through }: Extract<Term, { kind: 'at' }>): string =>
  from !== null && from === through ? from : `${from ?? ''}..${through ?? ''}`;

/** Letters, digits and signs that mean nothing in the language. Full-width forms are not among them: they would fold. */
const BARE = /^(?:[!#-'+-~]|(?![\uFF01-\uFF5E])[\p{L}\p{N}])+$/u;

const printValue = (value: string): string => (BARE.test(value) ? value : quoted(value));

/** Corner brackets where they save escaping. */
const quoted = (value: string): string =>
  /["\\＂]/.test(value) && !value.includes('」')
    ? `「${value}」`
    : `"${value.replace(/["\\]/g, (char) => `\\${char}`)}"`;
