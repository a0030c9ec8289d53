import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import {
  type OpeningHours,
  type ProvisionEvent,
  provisionEvents,
  type RecordedProvisionEvent,
} from './agreement.events.js';
import {
  decideApproveHours,
  decideProposeHours,
  decideResumeProvision,
  decideSuspendProvision,
  evolveProvision,
  hoursOn,
  initialProvision,
  isSuspended,
  isWithinHours,
  type ProvisionFacts,
} from './provision.js';

/** Monday, 2026-04-06, 00:30 in Tokyo. */
const NOW = '2026-04-05T15:30:00.000Z';
const TODAY = '2026-04-06';
const MONDAYS: readonly OpeningHours[] = [
  { weekday: 1, from: 540, until: 720 },
  { weekday: 1, from: 720, until: 1_050 },
];

const agreement = {
  state: 'in-force',
  agreement: 'mlit-jlis',
  recipient: 'MLIT',
  provider: 'J-LIS',
  purposes: ['rtva-67:acceptance'],
  casePatterns: { 'rtva-67': '.+' },
  deadlineMs: 30_000,
} as const;
const facts: ProvisionFacts = { agreement };
const { given } = specify(provisionEvents, evolveProvision, initialProvision);

const version = (proposal: string, effectiveFrom: string, hours = MONDAYS) => ({
  proposal,
  hours,
  closedDays: ['2026-04-13'],
  effectiveFrom,
});
const set = (proposal: string, effectiveFrom: string, hours = MONDAYS): ProvisionEvent => ({
  type: 'ServiceHoursSet',
  data: version(proposal, effectiveFrom, hours),
});

describe('service hours', () => {
  const propose = (part: object = {}, others = facts) =>
    given().when((state) => decideProposeHours(state, { ...version('p-1', TODAY), ...part }, others, NOW));

  /** Hours that o-ueda proposed. */
  const proposed = (effectiveFrom = TODAY) => {
    const fact = { type: 'ServiceHoursProposed', data: version('p-1', effectiveFrom) };
    const event = record(provisionEvents.ServiceHoursProposed, fact, { actor: { operator: 'o-ueda' } });
    const state = evolveProvision(initialProvision, event as unknown as RecordedProvisionEvent);
    return specify(provisionEvents, evolveProvision, state).given();
  };
  const approve = (by: string, effectiveFrom?: string, others = facts) =>
    proposed(effectiveFrom).when((state) =>
      decideApproveHours(
        state,
        { proposal: 'p-1', by, side: 'recipient' },
        { ...others, proposerSide: 'provider' },
        NOW,
      ),
    );

  it('are proposed, and do not hold yet', () => {
    expect(propose().events).toEqual([{ type: 'ServiceHoursProposed', data: version('p-1', TODAY) }]);
    expect(hoursOn(proposed().state, TODAY)).toBeNull();
  });

  const monday = (from: number, until: number) => [{ weekday: 1, from, until }];
  it.each([
    ['no hours at all', { hours: [] }, 'hours-empty'],
    ['an eighth weekday', { hours: [{ weekday: 7, from: 0, until: 60 }] }, 'hours-malformed'],
    ['an end before the beginning', { hours: monday(600, 600) }, 'hours-malformed'],
    ['an end after midnight', { hours: monday(600, 1_441) }, 'hours-malformed'],
    ['half a minute', { hours: monday(0.5, 60) }, 'hours-malformed'],
    ['an overlap', { hours: [...monday(600, 700), ...monday(540, 601)] }, 'hours-overlapping'],
    [
      '71 intervals',
      { hours: Array.from({ length: 71 }, (_, n) => monday(n, n + 1)).flat() },
      'hours-too-many',
    ],
    ['a closed day that does not exist', { closedDays: ['2026-02-29'] }, 'closed-day-malformed'],
    ['a closed day twice', { closedDays: [TODAY, TODAY] }, 'closed-day-repeated'],
    ['yesterday in Tokyo as the first day', { effectiveFrom: '2026-04-05' }, 'effective-from-past'],
    ['no first day', { effectiveFrom: '' }, 'effective-from-malformed'],
  ])('are not proposed with %s', (_what, part, code) => {
    expect(propose(part).refusals).toEqual([code]);
  });

  it('are not proposed with more than 400 closed days', () => {
    const closedDays = Array.from({ length: 401 }, (_, n) =>
      new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10),
    );
    expect(propose({ closedDays }).refusals).toEqual(['closed-days-too-many']);
  });

  it('belong to an agreement in force', () => {
    expect(propose({}, { agreement: { state: 'none' } }).refusals).toEqual(['agreement-missing']);
    const ended = { agreement: { ...agreement, state: 'terminated' } } as const;
    expect(propose({}, ended).refusals).toEqual(['agreement-terminated']);
    expect(approve('o-mori', TODAY, ended).refusals).toEqual(['agreement-terminated']);
  });

  it('are set by a second person', () => {
    expect(approve('o-mori').events).toEqual([set('p-1', TODAY)]);
    expect(approve('o-ueda').refusals).toEqual(['approver-is-proposer']);
  });

  it.each([
    ['provider', 'provider', []],
    ['provider', 'recipient', []],
    ['recipient', 'provider', []],
    ['recipient', 'recipient', ['hours-without-provider']],
    [null, 'recipient', ['hours-without-provider']],
  ] as const)('are the provider’s: proposed by %s and approved by %s', (proposerSide, side, codes) => {
    const { refusals } = proposed().when((state) =>
      decideApproveHours(state, { proposal: 'p-1', by: 'o-kato', side }, { ...facts, proposerSide }, NOW),
    );
    expect(refusals).toEqual(codes);
  });

  it('are not set in retrospect, nor without an open proposal', () => {
    expect(approve('o-mori', '2026-04-05').refusals).toEqual(['effective-from-past']);
    const { refusals } = given(set('p-1', TODAY)).when((state) =>
      decideApproveHours(
        state,
        { proposal: 'p-1', by: 'o-mori', side: 'recipient' },
        { ...facts, proposerSide: null },
        NOW,
      ),
    );
    expect(refusals).toEqual(['proposal-missing']);
  });

  it('are not proposed under an id that was used before', () => {
    const { refusals } = given(set('p-1', TODAY)).when((state) =>
      decideProposeHours(state, version('p-1', TODAY), facts, NOW),
    );
    expect(refusals).toEqual(['proposal-exists']);
  });

  it('hold from their first day until the next begin, in whatever order they were approved', () => {
    const { state } = given(set('p-3', '2026-07-01'), set('p-1', TODAY), set('p-2', '2026-05-01'));
    const days = ['2026-04-05', TODAY, '2026-04-30', '2026-05-01', '2026-07-01'];
    expect(days.map((day) => hoursOn(state, day)?.proposal ?? null)).toEqual([
      null,
      'p-1',
      'p-1',
      'p-2',
      'p-3',
    ]);
  });

  it('let the provider answer from the first minute to before the last, on open days only', () => {
    const { state } = given(set('p-1', TODAY));
    const open = (tokyo: string) => isWithinHours(state, new Date(`${tokyo}:00.000+09:00`).toISOString());
    expect(open('2026-04-06T08:59')).toBe(false);
    expect(open('2026-04-06T09:00')).toBe(true);
    expect(open('2026-04-06T12:00')).toBe(true);
    expect(open('2026-04-06T17:29')).toBe(true);
    expect(open('2026-04-06T17:30')).toBe(false);
    expect(open('2026-04-07T10:00')).toBe(false);
    expect(open('2026-04-13T10:00')).toBe(false);
    expect(open('2026-04-20T10:00')).toBe(true);
  });

  it('are closed where none were ever set', () => {
    expect(isWithinHours(initialProvision, '2026-04-06T01:00:00.000Z')).toBe(false);
  });
});

describe('provision', () => {
  const suspended = (suspension: string, scope: 'all' | readonly string[]): ProvisionEvent => ({
    type: 'ProvisionSuspended',
    data: { suspension, scope, reason: 'audit' },
  });
  const resumed: ProvisionEvent = { type: 'ProvisionResumed', data: { suspension: 's-1' } };
  const command = { suspension: 's-1', side: 'provider', scope: 'all', reason: 'audit' } as const;
  const suspend = (part: object = {}, past: readonly ProvisionEvent[] = []) =>
    given(...past).when((state) => decideSuspendProvision(state, { ...command, ...part }, facts));
  const resume = (side: 'provider' | 'recipient', past: readonly ProvisionEvent[]) =>
    given(...past).when((state) => decideResumeProvision(state, { suspension: 's-1', side }));

  it('is suspended by the provider, all of it or some purposes', () => {
    expect(suspend().events).toEqual([suspended('s-1', 'all')]);
    expect(suspend({ scope: ['rtva-67:acceptance'] }).events).toEqual([
      suspended('s-1', ['rtva-67:acceptance']),
    ]);
  });

  it.each([
    ['by the recipient', { side: 'recipient' }, 'provider-only'],
    ['for no purpose', { scope: [] }, 'purposes-empty'],
    ['for an unlisted purpose', { scope: ['rtva-97-3-1:response'] }, 'purpose-unlisted'],
    ['for a purpose twice', { scope: ['rtva-67:response', 'rtva-67:response'] }, 'purpose-repeated'],
    ['without a reason', { reason: '' }, 'reason-malformed'],
  ])('is not suspended %s', (_what, part, code) => {
    expect(suspend(part).refusals).toEqual([code]);
  });

  it('is not suspended under an id that was used, nor without an agreement', () => {
    expect(suspend({}, [suspended('s-1', 'all')]).refusals).toEqual(['suspension-exists']);
    expect(suspend({}, [suspended('s-1', 'all'), resumed]).refusals).toEqual(['suspension-exists']);
    const { refusals } = given().when((state) =>
      decideSuspendProvision(state, command, { agreement: { state: 'none' } }),
    );
    expect(refusals).toEqual(['agreement-missing']);
  });

  it('is suspended fifty times at once, and not a fifty-first', () => {
    const open = Array.from({ length: 50 }, (_, n) => suspended(`s-0${n}`, 'all'));
    expect(suspend({}, open.slice(1)).refusals).toEqual([]);
    expect(suspend({}, open).refusals).toEqual(['suspensions-too-many']);
    const lifted = { type: 'ProvisionResumed', data: { suspension: 's-00' } } as const;
    expect(suspend({}, [...open, lifted]).refusals).toEqual([]);
  });

  it('is resumed by the provider alone, one open suspension at a time', () => {
    expect(resume('provider', [suspended('s-1', 'all')]).events).toEqual([resumed]);
    expect(resume('recipient', [suspended('s-1', 'all')]).refusals).toEqual(['provider-only']);
    expect(resume('provider', []).refusals).toEqual(['suspension-not-open']);
    expect(resume('provider', [suspended('s-1', 'all'), resumed]).refusals).toEqual(['suspension-not-open']);
  });

  it('stays suspended while any suspension covers the purpose', () => {
    const { state } = given(suspended('s-1', 'all'), suspended('s-2', ['rtva-67:acceptance']), resumed);
    expect(isSuspended(state, 'rtva-67:acceptance')).toBe(true);
    expect(isSuspended(state, 'rtva-67:response')).toBe(false);
    expect(isSuspended(given(suspended('s-1', 'all')).state, 'rtva-67:response')).toBe(true);
    expect(isSuspended(initialProvision, 'rtva-67:response')).toBe(false);
  });
});
