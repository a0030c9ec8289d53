import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { failureEvents, sessionEvents } from './access.events.js';
import { decideCountFailures, evolveFailures, initialFailures } from './failures.js';
import {
  decideCloseSession,
  decideOpenSession,
  decideRecordDenials,
  evolveSession,
  initialSession,
} from './session.js';

const { given } = specify(sessionEvents, evolveSession, initialSession);

const signedIn = {
  type: 'SignedIn',
  data: { session: 's-1', operator: 'o-sato', terminal: 't-1' },
} as const;
const signedOut = { type: 'SignedOut', data: { session: 's-1', operator: 'o-sato' } } as const;
const denials = {
  action: 'search-trail',
  codes: ['role-missing', 'outside-hours', 'role-missing'],
  minute: '2026-04-06T01:00Z',
  count: 7,
};
const denied = {
  type: 'AccessDenied',
  data: {
    session: 's-1',
    operator: 'o-sato',
    action: 'search-trail',
    codes: ['outside-hours', 'role-missing'],
    minute: '2026-04-06T01:00Z',
    count: 7,
  },
} as const;

describe('a session', () => {
  it('begins once', () => {
    expect(given().when((state) => decideOpenSession(state, signedIn.data)).events).toEqual([signedIn]);
    expect(given(signedIn).when((state) => decideOpenSession(state, signedIn.data)).refusals).toEqual([
      'session-exists',
    ]);
  });

  it('ends once', () => {
    expect(given(signedIn).when(decideCloseSession).events).toEqual([signedOut]);
    expect(given(signedIn, signedOut).when(decideCloseSession).refusals).toEqual(['session-ended']);
    expect(given().when(decideCloseSession).refusals).toEqual(['session-missing']);
  });

  describe('records denials', () => {
    const recording =
      (part: object = {}) =>
      (state: typeof initialSession) =>
        decideRecordDenials(state, { ...denials, ...part });

    it('as one event with their number and each code once', () => {
      expect(given(signedIn).when(recording()).events).toEqual([denied]);
    });

    it('of one action and minute once, so that a repeated flush changes nothing', () => {
      expect(given(signedIn, denied).when(recording()).decision).toEqual({ accepted: true, events: [] });
      expect(given(signedIn, denied).when(recording({ action: 'inquire' })).events).toHaveLength(1);
      expect(given(signedIn, denied).when(recording({ minute: '2026-04-06T01:01Z' })).events).toHaveLength(1);
    });

    it('after it has ended, but not before it began', () => {
      expect(given(signedIn, signedOut).when(recording()).events).toEqual([denied]);
      expect(given().when(recording()).refusals).toEqual(['session-missing']);
    });
  });
});

describe('failures before an identity is known', () => {
  it('are counted in one event, once', () => {
    const command = {
      bucket: 'b-1',
      source: '192.0.2.7',
      kind: 'unknown-operator',
      minute: '2026-04-06T01:00Z',
      count: 12,
    };
    const counted = { type: 'FailuresCounted', data: command } as const;
    const failures = specify(failureEvents, evolveFailures, initialFailures);
    expect(failures.given().when((state) => decideCountFailures(state, command)).events).toEqual([counted]);
    expect(failures.given(counted).when((state) => decideCountFailures(state, command)).events).toEqual([]);
  });
});
