import { fault } from './query.refusals.js';

/** A value as it was typed: in quotes or not, with or without a star behind it. `at` and `length` span all of it. */
export interface TypedValue {
  readonly text: string;
  readonly prefix: boolean;
  readonly at: number;
  readonly length: number;
}

export type Token =
  | { readonly kind: '(' | ')' | 'and' | 'or' | 'not'; readonly at: number; readonly length: number }
  | {
      readonly kind: 'term';
      /** In lower case. */
      readonly field: string;
      readonly value: TypedValue;
      readonly at: number;
      /** Of the field's name. */
      readonly length: number;
    };

/** Opening quotes and what closes each. Only the first kind knows escapes: `\"` and `\\`. */
const quotes: Readonly<Record<string, string>> = { '"': '"', '“': '”', '「': '」', '『': '』' };
const keywords: Readonly<Record<string, 'and' | 'or' | 'not'>> = { AND: 'and', OR: 'or', NOT: 'not' };

const SPACE = /^\s$/u;
const endsWord = (char: string): boolean =>
  SPACE.test(char) || char === '(' || char === ')' || Object.hasOwn(quotes, char);

/**
 * ASCII for its full-width forms, as Japanese keyboards write them, and a space for the ideographic one. One code
 * point becomes one, so that offsets stay true.
 */
export const halfWidth = (text: string): string =>
  text.replace(/[\uFF01-\uFF5E\u3000]/g, (char) =>
    char === '\u3000' ? ' ' : String.fromCharCode(char.charCodeAt(0) - 0xfee0),
  );

/** Text on its way into tokens; `typed` and `chars` are the same code points, before and after `halfWidth`. */
interface Source {
  readonly typed: readonly string[];
  readonly chars: readonly string[];
}

/** Cuts a query into tokens. Throws QueryFault. */
export function tokensOf(text: string): readonly Token[] {
  const source: Source = { typed: Array.from(text), chars: Array.from(halfWidth(text)) };
  const tokens: Token[] = [];
  for (let at = 0; at < source.chars.length; ) {
    const char = source.chars[at] as string;
    if (SPACE.test(char)) at += 1;
    else if (char === '(' || char === ')' || char === '-') {
      tokens.push({ kind: char === '-' ? 'not' : char, at, length: 1 });
      at += 1;
    } else {
      const { token, end } = wordAt(source, at);
      tokens.push(token);
      at = end;
    }
  }
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

/** A keyword, or a field with its value. */
function wordAt(source: Source, at: number): Read {
  const { chars } = source;
  let end = at;
  while (end < chars.length && !endsWord(chars[end] as string)) end += 1;
  // A quote where a word should begin, or right behind one that has no colon.
  if (end === at) fault('query-field-missing', at, 1);
  const word = chars.slice(at, end);
  const colon = word.indexOf(':');
  if (colon === -1) {
    const kind = keywords[word.join('').toUpperCase()];
    if (!kind) fault('query-field-missing', at, word.length);
    return { token: { kind, at, length: word.length }, end };
  }
  if (colon === 0) fault('query-field-missing', at, 1);
  const field = word.slice(0, colon).join('').toLowerCase();
  const start = at + colon + 1;
  const value = start === end ? quotedAt(source, start) : bareValue(word.slice(colon + 1), start);
  const closes = value.at + value.length;
  expectEnd(chars, closes);
  return { token: { kind: 'term', field, value, at, length: colon }, end: closes };
}

function bareValue(chars: readonly string[], at: number): TypedValue {
  const prefix = chars.at(-1) === '*';
  const text = (prefix ? chars.slice(0, -1) : chars).join('');
  // A star in the middle means nothing here; whoever types one is told so and not given a wrong answer.
  if (text.includes('*')) fault('query-character-unexpected', at + chars.indexOf('*'), 1);
  if (text === '') fault('query-value-missing', at, chars.length);
  return { text, prefix, at, length: chars.length };
}

/** What is in quotes stays as it was typed, full-width forms included. */
function quotedAt({ typed, chars }: Source, at: number): TypedValue {
  const opening = chars[at] ?? '';
  const closing = Object.hasOwn(quotes, opening) ? quotes[opening] : undefined;
  if (closing === undefined) fault('query-value-missing', at);
  const text: string[] = [];
  let end = at + 1;
  while (chars[end] !== closing) {
    if (end >= chars.length) fault('query-quote-open', at, 1);
    if (opening === '"' && typed[end] === '\\') {
      end += 1;
      if (end >= chars.length) fault('query-quote-open', at, 1);
      if (typed[end] !== '"' && typed[end] !== '\\') fault('query-escape-unknown', end - 1, 2);
    }
    text.push(typed[end] as string);
    end += 1;
  }
  const prefix = chars[end + 1] === '*';
  return { text: text.join(''), prefix, at, length: end + (prefix ? 2 : 1) - at };
}

/** Nothing may touch the end of a value but a space or a parenthesis. */
function expectEnd(chars: readonly string[], at: number): void {
  const char = chars[at];
  if (char !== undefined && !SPACE.test(char) && char !== '(' && char !== ')')
    fault('query-character-unexpected', at, 1);
}
