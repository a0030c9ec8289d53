import { describe, expect, it } from '@jest/globals';
import { record } from '../kernel/specification.js';
import { type InquiryEvent, inquiryEvents, type RecordedInquiryEvent } from '../inquiries/inquiry.events.js';
import { answered, morning, received, refused, standing, supplied } from './detection.specification.js';
import { type DetectorSettings, strictDetectorSettings } from './detectors.js';
import { Lookout } from './lookout.js';
import { detectorNames } from './review.events.js';
import { type Observation, observationOf } from './observation.js';

/** Park–Miller: the same numbers in every run. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % n;
  };
}

/** An office over some weeks. */
function office(seed: number, count: number): readonly Observation[] {
  const pick = seeded(seed);
  return Array.from({ length: count }, (_, n): Observation[] => {
    const seen = {
      inquiry: `i-${n}`,
      operator: `o-${pick(6)}`,
      at: new Date(Date.parse('2026-04-01T00:00:00.000Z') + n * 1_800_000 + pick(600_000)).toISOString(),
    };
    const tokens = pick(3) === 0 ? [] : [pick(20) === 0 ? 'token-protected' : `token-${pick(40)}`];
    if (pick(8) === 0) return [refused(['case-reference-malformed'], seen)];
    const nameMatch = pick(50) === 0 ? 'family-name' : null;
    const question = received({ ...seen, tokens, nameMatch, caseMatches: pick(30) === 0 ? false : null });
    return pick(3) === 0
      ? [question, answered('not-found', seen)]
      : [question, answered('found', seen), supplied({ ...seen, tokens })];
  }).flat();
}

const causesOf = (lookout: Lookout, observations: readonly Observation[]): string[] =>
  observations.flatMap((seen) => lookout.observe(seen, standing).map(({ cause }) => cause));

describe('the lookout', () => {
  it('finds with all detectors at once', () => {
    const causes = causesOf(new Lookout(strictDetectorSettings), office(1, 2_000));
    const names = new Set(causes.map((cause) => cause.split('/')[0]));
    // All but `volume`: nobody here has a busy day.
    expect(names).toEqual(new Set(detectorNames.filter((name) => name !== 'volume')));
  });

  it('finds nothing with those that are switched off', () => {
    const off: DetectorSettings = {
      ...strictDetectorSettings,
      sameResident: null,
      ownName: null,
      outOfHours: null,
      withoutCase: null,
      watchedResident: null,
    };
    const causes = causesOf(new Lookout(off), office(1, 2_000));
    expect(new Set(causes.map((cause) => cause.split('/')[0]))).toEqual(new Set(['not-found-in-a-row']));
  });

  it('finds the same when it is fed the same again', () => {
    const events = office(2, 1_000);
    expect(causesOf(new Lookout(strictDetectorSettings), events)).toEqual(
      causesOf(new Lookout(strictDetectorSettings), events),
    );
  });

  it('tells nothing about residents but tokens and ids', () => {
    const lookout = new Lookout(strictDetectorSettings);
    for (const seen of office(3, 1_000)) {
      for (const finding of lookout.observe(seen, standing)) {
        expect(finding.inquiries.every((inquiry) => /^i-\d+$/.test(inquiry))).toBe(true);
        expect(finding.tokens.every((token) => token.startsWith('token-'))).toBe(true);
        expect(finding.cause).not.toContain('token');
        expect(finding.count).toBeGreaterThanOrEqual(1);
        expect(finding.from <= finding.until).toBe(true);
      }
    }
  });

  it('remembers as much as it has room for, and says what it had to forget', () => {
    const only: DetectorSettings = {
      ...strictDetectorSettings,
      outOfHours: null,
      volume: null,
      withoutCase: null,
      notFound: null,
    };
    const look = (n: number, token: string) =>
      received({ inquiry: `i-${n}`, at: morning(0, n), tokens: [token] });
    const small = new Lookout(only, 2);
    // `a` is touched again and again, so it stays; the others make room for each other.
    const seen = ['a', 'b', 'a', 'c', 'a', 'd', 'a'].map((token, n) => look(n, token));
    expect(causesOf(small, seen)).toEqual(['same-resident/o-1/2026-04/i-0']);
    expect(small.forgotten).toBe(2);
    const slow = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a'].map((token, n) => look(n, token));
    expect(causesOf(new Lookout(only, 2), slow)).toEqual([]);
    expect(causesOf(new Lookout(only, 3), slow)).toHaveLength(1);
  });

  it('does not count as forgotten what was over', () => {
    const only = {
      ...strictDetectorSettings,
      outOfHours: null,
      volume: null,
      withoutCase: null,
      notFound: null,
    };
    const small = new Lookout(only, 1);
    small.observe(received({ tokens: ['a'], at: morning(0) }), standing);
    small.observe(received({ tokens: ['b'], at: morning(30) }), standing);
    expect(small.forgotten).toBe(0);
    small.observe(received({ tokens: ['c'], at: morning(31) }), standing);
    expect(small.forgotten).toBe(1);
  });
});

describe('an observation', () => {
  const opened = { tokens: ['token-a'], nameMatch: 'self', caseMatches: true } as const;
  const seen = (fact: InquiryEvent | { type: InquiryEvent['type']; data: object }, by: object) =>
    observationOf(record(inquiryEvents[fact.type], fact, by) as unknown as RecordedInquiryEvent, opened);
  const person = { actor: { operator: 'o-1' }, at: '2026-04-01T01:00:00.000Z' };
  const of = { at: '2026-04-01T01:00:00.000Z', inquiry: 'i-1', operator: 'o-1' };

  it.each<[InquiryEvent['type'], object, Observation | null]>([
    ['InquiryReceived', {}, { ...of, kind: 'received', ...opened }],
    [
      'InquiryRefused',
      { reasons: ['grant-missing'] },
      { ...of, kind: 'refused', reasons: ['grant-missing'] },
    ],
    ['InformationProvided', { outcome: 'several' }, { ...of, kind: 'answered', outcome: 'several' }],
    ['NothingProvided', { outcome: 'not-found' }, { ...of, kind: 'answered', outcome: 'not-found' }],
    ['RecordProvided', { number: 1 }, { ...of, kind: 'supplied', tokens: ['token-a'], nameMatch: 'self' }],
    ['AnswerRedelivered', {}, null],
    ['AnswerWithheld', {}, null],
    ['InquiryOutcomeUnknown', {}, null],
  ])('of %s', (type, data, expected) => {
    expect(seen({ type, data: { inquiry: 'i-1', ...data } }, person)).toEqual(expected);
  });

  it('is not made of what nobody did', () => {
    expect(
      seen({ type: 'InquiryReceived', data: { inquiry: 'i-1' } }, { actor: { system: 'api' } }),
    ).toBeNull();
  });
});
