import { describe, expect, it } from '@jest/globals';
import { record } from '../kernel/specification.js';
import { readQuery } from './query-parser.js';
import { TailOpened } from './tail.events.js';
import { decideOpenTail, type OpenTail, type QueryPlace, readTailQuery } from './tail.js';

const RESIDENT = '24727059608';
const read = readQuery('case:SK-2026-1 outcome:found');
if ('refusals' in read) throw new Error('the query of the specification');

const following = (changes: Partial<OpenTail> = {}): OpenTail => ({
  tail: 't-1',
  operator: 'o-officer',
  savedSearch: null,
  query: read.query,
  residentCode: RESIDENT,
  reason: '窓口の見守り',
  after: '12',
  last: '12',
  ...changes,
});

const codes = (changes: Partial<OpenTail>): readonly string[] => {
  const decision = decideOpenTail(following(changes));
  expect(decision.events).toHaveLength(decision.accepted ? 1 : 0);
  return decision.accepted ? [] : decision.refusals.map(({ code }) => code);
};

describe('a tail of the trail', () => {
  it('is an event: who follows what, from where on, and why', () => {
    expect(decideOpenTail(following()).events).toEqual([
      {
        type: 'TailOpened',
        data: {
          tail: 't-1',
          operator: 'o-officer',
          savedSearch: null,
          query: 'case:SK-2026-1 outcome:found',
          subjects: [{ kind: 'resident-code', value: RESIDENT }],
          reason: '窓口の見守り',
          after: '12',
        },
      },
    ]);
  });

  it('keeps neither query nor resident nor reason in clear', () => {
    const [fact] = decideOpenTail(following()).events;
    const clear = JSON.stringify(record(TailOpened, fact as never).data);
    expect(clear).not.toMatch(/SK-2026|24727059608|窓口/);
  });

  it.each<[string, Partial<OpenTail>]>([
    ['everything', { query: null, residentCode: null }],
    ['from the beginning', { after: '0' }],
    ['with the newest', { after: null }],
    ['where nothing is on record yet', { after: null, last: null }],
    ['with the longest reason', { reason: '\u{20BB7}'.repeat(1_000) }],
  ])('may follow %s', (_what, changes) => {
    expect(codes(changes)).toEqual([]);
  });

  it.each<[string, Partial<OpenTail>, readonly string[]]>([
    ['without a reason', { reason: ' \u3000' }, ['reason-malformed']],
    ['with too long a reason', { reason: '字'.repeat(1_001) }, ['reason-malformed']],
    ['of a code with a wrong check digit', { residentCode: '25208017644' }, ['check-digit-wrong']],
    ['of an individual number', { residentCode: '123456789018' }, ['check-digit-wrong']],
    ['from a position that nothing has', { after: '13' }, ['tail-position-unknown']],
    ['from a position of longer digits', { after: '100', last: '12' }, ['tail-position-unknown']],
    ['from a position where nothing is on record', { after: '1', last: null }, ['tail-position-unknown']],
    [
      'with everything wrong',
      { reason: '', residentCode: '', after: '99' },
      ['reason-malformed', 'check-digit-wrong', 'tail-position-unknown'],
    ],
  ])('is refused %s', (_what, changes, expected) => {
    expect(codes(changes)).toEqual(expected);
  });
});

describe('the query of a tail', () => {
  const refusals = (text: string, place: QueryPlace) => {
    const answer = readTailQuery(text, place);
    return 'refusals' in answer ? answer.refusals.map(({ code, field }) => `${code} ${field}`) : [];
  };
  const clear =
    'operator:o-1 organisation:u terminal:t session:s grant:g purpose:rtva-59-1 outcome:found type:SignedIn ' +
    'refusal:grant-expired inquiry:i agreement:a at:2026-04.. has:no-case';

  it.each<[QueryPlace, string]>([
    ['url', clear],
    ['url', '-operator:o-1 OR (outcome:found -terminal:t-3)'],
    ['body', `${clear} case:"SK 1"*`],
    ['saved-search', 'case:SK-2026-1'],
  ])('may be, in the %s: %s', (place, text) => {
    expect(refusals(text, place)).toEqual([]);
  });

  it.each<[QueryPlace, string, readonly string[]]>([
    ['url', 'case:SK-2026-1', ['tail-query-not-for-url query']],
    ['url', 'outcome:found OR -(case:山田*)', ['tail-query-not-for-url query']],
    ['url', 'text:山田', ['tail-query-not-for-url query', 'tail-text-not-followed query']],
    ['url', `case:${RESIDENT}`, ['identifier-in-query query']],
    ['url', 'resident:1', ['query-field-unknown query']],
    ['body', '-text:窓口 operator:o-1', ['tail-text-not-followed query']],
    ['body', 'text:窓口 at:2026-04', ['tail-text-not-followed query']],
    ['body', '', ['query-empty query']],
    ['saved-search', 'text:窓口', ['tail-text-not-followed savedSearch']],
  ])('is refused in the %s: %s', (place, text, expected) => {
    expect(refusals(text, place)).toEqual(expected);
  });
});
