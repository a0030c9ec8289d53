import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { type RecordedRetentionEvent, type RetentionEvent, retentionEvents } from './retention.events.js';
import {
  decideApproveRetentionPeriod,
  decideProposeRetentionPeriod,
  evolveRetentionPeriod,
  initialRetentionPeriod,
  periodOn,
} from './retention-period.js';

/** 2026-04-06, 00:30 in Tokyo. */
const NOW = '2026-04-05T15:30:00.000Z';
const purpose = 'rtva-59-1:examination';

const { given } = specify(retentionEvents, evolveRetentionPeriod, initialRetentionPeriod);

const version = (proposal: string, period: string, effectiveFrom: string) => ({
  purpose,
  proposal,
  period,
  effectiveFrom,
});
const approved = (proposal: string, period: string, effectiveFrom: string): RetentionEvent => ({
  type: 'RetentionPeriodApproved',
  data: version(proposal, period, effectiveFrom),
});

/** A period that o-ito proposed. */
function proposed(effectiveFrom = '2026-04-06') {
  const fact = { type: 'RetentionPeriodProposed', data: version('p-1', 'P90D', effectiveFrom) };
  const event = record(retentionEvents.RetentionPeriodProposed, fact, { actor: { operator: 'o-ito' } });
  const state = evolveRetentionPeriod(initialRetentionPeriod, event as unknown as RecordedRetentionEvent);
  return specify(retentionEvents, evolveRetentionPeriod, state).given();
}

describe('a retention period', () => {
  const propose = (part: object = {}) =>
    given().when((state) =>
      decideProposeRetentionPeriod(state, { ...version('p-1', 'P90D', '2026-04-06'), ...part }, NOW),
    );
  const approve = (by: string, effectiveFrom?: string) =>
    proposed(effectiveFrom).when((state) =>
      decideApproveRetentionPeriod(state, { proposal: 'p-1', by }, NOW),
    );

  it('does not exist by default', () => {
    expect(periodOn(initialRetentionPeriod, '2026-04-06')).toBeNull();
  });

  it('is proposed from today in Tokyo on, and does not hold yet', () => {
    expect(propose().events).toEqual([
      { type: 'RetentionPeriodProposed', data: version('p-1', 'P90D', '2026-04-06') },
    ]);
    expect(periodOn(proposed().state, '2026-04-06')).toBeNull();
  });

  it.each([
    ['a period of no days', { period: 'P0D' }, 'period-malformed'],
    ['a period of weeks and days', { period: 'P1W2D' }, 'period-malformed'],
    ['an unlisted purpose', { purpose: 'rtva-97-3-1:response' }, 'purpose-unlisted'],
    ['yesterday', { effectiveFrom: '2026-04-05' }, 'effective-from-past'],
    ['a day that does not exist', { effectiveFrom: '2026-04-31' }, 'effective-from-malformed'],
  ])('is not proposed with %s', (_what, part, code) => {
    expect(propose(part).refusals).toEqual([code]);
  });

  it('is approved by a second person', () => {
    expect(approve('o-kato').events).toEqual([approved('p-1', 'P90D', '2026-04-06')]);
    expect(approve('o-ito').refusals).toEqual(['approver-is-proposer']);
  });

  it('is not approved in retrospect, nor without an open proposal', () => {
    expect(approve('o-kato', '2026-04-05').refusals).toEqual(['effective-from-past']);
    const { refusals } = given(approved('p-1', 'P90D', '2026-04-06')).when((state) =>
      decideApproveRetentionPeriod(state, { proposal: 'p-1', by: 'o-kato' }, NOW),
    );
    expect(refusals).toEqual(['proposal-missing']);
  });

  it('is not proposed under an id that was used before', () => {
    const { refusals } = given(approved('p-1', 'P90D', '2026-04-06')).when((state) =>
      decideProposeRetentionPeriod(state, version('p-1', 'P90D', '2026-04-06'), NOW),
    );
    expect(refusals).toEqual(['proposal-exists']);
  });

  it('holds from its first day until the next begins, in whatever order they were approved', () => {
    const { state } = given(approved('p-2', 'P30D', '2026-07-01'), approved('p-1', 'P90D', '2026-04-06'));
    const days = ['2026-04-05', '2026-04-06', '2026-06-30', '2026-07-01'];
    expect(days.map((day) => periodOn(state, day))).toEqual([null, 'P90D', 'P90D', 'P30D']);
  });

  it('is the one approved last, when two begin on the same day', () => {
    const { state } = given(approved('p-1', 'P90D', '2026-04-06'), approved('p-2', 'P30D', '2026-04-06'));
    expect(periodOn(state, '2026-04-06')).toBe('P30D');
  });
});
