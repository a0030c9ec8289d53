import { describe, expect, it } from '@jest/globals';
import { record, specify } from '../kernel/specification.js';
import { type OperatorEvent, operatorEvents, type RecordedOperatorEvent } from './access.events.js';
import {
  decideAcknowledgeSecrecy,
  decideApproveRoles,
  decideBootstrapOperator,
  decideProposeRoles,
  decideRecordTraining,
  decideRegisterOperator,
  evolveOperator,
  initialOperator,
  isTrained,
  type OperatorState,
  rolesInSight,
  rolesOn,
} from './operator.js';
import type { Role } from './roles.js';

/** 2026-04-06, 00:30 in Tokyo: still the day before in UTC. */
const NOW = '2026-04-05T15:30:00.000Z';
const TODAY = '2026-04-06';
const YESTERDAY = '2026-04-05';

const { given } = specify(operatorEvents, evolveOperator, initialOperator);

const registered: OperatorEvent = {
  type: 'OperatorRegistered',
  data: { operator: 'o-sato', side: 'recipient', name: '佐藤 花子', unit: 'inspection-1' },
};
const version = (proposal: string, roles: Role[], effectiveFrom: string) => ({
  operator: 'o-sato',
  proposal,
  roles,
  effectiveFrom,
});
const set = (proposal: string, roles: Role[], effectiveFrom: string): OperatorEvent => ({
  type: 'RolesSet',
  data: version(proposal, roles, effectiveFrom),
});
const trained = (heldOn: string, validUntil: string): OperatorEvent => ({
  type: 'TrainingAttended',
  data: { operator: 'o-sato', heldOn, validUntil },
});

/** The registered person, with roles proposed by somebody; four eyes depend on the actor of the event. */
function proposedBy(proposer: string, effectiveFrom = TODAY): OperatorState {
  const proposed = record(
    operatorEvents.RolesProposed,
    { type: 'RolesProposed', data: version('p-1', ['operator'], effectiveFrom) },
    { actor: { operator: proposer } },
  ) as unknown as RecordedOperatorEvent;
  return evolveOperator(given(registered).state, proposed);
}

const decideOn = (state: OperatorState) => specify(operatorEvents, evolveOperator, state).given();

describe('an operator', () => {
  describe('is registered', () => {
    const command = {
      operator: 'o-sato',
      side: 'recipient',
      name: '佐藤 花子',
      unit: 'inspection-1',
    } as const;

    it('without any role', () => {
      const { events } = given().when((state) => decideRegisterOperator(state, command));
      expect(events).toEqual([registered]);
      expect(rolesOn(given(registered).state, TODAY)).toEqual([]);
    });

    it('once', () => {
      const { refusals } = given(registered).when((state) => decideRegisterOperator(state, command));
      expect(refusals).toEqual(['operator-exists']);
    });

    it('under a name of up to 200 code points of the register, private-use characters included', () => {
      const name = '\u{F0000}'.repeat(200);
      expect(
        given().when((state) => decideRegisterOperator(state, { ...command, name })).decision.accepted,
      ).toBe(true);
    });

    it.each([
      ['a blank name', { name: ' ' }, 'name-malformed'],
      ['a name of 201 code points', { name: '名'.repeat(201) }, 'name-malformed'],
      ['a name with a lone surrogate', { name: '佐\uD800' }, 'name-malformed'],
      ['a unit that is no code', { unit: '佐藤の係' }, 'unit-malformed'],
      ['a unit that is a resident code', { unit: 'u-2472-7059-608' }, 'unit-malformed'],
      ['an id that is none', { operator: 'O/1' }, 'operator-id-malformed'],
      ['a third side', { side: 'press' as 'provider' }, 'side-unknown'],
    ])('but not with %s', (_what, part, code) => {
      const { refusals } = given().when((state) => decideRegisterOperator(state, { ...command, ...part }));
      expect(refusals).toEqual([code]);
    });

    it('with the name sealed: the state does not know it', () => {
      expect(JSON.stringify(given(registered).state)).not.toContain('佐藤');
    });
  });

  describe('gets roles', () => {
    const roles: readonly Role[] = ['operator'];
    const propose = (part: object) => (state: OperatorState) =>
      decideProposeRoles(state, { proposal: 'p-1', roles, effectiveFrom: TODAY, ...part }, NOW);

    it('by a proposal that holds nothing yet', () => {
      const { events } = given(registered).when(propose({}));
      expect(events).toEqual([{ type: 'RolesProposed', data: version('p-1', ['operator'], TODAY) }]);
      expect(rolesOn(proposedBy('o-mori'), TODAY)).toEqual([]);
    });

    it.each([
      ['an unknown role', { roles: ['king'] }, 'role-unknown'],
      ['a role twice', { roles: ['operator', 'operator'] }, 'role-repeated'],
      ['a role of the other side', { roles: ['provider'] }, 'role-not-of-side'],
      [
        'another role beside that of the operator',
        { roles: ['operator', 'security-officer'] },
        'role-not-alone',
      ],
      ['yesterday in Tokyo as the first day', { effectiveFrom: YESTERDAY }, 'effective-from-past'],
      ['a day that does not exist', { effectiveFrom: '2026-02-30' }, 'effective-from-malformed'],
    ])('but not with %s', (_what, part, code) => {
      expect(given(registered).when(propose(part)).refusals).toEqual([code]);
    });

    it('but not under a proposal that was used before', () => {
      expect(given(registered, set('p-1', [], TODAY)).when(propose({})).refusals).toEqual([
        'proposal-exists',
      ]);
    });

    it('once a second person has approved', () => {
      const { events } = decideOn(proposedBy('o-mori')).when((state) =>
        decideApproveRoles(state, { proposal: 'p-1', by: 'o-kato', side: 'recipient' }, NOW),
      );
      expect(events).toEqual([set('p-1', ['operator'], TODAY)]);
    });

    it.each([
      ['the proposer', 'o-mori', 'o-mori', 'approver-is-proposer'],
      ['the person concerned', 'o-mori', 'o-sato', 'approver-is-person-concerned'],
    ])('but not approved by %s', (_who, proposer, approver, code) => {
      const { refusals } = decideOn(proposedBy(proposer)).when((state) =>
        decideApproveRoles(state, { proposal: 'p-1', by: approver, side: 'recipient' }, NOW),
      );
      expect(refusals).toEqual([code]);
    });

    it('not approved by the person concerned who proposed them, for both reasons', () => {
      const { refusals } = decideOn(proposedBy('o-sato')).when((state) =>
        decideApproveRoles(state, { proposal: 'p-1', by: 'o-sato', side: 'recipient' }, NOW),
      );
      expect(refusals).toEqual(['approver-is-proposer', 'approver-is-person-concerned']);
    });

    it('not approved by somebody of the other side, whatever side that is', () => {
      const byProvider = decideOn(proposedBy('o-mori')).when((state) =>
        decideApproveRoles(state, { proposal: 'p-1', by: 'o-ueda', side: 'provider' }, NOW),
      );
      expect(byProvider.refusals).toEqual(['approver-of-other-side']);
      const ofProvider = { ...registered, data: { ...registered.data, side: 'provider' } } as OperatorEvent;
      const proposed = { type: 'RolesProposed', data: version('p-1', ['provider'], TODAY) } as const;
      const approval = (side: 'provider' | 'recipient') =>
        given(ofProvider, proposed).when((state) =>
          decideApproveRoles(state, { proposal: 'p-1', by: 'o-kato', side }, NOW),
        ).refusals;
      expect(approval('recipient')).toEqual(['approver-of-other-side']);
      expect(approval('provider')).toEqual([]);
    });

    it('not in retrospect, when the first day passed before the approval', () => {
      const { refusals } = decideOn(proposedBy('o-mori', YESTERDAY)).when((state) =>
        decideApproveRoles(state, { proposal: 'p-1', by: 'o-kato', side: 'recipient' }, NOW),
      );
      expect(refusals).toEqual(['effective-from-past']);
    });

    it('only from a proposal that is open', () => {
      const { refusals } = given(registered).when((state) =>
        decideApproveRoles(state, { proposal: 'p-9', by: 'o-kato', side: 'recipient' }, NOW),
      );
      expect(refusals).toEqual(['proposal-missing']);
    });

    it('that change on the first day of the next version', () => {
      const { state } = given(
        registered,
        set('p-2', [], '2026-07-01'),
        set('p-1', ['operator'], '2026-04-06'),
      );
      expect(rolesOn(state, '2026-04-05')).toEqual([]);
      expect(rolesOn(state, '2026-04-06')).toEqual(['operator']);
      expect(rolesOn(state, '2026-06-30')).toEqual(['operator']);
      expect(rolesOn(state, '2026-07-01')).toEqual([]);
    });

    it('that are in sight before they hold: approved for a later day, or proposed and still to be approved', () => {
      const proposed = (roles: Role[], effectiveFrom: string): OperatorEvent => ({
        type: 'RolesProposed',
        data: version(`p-${roles.join()}`, roles, effectiveFrom),
      });
      const inSight = (...facts: OperatorEvent[]) => rolesInSight(given(registered, ...facts).state, TODAY);
      expect(inSight(set('p-1', ['terminal-manager'], '2026-07-01'))).toEqual(['terminal-manager']);
      expect(inSight(proposed(['security-officer'], TODAY))).toEqual(['security-officer']);
      expect(inSight(proposed(['security-officer'], YESTERDAY))).toEqual([]);
      expect(inSight(set('p-1', ['terminal-manager'], YESTERDAY), set('p-2', [], TODAY))).toEqual([]);
    });

    it('as approved last, when two versions begin on the same day', () => {
      const { state } = given(registered, set('p-1', ['operator'], TODAY), set('p-2', [], TODAY));
      expect(rolesOn(state, TODAY)).toEqual([]);
    });
  });

  describe('attends training', () => {
    const attend = (heldOn: string, validUntil: string) => (state: OperatorState) =>
      decideRecordTraining(state, { heldOn, validUntil }, NOW);

    it('today, by Tokyo time', () => {
      expect(given(registered).when(attend(TODAY, '2027-04-06')).events).toEqual([
        trained(TODAY, '2027-04-06'),
      ]);
    });

    it.each([
      ['tomorrow', '2026-04-07', '2027-04-06', 'training-in-future'],
      ['on a day that does not exist', '2026-02-30', '2027-04-06', 'training-day-malformed'],
      ['with a validity that ends on the day itself', TODAY, TODAY, 'training-validity-malformed'],
      ['with a validity of more than 731 days', TODAY, '2028-04-07', 'training-validity-malformed'],
      ['with a validity that is no day', TODAY, 'never', 'training-validity-malformed'],
    ])('but not %s', (_what, heldOn, validUntil, code) => {
      expect(given(registered).when(attend(heldOn, validUntil)).refusals).toEqual([code]);
    });

    it('that counts for 731 days at most', () => {
      expect(given(registered).when(attend(TODAY, '2028-04-06')).refusals).toEqual([]);
    });

    it('which counts from the day it was held through the last day of its validity', () => {
      const { state } = given(registered, trained('2026-04-06', '2027-04-05'));
      const days = ['2026-04-05', '2026-04-06', '2027-04-05', '2027-04-06'];
      expect(days.map((day) => isTrained(state, day))).toEqual([false, true, true, false]);
    });
  });

  it('is told of the duty of secrecy', () => {
    const { events } = given(registered).when(decideAcknowledgeSecrecy);
    expect(events).toEqual([{ type: 'SecrecyAcknowledged', data: { operator: 'o-sato' } }]);
  });

  it('must be registered before anything else', () => {
    const outcomes = [
      given().when((state) =>
        decideProposeRoles(state, { proposal: 'p', roles: [], effectiveFrom: TODAY }, NOW),
      ),
      given().when((state) =>
        decideApproveRoles(state, { proposal: 'p', by: 'o-kato', side: 'recipient' }, NOW),
      ),
      given().when((state) => decideRecordTraining(state, { heldOn: TODAY, validUntil: '2027-01-01' }, NOW)),
      given().when(decideAcknowledgeSecrecy),
    ];
    expect(outcomes.map(({ refusals }) => refusals)).toEqual(outcomes.map(() => ['operator-missing']));
  });

  describe('is one of the first accounts', () => {
    const command = {
      operator: 'o-sato',
      side: 'recipient',
      name: '佐藤 花子',
      unit: 'inspection-1',
      by: { system: 'init' },
      proposal: 'p-0',
      roles: ['terminal-manager'],
      trainingValidUntil: '2027-04-05',
    } as const;

    it('with roles, training and secrecy at once, on record as the doing of init', () => {
      const { events } = given().when((state) => decideBootstrapOperator(state, command, NOW));
      expect(events.map(({ type }) => type)).toEqual([
        'OperatorRegistered',
        'RolesProposed',
        'RolesSet',
        'TrainingAttended',
        'SecrecyAcknowledged',
      ]);
      const { state } = given(...events);
      expect(rolesOn(state, TODAY)).toEqual(['terminal-manager']);
      expect(isTrained(state, TODAY)).toBe(true);
    });

    it('never by a person', () => {
      const { refusals } = given().when((state) =>
        decideBootstrapOperator(state, { ...command, by: { operator: 'o-mori' } }, NOW),
      );
      expect(refusals).toEqual(['init-only']);
    });

    it('within the roles of its side', () => {
      const { refusals } = given().when((state) =>
        decideBootstrapOperator(state, { ...command, side: 'provider' }, NOW),
      );
      expect(refusals).toEqual(['role-not-of-side']);
    });
  });
});
