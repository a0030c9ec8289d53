import type { Observation } from './observation.js';
import type { Detector, Finding, LookoutStanding } from './detector.js';

/** given / when / then for detectors: given facts, which findings. */

/** Weekends, and one holiday in the week: 昭和の日. */
export const standing: LookoutStanding = {
  closed: { weekdays: [0, 6], days: new Set(['2026-04-29']) },
  watched: new Set(['token-protected']),
};

type Kind<K extends Observation['kind']> = Extract<Observation, { kind: K }>;

/** A receipt on Wednesday 2026-04-01, 10:00 in Tokyo, by o-1, about nobody in particular. */
export const received = (changes: Partial<Kind<'received'>> = {}): Kind<'received'> => ({
  kind: 'received',
  at: '2026-04-01T01:00:00.000Z',
  inquiry: 'i-1',
  operator: 'o-1',
  tokens: [],
  nameMatch: null,
  caseMatches: null,
  ...changes,
});

export const supplied = (changes: Partial<Kind<'supplied'>> = {}): Kind<'supplied'> => ({
  kind: 'supplied',
  at: '2026-04-01T01:00:01.000Z',
  inquiry: 'i-1',
  operator: 'o-1',
  tokens: [],
  nameMatch: null,
  ...changes,
});

export const answered = (
  outcome: Kind<'answered'>['outcome'],
  changes: Partial<Kind<'answered'>> = {},
): Kind<'answered'> => ({
  kind: 'answered',
  at: '2026-04-01T01:00:01.000Z',
  inquiry: 'i-1',
  operator: 'o-1',
  outcome,
  ...changes,
});

export const refused = (
  reasons: readonly string[],
  changes: Partial<Kind<'refused'>> = {},
): Kind<'refused'> => ({
  kind: 'refused',
  at: '2026-04-01T01:00:00.000Z',
  inquiry: 'i-1',
  operator: 'o-1',
  reasons,
  ...changes,
});

/** Ten in the morning in Tokyo, `days` after 2026-04-01. */
export const morning = (days: number, seconds = 0): string =>
  new Date(Date.parse('2026-04-01T01:00:00.000Z') + days * 86_400_000 + seconds * 1_000).toISOString();

/** What a detector finds in these, in their order. */
export function findingsOf<S>(detector: Detector<S>, observations: readonly Observation[]): Finding[] {
  const states = new Map<string, S>();
  return observations.flatMap((observation) =>
    detector.keysOf(observation).flatMap((key) => {
      const before = states.get(key) ?? detector.initial;
      const { state, finding } = detector.observe(before, observation, key, standing);
      states.set(key, state);
      return finding ?? [];
    }),
  );
}
