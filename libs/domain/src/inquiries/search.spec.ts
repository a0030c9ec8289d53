import { describe, expect, it } from '@jest/globals';
import { record } from '../kernel/specification.js';
import { TrailSearched } from './inquiry.events.js';
import { type SearchTrail, searchRefusals, searchTrail } from './search.js';

const searching = (changes: Partial<SearchTrail> = {}): SearchTrail => ({
  search: 'search-1',
  operator: 'officer-1',
  filters: { operator: 'operator-1' },
  from: '2026-04-01T00:00:00.000Z',
  until: '2026-05-01T00:00:00.000Z',
  residentCode: null,
  reason: '苦情の調査',
  ...changes,
});

const codes = (changes: Partial<SearchTrail>): readonly string[] => {
  const decision = searchTrail(searching(changes));
  expect(decision.events).toHaveLength(decision.accepted ? 1 : 0);
  return decision.accepted ? [] : decision.refusals.map(({ code }) => code);
};

describe('a search of the trail', () => {
  it('is an event, with who, what for and why', () => {
    expect(searchTrail(searching({ residentCode: '24727059608' }))).toEqual({
      accepted: true,
      events: [
        {
          type: 'TrailSearched',
          data: {
            search: 'search-1',
            operator: 'officer-1',
            filters: { operator: 'operator-1' },
            subjects: [{ kind: 'resident-code', value: '24727059608' }],
            reason: '苦情の調査',
          },
        },
      ],
    });
  });

  it('keeps neither the resident nor the reason in clear', () => {
    const [fact] = searchTrail(searching({ residentCode: '24727059608' })).events;
    const clear = JSON.stringify(fact && record(TrailSearched, fact).data);
    expect(clear).not.toContain('24727059608');
    expect(clear).not.toContain('苦情');
  });

  it.each<[string, Partial<SearchTrail>]>([
    ['no bounds in time', { from: null, until: null }],
    ['one bound', { until: null }],
    ['a millisecond', { until: '2026-04-01T00:00:00.001Z' }],
    ['bounds in different offsets', { from: '2026-04-01T09:00:00+09:00', until: '2026-04-01T00:30:00Z' }],
    ['the longest reason', { reason: '\u{20BB7}'.repeat(1_000) }],
  ])('may have %s', (_, changes) => {
    expect(codes(changes)).toEqual([]);
  });

  it.each<[string, Partial<SearchTrail>, readonly string[]]>([
    ['without a reason', { reason: '' }, ['search-reason-missing']],
    ['with a blank reason', { reason: ' \u3000\n' }, ['search-reason-missing']],
    ['with too long a reason', { reason: '字'.repeat(1_001) }, ['search-reason-missing']],
    ['with half a character in the reason', { reason: '\uD842' }, ['search-reason-missing']],
    ['from no time', { from: 'spring' }, ['search-range-malformed']],
    ['until no time', { until: '' }, ['search-range-malformed']],
    ['of no time at all', { until: '2026-04-01T00:00:00.000Z' }, ['search-range-malformed']],
    ['backwards', { until: '2026-03-01T00:00:00.000Z' }, ['search-range-malformed']],
    [
      'backwards in disguise',
      { from: '2026-04-01T08:00:00Z', until: '2026-04-01T09:00:00+09:00' },
      ['search-range-malformed'],
    ],
    ['for a code with a wrong check digit', { residentCode: '25208017644' }, ['check-digit-wrong']],
    ['for an individual number', { residentCode: '123456789018' }, ['check-digit-wrong']],
    [
      'with everything wrong',
      { reason: '', from: 'x', residentCode: '' },
      ['search-reason-missing', 'search-range-malformed', 'check-digit-wrong'],
    ],
  ])('is refused %s', (_, changes, expected) => {
    expect(codes(changes)).toEqual(expected);
    for (const code of expected) expect(searchRefusals).toContain(code);
  });
});
