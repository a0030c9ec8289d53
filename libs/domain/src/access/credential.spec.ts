import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { type CredentialEvent, credentialEvents } from './access.events.js';
import {
  type CredentialState,
  decideAttemptPin,
  decideChangePin,
  decideIssuePin,
  evolveCredential,
  initialCredential,
  pinFaults,
} from './credential.js';

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
