import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { purposes } from '../kernel/purpose.js';
import { type AgreementEvent, agreementEvents, type RecordedAgreementEvent } from './agreement.events.js';
import {
  type AgreementState,
  decideConcludeAgreement,
  decideProposeTermination,
  decideTermination,
  evolveAgreement,
  initialAgreement,
  isInForce,
  listedPurposes,
} from './agreement.js';

const terms = {
  agreement: 'mlit-jlis',
  recipient: '国土交通省',
  provider: '地方公共団体情報システム機構',
  purposes: ['rtva-59-1:acceptance', 'rtva-59-1:examination'],
  casePatterns: { 'rtva-59-1': 'NR-[0-9]{6}|OLD-[0-9]{4}' },
  deadlineMs: 30_000,
};

const { given } = specify(agreementEvents, evolveAgreement, initialAgreement);
const concluded: AgreementEvent = { type: 'AgreementConcluded', data: terms };
const decided: AgreementEvent = { type: 'TerminationDecided', data: { agreement: 'mlit-jlis' } };
const proposed: AgreementEvent = {
  type: 'TerminationProposed',
  data: { agreement: 'mlit-jlis', reason: 'no longer needed' },
};

/** An agreement whose end o-mori has proposed. */
function terminating() {
  const event = record(agreementEvents.TerminationProposed, proposed, { actor: { operator: 'o-mori' } });
  const state = evolveAgreement(given(concluded).state, event as unknown as RecordedAgreementEvent);
  return specify(agreementEvents, evolveAgreement, state).given();
}

describe('an agreement', () => {
  describe('is concluded', () => {
    const conclude = (part: object = {}) =>
      given().when((state) => decideConcludeAgreement(state, { ...terms, ...part }));

    it('with its parties, purposes, case patterns and deadline', () => {
      expect(conclude().events).toEqual([concluded]);
    });

    it('for all 14 purposes of schedule 1', () => {
      const casePatterns = Object.fromEntries(
        ['rtva-12-1', 'rtva-59-1', 'rtva-67', 'rtva-71-4', 'rtva-97-3-1'].map((affair) => [affair, 'NR-.+']),
      );
      expect(conclude({ purposes, casePatterns }).refusals).toEqual([]);
    });

    it.each([
      ['an id with a slash', { agreement: 'a/b' }, ['agreement-id-malformed']],
      ['a resident code as its id', { agreement: 'a-24727059608' }, ['agreement-id-malformed']],
      ['an individual number in a party', { provider: 'J-LIS 1234 5678 9018' }, ['party-malformed']],
      ['a party with what nobody sees in it', { recipient: 'ML\u200BIT' }, ['party-malformed']],
      ['a blank party', { recipient: ' ' }, ['party-malformed']],
      ['no purpose', { purposes: [], casePatterns: {} }, ['purposes-empty']],
      [
        'a response under article 97-3(1)',
        { purposes: ['rtva-97-3-1:response'], casePatterns: { 'rtva-97-3-1': 'NR-.+' } },
        ['purpose-unlisted'],
      ],
      [
        'a purpose twice',
        { purposes: ['rtva-59-1:acceptance', 'rtva-59-1:acceptance'] },
        ['purpose-repeated'],
      ],
      ['no pattern for an affair', { casePatterns: {} }, ['case-pattern-missing']],
      [
        'a pattern for another affair',
        { casePatterns: { ...terms.casePatterns, 'rtva-67': 'NR-.+' } },
        ['case-pattern-unlisted'],
      ],
      ['a broken pattern', { casePatterns: { 'rtva-59-1': '[0-9' } }, ['case-pattern-malformed']],
      [
        'a pattern that breaks out of its anchors',
        { casePatterns: { 'rtva-59-1': 'A)|(B' } },
        ['case-pattern-malformed'],
      ],
      [
        'a pattern that a resident code would match',
        { casePatterns: { 'rtva-59-1': '\\d{11}' } },
        ['case-pattern-malformed'],
      ],
      ['no deadline', { deadlineMs: 0 }, ['deadline-out-of-range']],
      ['a deadline of more than an hour', { deadlineMs: 3_600_001 }, ['deadline-out-of-range']],
    ])('but not with %s', (_what, part, codes) => {
      expect(conclude(part).refusals).toEqual(codes);
    });

    it('once', () => {
      const { refusals } = given(concluded).when((state) => decideConcludeAgreement(state, terms));
      expect(refusals).toEqual(['agreement-exists']);
    });
  });

  describe('ends', () => {
    const propose =
      (side: 'recipient' | 'provider', reason = 'no longer needed') =>
      (state: AgreementState) =>
        decideProposeTermination(state, { side, reason });
    const decide = (by: string, side: 'recipient' | 'provider') => (state: AgreementState) =>
      decideTermination(state, { by, side });

    it('when the recipient proposes it and the provider agrees', () => {
      expect(given(concluded).when(propose('recipient')).events).toEqual([proposed]);
      expect(terminating().when(decide('o-ueda', 'provider')).events).toEqual([decided]);
    });

    it('only on the proposal of the recipient', () => {
      expect(given(concluded).when(propose('provider')).refusals).toEqual(['recipient-only']);
      expect(given(concluded).when(propose('recipient', '')).refusals).toEqual(['reason-malformed']);
    });

    it('only by the decision of the provider, and never of the proposer', () => {
      expect(terminating().when(decide('o-kato', 'recipient')).refusals).toEqual(['provider-only']);
      expect(terminating().when(decide('o-mori', 'provider')).refusals).toEqual(['approver-is-proposer']);
    });

    it('only after a proposal, and once', () => {
      expect(given(concluded).when(decide('o-ueda', 'provider')).refusals).toEqual([
        'termination-not-proposed',
      ]);
      expect(terminating().when(propose('recipient')).refusals).toEqual(['termination-already-proposed']);
      const ended = given(concluded, proposed, decided);
      expect(ended.when(decide('o-ueda', 'provider')).refusals).toEqual(['agreement-terminated']);
      expect(ended.when(propose('recipient')).refusals).toEqual(['agreement-terminated']);
    });

    it('only if there is one', () => {
      expect(given().when(decide('o-ueda', 'provider')).refusals).toEqual(['agreement-missing']);
      expect(given().when(propose('recipient')).refusals).toEqual(['agreement-missing']);
    });

    it('with the decision, not with the proposal; its terms outlive it', () => {
      expect(isInForce(terminating().state)).toBe(true);
      const { state } = given(concluded, proposed, decided);
      expect(isInForce(state)).toBe(false);
      expect(listedPurposes(state)).toEqual([]);
      expect(state).toEqual({ state: 'terminated', ...terms });
    });
  });
});
