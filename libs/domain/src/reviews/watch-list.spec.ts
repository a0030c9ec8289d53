import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { reviewRefusals } from './refusals.js';
import {
  decideEndWatch,
  decideWatchResident,
  evolveWatch,
  initialWatch,
  isWatchedOn,
  type WatchResident,
} from './watch-list.js';
import { ResidentWatched, watchEvents, type WatchEvent } from './watch-list.events.js';

const { given } = specify(watchEvents, evolveWatch, initialWatch);

/** 2026-04-06, 00:30 in Tokyo. */
const NOW = '2026-04-05T15:30:00.000Z';
const command: WatchResident = {
  entry: 'w-1',
  residentCode: '24727059608',
  until: '2027-03-31',
  reason: '支援措置の申出',
};
const watched = (until: string | null = '2027-03-31'): WatchEvent => ({
  type: 'ResidentWatched',
  data: { ...command, until },
});
const ended: WatchEvent = { type: 'WatchEnded', data: { entry: 'w-1', reason: '支援措置の終了' } };
const watch = (changes: Partial<WatchResident> = {}) =>
  given().when((state) => decideWatchResident(state, { ...command, ...changes }, NOW));

describe('a protected person', () => {
  it('is put on the watch list, and no field says in clear who it is', () => {
    expect(watch().events).toEqual([watched()]);
    expect(watch({ until: '2026-04-06' }).events).toEqual([watched('2026-04-06')]);
    expect(record(ResidentWatched, watched()).data).toEqual({ entry: 'w-1', until: '2027-03-31' });
  });

  it.each<[string, Partial<WatchResident>, readonly string[]]>([
    ['with a wrong check digit', { residentCode: '25208017644' }, ['check-digit-wrong']],
    ['by an individual number', { residentCode: '123456789018' }, ['check-digit-wrong']],
    ['until yesterday', { until: '2026-04-05' }, ['watch-until-malformed']],
    ['until no day', { until: '2026-02-30' }, ['watch-until-malformed']],
    ['without a reason', { reason: ' ' }, ['reason-malformed']],
    [
      'with nothing right',
      { residentCode: '', until: '', reason: '' },
      ['check-digit-wrong', 'watch-until-malformed', 'reason-malformed'],
    ],
  ])('is not put on it %s', (_, changes, refusals) => {
    expect(watch(changes).refusals).toEqual(refusals);
    for (const code of refusals) expect(reviewRefusals).toContain(code);
  });

  it('is on it once under an id', () => {
    for (const facts of [[watched()], [watched(), ended]])
      expect(given(...facts).when((state) => decideWatchResident(state, command, NOW)).refusals).toEqual([
        'watch-exists',
      ]);
  });

  it('is watched through the last day, or until taken off', () => {
    expect(isWatchedOn('2027-03-31', '2027-03-31')).toBe(true);
    expect(isWatchedOn('2027-03-31', '2027-04-01')).toBe(false);
    expect(isWatchedOn(null, '2099-01-01')).toBe(true);
  });

  it('is taken off once, with a reason', () => {
    const end = (reason: string, ...facts: WatchEvent[]) =>
      given(...facts).when((state) => decideEndWatch(state, { reason }));
    expect(end('支援措置の終了', watched()).events).toEqual([ended]);
    expect(end('', watched()).refusals).toEqual(['reason-malformed']);
    expect(end('支援措置の終了').refusals).toEqual(['watch-missing']);
    expect(end('支援措置の終了', watched(), ended).refusals).toEqual(['watch-missing']);
  });
});
