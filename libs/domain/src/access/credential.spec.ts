import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { type CredentialEvent, credentialEvents, type Side } from './access.events.js';
import {
  type CredentialState,
  decideAttemptPin,
  decideChangePin,
  decideIssuePin,
  decideReissuePin,
  evolveCredential,
  initialCredential,
  mustChangePin,
  pinFaults,
  type PinIssuer,
} from './credential.js';
import type { OperatorState } from './operator.js';
import type { Role } from './roles.js';

const operator = 'o-sato';
const { given } = specify(credentialEvents, evolveCredential, initialCredential);

const issued: CredentialEvent = { type: 'PinIssued', data: { operator } };
const changed: CredentialEvent = { type: 'PinChanged', data: { operator } };
const accepted: CredentialEvent = { type: 'PinAccepted', data: { operator } };
const locked: CredentialEvent = { type: 'PinLocked', data: { operator } };
const rejected = (consecutive: number): CredentialEvent => ({
  type: 'PinRejected',
  data: { operator, consecutive },
});
const fourFailures = [1, 2, 3, 4].map(rejected);

const attempt = (pinCorrect: boolean) => (state: CredentialState) =>
  decideAttemptPin(state, { operator, pinCorrect });
const change =
  (newPin: string, sameAsOld = false) =>
  (state: CredentialState) =>
    decideChangePin(state, { operator, newPin, sameAsOld });

describe('a credential', () => {
  it('begins with a PIN that must be changed', () => {
    expect(given().when((state) => decideIssuePin(state, { operator })).events).toEqual([issued]);
    expect(given(issued).state).toMatchObject({ state: 'active', mustChange: true });
    expect(given(issued, changed).state).toMatchObject({ state: 'active', mustChange: false });
  });

  describe('when a PIN is issued anew', () => {
    const NOW = '2026-04-06T01:00:00.000Z';
    type Version = { proposal: string; roles: readonly Role[]; effectiveFrom: string };
    const version = (roles: readonly Role[], effectiveFrom = '2026-04-06'): Version => ({
      proposal: 'p',
      roles,
      effectiveFrom,
    });
    const person = (side: Side, roles: Version[] = [], proposals: Version[] = []): OperatorState => ({
      state: 'registered',
      operator,
      side,
      unit: 'a',
      roles,
      proposals: proposals.map((proposal) => ({ ...proposal, proposedBy: 'o-mori' })),
      trainings: [],
      secrecyAcknowledged: false,
    });
    const reissue = (issuer: PinIssuer, of: OperatorState) =>
      given(issued).when((state) => decideReissuePin(state, { operator }, { person: of, issuer }, NOW));

    it.each([
      ['somebody without a role', person('recipient')],
      ['an operator', person('recipient', [version(['operator'])])],
      ['a former manager', person('recipient', [version(['terminal-manager'], '2026-04-01'), version([])])],
      [
        'whom a proposal that lapsed would have raised',
        person('recipient', [], [version(['terminal-manager'], '2026-04-05')]),
      ],
    ])('is told to a terminal manager for %s', (_who, of) => {
      expect(reissue('recipient', of).events).toEqual([issued]);
    });

    it.each([
      ['the other manager', person('recipient', [version(['terminal-manager'])])],
      ['an officer', person('recipient', [version(['security-officer'])])],
      ['somebody who will be a manager', person('recipient', [version(['terminal-manager'], '2026-05-01')])],
      ['somebody proposed as a manager', person('recipient', [], [version(['terminal-manager'])])],
      ['somebody of the provider', person('provider', [version(['provider'])])],
      ['somebody of the provider without a role', person('provider')],
    ])('is told to nobody through the api for %s, but on the console', (_who, of) => {
      expect(reissue('recipient', of)).toMatchObject({ refusals: ['pin-reissue-by-console'], events: [] });
      expect(reissue('console', of).events).toEqual([issued]);
    });

    it('is for somebody registered', () => {
      expect(reissue('console', { state: 'none' }).refusals).toEqual(['operator-missing']);
    });
  });

  describe('when a PIN is given', () => {
    it('accepts the right one, without a record of its own', () => {
      expect(given(issued, changed).when(attempt(true)).decision).toEqual({ accepted: true, events: [] });
    });

    it('refuses a wrong one on record, counting failures in a row', () => {
      const first = given(issued).when(attempt(false));
      expect(first.refusals).toEqual(['pin-rejected']);
      expect(first.events).toEqual([rejected(1)]);
      expect(given(issued, rejected(1), rejected(2)).when(attempt(false)).events).toEqual([rejected(3)]);
    });

    it('counts from the beginning after a right one', () => {
      expect(given(issued, ...fourFailures).when(attempt(true)).events).toEqual([accepted]);
      expect(given(issued, ...fourFailures, accepted).when(attempt(false)).events).toEqual([rejected(1)]);
      expect(given(issued, rejected(1), changed).when(attempt(false)).events).toEqual([rejected(1)]);
    });

    it('locks at the fifth failure in a row', () => {
      const fifth = given(issued, ...fourFailures).when(attempt(false));
      expect(fifth.refusals).toEqual(['pin-locked']);
      expect(fifth.events).toEqual([rejected(5), locked]);
    });

    it('refuses everything while locked, the right PIN too, without another record', () => {
      const after = given(issued, ...fourFailures, rejected(5), locked);
      for (const outcome of [
        after.when(attempt(true)),
        after.when(attempt(false)),
        after.when(change('240613')),
      ])
        expect(outcome).toMatchObject({ refusals: ['pin-locked'], events: [] });
    });

    it('opens again when a PIN is issued anew', () => {
      const state = given(issued, ...fourFailures, rejected(5), locked, issued);
      expect(state.when(attempt(true)).refusals).toEqual([]);
      expect(state.when(attempt(false)).events).toEqual([rejected(1)]);
    });

    it('refuses everything before a PIN was issued', () => {
      expect(given().when(attempt(true)).refusals).toEqual(['credential-missing']);
      expect(given().when(change('240613')).refusals).toEqual(['credential-missing']);
    });
  });

  it('whose PIN must be changed stays so while it is locked, and one that was changed does not become so', () => {
    const lock = [...fourFailures, rejected(5), locked];
    const must = (...past: CredentialEvent[]) => mustChangePin(given(...past).state);
    expect([must(), must(issued), must(issued, ...lock)]).toEqual([false, true, true]);
    expect([must(issued, changed), must(issued, changed, ...lock)]).toEqual([false, false]);
    expect(must(issued, changed, ...lock, issued)).toBe(true);
  });

  describe('when the PIN is changed', () => {
    it('takes a PIN of 6 to 12 digits', () => {
      expect(given(issued).when(change('240613')).events).toEqual([changed]);
      expect(pinFaults('240613240613')).toEqual([]);
    });

    it.each([
      ['five digits', '24061', 'pin-malformed'],
      ['thirteen digits', '2406132406132', 'pin-malformed'],
      ['a letter', '24061a', 'pin-malformed'],
      ['full-width digits', '２４０６１３', 'pin-malformed'],
      ['one digit over and over', '777777', 'pin-repeated-digit'],
      ['a rising run', '123456', 'pin-run'],
      ['a falling run', '654321', 'pin-run'],
      ['a run past nine', '789012', 'pin-run'],
      ['a falling run past zero', '210987', 'pin-run'],
    ])('refuses %s', (_what, pin, code) => {
      expect(given(issued).when(change(pin)).refusals).toEqual([code]);
    });

    it('refuses the old one', () => {
      expect(given(issued).when(change('240613', true)).refusals).toEqual(['pin-unchanged']);
    });
  });

  it('knows whether a PIN that was proven is still the present one', () => {
    const pins = (...past: CredentialEvent[]) => (given(...past).state as { pins?: number }).pins;
    expect([
      pins(issued),
      pins(issued, rejected(1)),
      pins(issued, changed),
      pins(issued, changed, issued),
    ]).toEqual([1, 1, 2, 3]);
  });
});
