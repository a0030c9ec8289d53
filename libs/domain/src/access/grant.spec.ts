import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { type GrantEvent, grantEvents, type RecordedGrantEvent } from './access.events.js';
import {
  decideApproveGrant,
  decideRefuseGrant,
  decideRequestGrant,
  decideRevokeGrant,
  evolveGrant,
  grantAllows,
  type GrantState,
  initialGrant,
  type RequestFacts,
} from './grant.js';
import type { RegisteredOperator } from './operator.js';

const NOW = '2026-04-06T01:00:00.000Z';
const TODAY = '2026-04-06';
const EXAMINATION = 'rtva-59-1:examination';
const ACCEPTANCE = 'rtva-59-1:acceptance';

const terms = {
  grant: 'g-1',
  operator: 'o-sato',
  terminal: 't-1',
  purposes: [EXAMINATION],
  from: TODAY,
  until: '2026-09-30',
  prefixSearch: false,
} as const;
const request = { ...terms, reason: '検査第一係へ配属のため' };

const operator: RegisteredOperator = {
  state: 'registered',
  operator: 'o-sato',
  side: 'recipient',
  unit: 'inspection-1',
  proposals: [],
  roles: [{ proposal: 'p-1', roles: ['operator'], effectiveFrom: '2026-04-01' }],
  trainings: [{ heldOn: '2026-04-01', validUntil: '2027-03-31' }],
  secrecyAcknowledged: true,
};
const facts: RequestFacts = {
  operator,
  terminal: { state: 'registered', terminal: 't-1', label: 'counter 1' },
  purposes: [EXAMINATION, ACCEPTANCE],
  requester: { operator: 'o-mori', managesTerminals: true },
};

/** The grant after these facts; each was caused by the person before it. */
const after = (...past: readonly (readonly [by: string, fact: GrantEvent])[]): GrantState =>
  past.reduce<GrantState>(
    (state, [by, fact]) =>
      evolveGrant(
        state,
        record(grantEvents[fact.type], fact, { actor: { operator: by } }) as unknown as RecordedGrantEvent,
      ),
    initialGrant,
  );
const on = (state: GrantState) => specify(grantEvents, evolveGrant, state).given();

const decided = { grant: 'g-1', operator: 'o-sato', terminal: 't-1' };
const requested: GrantEvent = { type: 'GrantRequested', data: request };
const approved: GrantEvent = { type: 'GrantApproved', data: decided };
const refused: GrantEvent = { type: 'GrantRefused', data: { ...decided, reason: 'not needed' } };
const revoked: GrantEvent = { type: 'GrantRevoked', data: { ...decided, reason: 'transfer' } };

const open = after(['o-mori', requested]);
const valid = after(['o-mori', requested], ['o-kato', approved]);

describe('a grant', () => {
  describe('is requested', () => {
    const ask = (part: object = {}, others: object = {}) =>
      on(initialGrant).when((state) =>
        decideRequestGrant(state, { ...request, ...part }, { ...facts, ...others }, NOW),
      );

    it('for a trained operator, a registered terminal, listed purposes and a period', () => {
      expect(ask().events).toEqual([requested]);
    });

    it('by a terminal manager for anybody, by an operator for nobody else, who learns nothing by trying', () => {
      const by = (operator: string, managesTerminals = false) => ({
        requester: { operator, managesTerminals },
      });
      expect(ask({}, by('o-mori', true)).refusals).toEqual([]);
      expect(ask({}, by('o-sato')).refusals).toEqual([]);
      expect(ask({}, by('o-ito')).refusals).toEqual(['role-missing']);
      expect(ask({ reason: '' }, { ...by('o-ito'), terminal: { state: 'none' } }).refusals).toEqual([
        'role-missing',
      ]);
    });

    it('through the 366th day after the first, and no longer', () => {
      expect(ask({ until: '2027-04-07' }).refusals).toEqual([]);
      expect(ask({ until: '2027-04-08' }).refusals).toEqual(['grant-too-long']);
    });

    it.each([
      ['without a purpose', { purposes: [] }, 'purposes-empty'],
      ['for a purpose that is not listed', { purposes: ['rtva-97-3-1:response'] }, 'purpose-unlisted'],
      ['for a purpose twice', { purposes: [EXAMINATION, EXAMINATION] }, 'purpose-repeated'],
      ['ending before it begins', { until: '2026-04-05' }, 'grant-days-malformed'],
      ['until a day that does not exist', { until: '2026-09-31' }, 'grant-days-malformed'],
      ['from yesterday', { from: '2026-04-05' }, 'grant-from-past'],
      ['without a reason', { reason: ' ' }, 'reason-malformed'],
      ['with a reason of 1,001 characters', { reason: 'あ'.repeat(1_001) }, 'reason-malformed'],
    ])('but not %s', (_what, part, code) => {
      expect(ask(part).refusals).toEqual([code]);
    });

    it.each([
      ['somebody unknown', { operator: { state: 'none' } }, 'operator-missing'],
      ['somebody without the role', { operator: { ...operator, roles: [] } }, 'operator-role-missing'],
      ['somebody untrained', { operator: { ...operator, trainings: [] } }, 'operator-untrained'],
      [
        'somebody who was not told of the duty of secrecy',
        { operator: { ...operator, secrecyAcknowledged: false } },
        'secrecy-not-acknowledged',
      ],
      ['an unknown terminal', { terminal: { state: 'none' } }, 'terminal-missing'],
      [
        'a retired terminal',
        { terminal: { state: 'retired', terminal: 't-1', label: 'counter 1' } },
        'terminal-retired',
      ],
      ['an agreement that is not in force', { purposes: [] }, 'purpose-unlisted'],
    ])('but not for %s', (_what, others, code) => {
      expect(ask({}, others).refusals).toEqual([code]);
    });

    it('but not when the training lapses before the first day, nor when it has lapsed now', () => {
      const lapsing = { ...operator, trainings: [{ heldOn: '2025-04-10', validUntil: '2026-04-09' }] };
      expect(ask({ from: '2026-04-10' }, { operator: lapsing }).refusals).toEqual(['operator-untrained']);
      expect(ask({ from: '2026-04-09' }, { operator: lapsing }).refusals).toEqual([]);
      const lapsed = { ...operator, trainings: [{ heldOn: '2025-04-10', validUntil: '2026-04-05' }] };
      expect(ask({}, { operator: lapsed }).refusals).toEqual(['operator-untrained']);
    });

    it('once', () => {
      const { refusals } = on(open).when((state) => decideRequestGrant(state, request, facts, NOW));
      expect(refusals).toEqual(['grant-exists']);
    });
  });

  describe('is decided', () => {
    const approve = (state: GrantState, by: string, others: object = {}, now = NOW) =>
      on(state).when((current) => decideApproveGrant(current, { by }, { ...facts, ...others }, now));
    const deny = (state: GrantState, by: string, reason = 'not needed') =>
      on(state).when((current) => decideRefuseGrant(current, { by, reason }));

    it('by a second person', () => {
      expect(approve(open, 'o-kato').events).toEqual([approved]);
      expect(deny(open, 'o-kato').events).toEqual([refused]);
    });

    it('neither by who asked nor by who would hold it', () => {
      expect(approve(open, 'o-mori').refusals).toEqual(['approver-is-requester']);
      expect(approve(open, 'o-sato').refusals).toEqual(['approver-is-holder']);
      expect(deny(open, 'o-mori').refusals).toEqual(['approver-is-requester']);
      expect(deny(open, 'o-sato').refusals).toEqual(['approver-is-holder']);
      const own = after(['o-sato', requested]);
      expect(approve(own, 'o-sato').refusals).toEqual(['approver-is-requester', 'approver-is-holder']);
    });

    it('once', () => {
      for (const past of [valid, after(['o-mori', requested], ['o-kato', refused])]) {
        expect(approve(past, 'o-kato').refusals).toEqual(['grant-already-decided']);
        expect(deny(past, 'o-kato').refusals).toEqual(['grant-already-decided']);
      }
      expect(approve(initialGrant, 'o-kato').refusals).toEqual(['grant-missing']);
    });

    it('with a reason when refused', () => {
      expect(deny(open, 'o-kato', '').refusals).toEqual(['reason-malformed']);
    });

    it('on what holds on that day: a terminal retired or a training lapsed since the request', () => {
      const retired = { state: 'retired', terminal: 't-1', label: 'counter 1' };
      expect(approve(open, 'o-kato', { terminal: retired }).refusals).toEqual(['terminal-retired']);
      const lapsing = { ...operator, trainings: [{ heldOn: '2026-04-01', validUntil: '2026-04-30' }] };
      const inMay = '2026-05-01T01:00:00.000Z';
      expect(approve(open, 'o-kato', { operator: lapsing }, inMay).refusals).toEqual(['operator-untrained']);
    });

    it('not after its last day', () => {
      expect(approve(open, 'o-kato', {}, '2026-09-30T15:00:00.000Z').refusals).toEqual(['grant-expired']);
    });
  });

  describe('is revoked', () => {
    const revoke = (state: GrantState, reason = 'transfer') =>
      on(state).when((current) => decideRevokeGrant(current, { reason }));

    it('with a reason, by one person, once it was approved', () => {
      expect(revoke(valid).events).toEqual([revoked]);
      expect(revoke(valid, '').refusals).toEqual(['reason-malformed']);
      expect(revoke(open).refusals).toEqual(['grant-not-approved']);
      expect(revoke(initialGrant).refusals).toEqual(['grant-missing']);
    });

    it('once', () => {
      expect(revoke(evolveAll(valid, revoked)).refusals).toEqual(['grant-revoked']);
    });
  });

  describe('allows a use', () => {
    const use = {
      operator: 'o-sato',
      terminal: 't-1',
      purpose: EXAMINATION,
      day: TODAY,
      prefix: false,
    };
    const against = (state: GrantState, part: object = {}) =>
      grantAllows(state, { ...use, ...part }).map(({ code }) => code);

    it('within its terms, first and last day included', () => {
      expect(against(valid)).toEqual([]);
      expect(against(valid, { day: '2026-09-30' })).toEqual([]);
    });

    it.each([
      ['the day before', { day: '2026-04-05' }, ['grant-not-yet-valid']],
      ['the day after', { day: '2026-10-01' }, ['grant-expired']],
      ['by somebody else', { operator: 'o-abe' }, ['grant-other-operator']],
      ['at another terminal', { terminal: 't-2' }, ['grant-other-terminal']],
      ['for another purpose', { purpose: ACCEPTANCE }, ['grant-purpose-not-covered']],
      ['by the beginning of a name', { prefix: true }, ['grant-prefix-not-allowed']],
      [
        'for several reasons at once',
        { operator: 'o-abe', day: '2026-10-01' },
        ['grant-expired', 'grant-other-operator'],
      ],
    ])('but not %s', (_what, part, codes) => {
      expect(against(valid, part)).toEqual(codes);
    });

    it('but only while it is approved', () => {
      expect(against(initialGrant)).toEqual(['grant-missing']);
      expect(against(open)).toEqual(['grant-not-approved']);
      expect(against(after(['o-mori', requested], ['o-kato', refused]))).toEqual(['grant-not-approved']);
      expect(against(evolveAll(valid, revoked))).toEqual(['grant-revoked']);
    });

    it('by the beginning of a name, where it says so', () => {
      const wide: GrantEvent = { type: 'GrantRequested', data: { ...request, prefixSearch: true } };
      expect(against(after(['o-mori', wide], ['o-kato', approved]), { prefix: true })).toEqual([]);
    });
  });
});

function evolveAll(state: GrantState, fact: GrantEvent): GrantState {
  return evolveGrant(state, record(grantEvents[fact.type], fact) as unknown as RecordedGrantEvent);
}
