import { beforeEach, describe, expect, it } from '@jest/globals';
import { faultKinds } from '#domain';
import { EventsMissing, ForgedEvent, RevisionConflict, StoreFailed } from '#event-store';
import { KeyGone, SealBroken, VaultUnavailable } from '#vault';
import { FollowerDiverged } from '../followers/follower.js';
import { MONDAY_MORNING, MovedClock } from '../testing/in-memory.js';
import { faultOfError, isOfAnotherHistory, Troubles } from './troubles.js';

const coded = (code: string): Error => Object.assign(new Error('words that may quote data'), { code });

describe('an error', () => {
  it.each([
    ['a forged row', new ForgedEvent('inquiry-1', 0, '1'), 'forged-event'],
    ['a gap in the store', new EventsMissing('7', '9'), 'events-missing'],
    ['a follower of another history', new FollowerDiverged('log', '7'), 'follower-diverged'],
    ['a log behind its checkpoint', coded('log-rolled-back'), 'log-not-verifying'],
    ['a log that contradicts itself', coded('log-inconsistent'), 'log-not-verifying'],
    ['a locked vault', new VaultUnavailable('root key missing'), 'key-trouble'],
    ['a key that is gone', new KeyGone('cohort-1'), 'key-trouble'],
    ['a broken seal', new SealBroken('event-1', 'name'), 'key-trouble'],
    ['a store that cannot commit', new StoreFailed('full'), 'store-failed'],
    ['a full disk under SQLite', coded('SQLITE_FULL'), 'store-failed'],
    ['a damaged file', coded('SQLITE_CORRUPT_INDEX'), 'store-failed'],
    ['a file that is no database', coded('SQLITE_NOTADB'), 'store-failed'],
    ['a disk that fails', coded('SQLITE_IOERR_WRITE'), 'store-failed'],
    ['a full disk under a plain file', coded('ENOSPC'), 'store-failed'],
    ['a file that somebody else is writing', coded('SQLITE_BUSY'), 'duty-failing'],
    ['somebody who was faster', new RevisionConflict('s', 0, 1), 'duty-failing'],
    ['an error without a code', new TypeError('x'), 'duty-failing'],
    ['no error at all', undefined, 'duty-failing'],
    ['a code that is a name of every object', coded('constructor'), 'duty-failing'],
  ])('that is %s is a sign of %3$s', (_what, error, kind) => {
    expect(faultOfError(error)).toBe(kind);
    expect(faultKinds).toContain(kind);
  });

  it('is known by its cause when it has no code of its own, and by itself when both are known', () => {
    expect(faultOfError(new Error('wrapped', { cause: coded('SQLITE_FULL') }))).toBe('store-failed');
    const cause = coded('SQLITE_FULL');
    expect(faultOfError(new VaultUnavailable('the key table', { cause }))).toBe('key-trouble');
  });

  it('whose causes run in a circle is judged all the same', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    expect(faultOfError(error)).toBe('duty-failing');
  });

  it.each([
    ['a gap in the store', new EventsMissing(null, '2'), true],
    ['a log of other events', new FollowerDiverged('log', '7'), true],
    ['policies of other events', new FollowerDiverged('policies', '7'), true],
    ['read models of other events, which are built again', new FollowerDiverged('read-models', '7'), false],
    ['a feed of other events, which is begun again', new FollowerDiverged('siem-feed', '7'), false],
    ['a forged row', new ForgedEvent('s', 0, '1'), false],
    ['nothing', null, false],
  ])('that is %s puts the record in doubt: %3$s', (_what, error, doubt) => {
    expect(isOfAnotherHistory(error)).toBe(doubt);
  });
});

describe('the troubles of a process', () => {
  let clock: MovedClock;
  let troubles: Troubles;
  const busy = coded('SQLITE_BUSY');
  const fail = (times: number, error: unknown = busy, everyMs = 3_000): void => {
    for (let time = 0; time < times; time += 1) {
      troubles.failed('log', error);
      clock.advance(everyMs);
    }
  };

  beforeEach(() => {
    clock = new MovedClock(MONDAY_MORNING);
    troubles = new Troubles(clock, { retention: 'erasure-failed' });
  });

  it('are none when a task fails twice and then does its work', () => {
    fail(2);
    expect(troubles.stands('duty-failing')).toBe(false);
    troubles.succeeded('log');
    fail(2);
    expect(troubles.stands('duty-failing')).toBe(false);
  });

  it('are a fault when a task fails three times in a row, until it succeeds', () => {
    fail(3);
    expect([troubles.stands('duty-failing'), troubles.isFailing('log')]).toEqual([true, true]);
    troubles.succeeded('log');
    expect([troubles.stands('duty-failing'), troubles.isFailing('log')]).toEqual([false, false]);
  });

  it('are none when it fails three times within a moment, as a task does that ticks four times a second', () => {
    fail(3, busy, 250);
    expect(troubles.stands('duty-failing')).toBe(false);
  });

  it('do not wait until a clock that was put back has come round again', () => {
    fail(2);
    clock.moveTo('2025-04-06T00:00:00.000Z');
    fail(1);
    expect(troubles.stands('duty-failing')).toBe(true);
  });

  it('are of the way in which a task fails once that lasts; before, it only fails at its duty', () => {
    fail(2);
    expect(troubles.stands('duty-failing')).toBe(false);
    fail(2, coded('SQLITE_FULL'));
    expect([troubles.stands('duty-failing'), troubles.stands('store-failed')]).toEqual([true, false]);
    fail(1, coded('SQLITE_FULL'));
    expect([troubles.stands('duty-failing'), troubles.stands('store-failed')]).toEqual([false, true]);
  });

  it('are a fault too when a task fails in two ways by turns', () => {
    for (const error of [busy, coded('SQLITE_FULL'), busy, coded('SQLITE_FULL')]) fail(1, error);
    expect([troubles.stands('duty-failing'), troubles.isFailing('log')]).toEqual([true, true]);
    troubles.succeeded('log');
    expect([troubles.stands('duty-failing'), troubles.isFailing('log')]).toEqual([false, false]);
  });

  it('are known at the first time when the error proves something', () => {
    troubles.failed('log', new ForgedEvent('s', 0, '1'));
    expect(troubles.stands('forged-event')).toBe(true);
    expect(troubles.ofAnotherHistory()).toBe(false);
    troubles.failed('log', new FollowerDiverged('log', '1'));
    expect(troubles.stands('forged-event')).toBe(false);
    expect(troubles.ofAnotherHistory()).toBe(true);
    troubles.succeeded('log');
    expect(troubles.ofAnotherHistory()).toBe(false);
  });

  it('mean what the task is for, where the error says nothing', () => {
    for (let time = 0; time < 3; time += 1) {
      troubles.failed('retention', new Error('the key is still there'));
      clock.advance(3_000);
    }
    expect([troubles.stands('erasure-failed'), troubles.stands('duty-failing')]).toEqual([true, false]);
  });
});
