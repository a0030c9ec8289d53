import { describe, expect, it } from '@jest/globals';
import type { Side } from '../access/access.events.js';
import { specify } from '../kernel/specification.js';
import { faultTable } from './fault-table.js';
import {
  type ClosingFacts,
  type DeclareByPerson,
  type DeclareByPolicy,
  decideCloseIncident,
  decideDeclareIncident,
  decideNoteIncident,
  evolveIncident,
  initialIncident,
} from './incident.js';
import { type FaultKind, faultKinds, type IncidentEvent, incidentEvents } from './incident.events.js';

const { given } = specify(incidentEvents, evolveIncident, initialIncident);

const said = {
  incident: 'i-1',
  kind: 'leak-feared',
  cause: null,
  fault: null,
  description: '端末が１台見当たらない。',
} as const;
const byPerson: DeclareByPerson = { ...said, openOfSide: 0 };
const byPolicy: DeclareByPolicy = {
  incident: 'i-1',
  kind: 'failure',
  cause: 'provider-unreachable',
  fault: 'a-provider-unreachable',
};
const declared: IncidentEvent = { type: 'IncidentDeclared', data: said };
const declaredFor = (cause: FaultKind): IncidentEvent => ({
  type: 'IncidentDeclared',
  data: { incident: 'i-1', kind: faultTable[cause].incident, cause, fault: `a-${cause}` },
});
const closed: IncidentEvent = { type: 'IncidentClosed', data: { incident: 'i-1', finding: '発見された。' } };

describe('an incident is declared', () => {
  it('by a person, in the words of that person', () => {
    const declare = given().when((state) => decideDeclareIncident(state, byPerson));
    expect(declare.events).toEqual([declared]);
  });

  it.each([
    ['a drill', 'drill', 19],
    ['a leak beyond what a party may declare of others', 'leak', 39],
    ['the fear of one', 'leak-feared', 39],
  ] as const)('as %s', (_, kind, openOfSide) => {
    const declare = given().when((state) => decideDeclareIncident(state, { ...byPerson, kind, openOfSide }));
    expect(declare.refusals).toEqual([]);
  });

  it('as a drill too', () => {
    const declare = given().when((state) => decideDeclareIncident(state, { ...byPerson, kind: 'drill' }));
    expect(declare.refusals).toEqual([]);
  });

  it.each([
    ['without a word', { description: '' }, ['description-malformed']],
    ['with blanks only', { description: '　\n' }, ['description-malformed']],
    ['with 1,001 characters', { description: '漏'.repeat(1_001) }, ['description-malformed']],
    [
      'as one failure too many of a party',
      { kind: 'failure' as const, openOfSide: 20 },
      ['incidents-too-many'],
    ],
    ['as one leak too many of a party', { kind: 'leak' as const, openOfSide: 40 }, ['incidents-too-many']],
    ['as something else', { kind: 'rumour' as 'leak' }, ['incident-kind-unknown']],
  ])('but not %s', (_, part, refusals) => {
    const declare = given().when((state) => decideDeclareIncident(state, { ...byPerson, ...part }));
    expect(declare.refusals).toEqual(refusals);
  });

  it('by a policy without words, so that no key is needed', () => {
    const declare = given().when((state) => decideDeclareIncident(state, byPolicy));
    expect(declare.events).toEqual([{ type: 'IncidentDeclared', data: byPolicy }]);
    expect(Object.keys(declare.events[0]?.data ?? {})).not.toContain('description');
  });

  it('by a policy once: again is nothing, even after it was closed', () => {
    for (const facts of [
      [declaredFor('provider-unreachable')],
      [declaredFor('provider-unreachable'), closed],
    ]) {
      const again = given(...facts).when((state) => decideDeclareIncident(state, byPolicy));
      expect(again.decision).toEqual({ accepted: true, events: [] });
    }
  });

  it('by a person under an id that is free', () => {
    const again = given(declared).when((state) => decideDeclareIncident(state, byPerson));
    expect(again.refusals).toEqual(['incident-exists']);
  });
});

describe('a note is added', () => {
  const note = (text: string, ...facts: readonly IncidentEvent[]) =>
    given(...facts).when((state) => decideNoteIncident(state, { note: text }));

  it('to an open incident', () => {
    expect(note('相手方に電話した。', declared).events).toEqual([
      { type: 'IncidentNoted', data: { incident: 'i-1', note: '相手方に電話した。' } },
    ]);
  });

  it.each<[string, string, readonly IncidentEvent[], string]>([
    ['that says nothing', ' ', [declared], 'note-malformed'],
    ['to no incident', '済', [], 'incident-missing'],
    ['to a closed one', '済', [declared, closed], 'incident-closed'],
  ])('but not one %s', (_, text, facts, refusal) => {
    expect(note(text, ...facts).refusals).toEqual([refusal]);
  });
});

describe('an incident is closed', () => {
  const both: readonly Side[] = ['recipient', 'provider'];
  const close = (
    facts: readonly IncidentEvent[],
    closing: Partial<ClosingFacts> & { readonly finding?: string } = {},
  ) => {
    const { finding = '発見された。', reached = both, faultStands = false } = closing;
    return given(...facts).when((state) => decideCloseIncident(state, { finding }, { reached, faultStands }));
  };

  it('with a finding, once somebody of each party was reached', () => {
    expect(close([declared]).events).toEqual([closed]);
  });

  it.each<[readonly Side[], readonly Side[]]>([
    [[], ['recipient', 'provider']],
    [['recipient'], ['provider']],
    [['provider'], ['recipient']],
  ])('not when only %j was reached', (reached, missing) => {
    const { decision } = close([declared], { reached });
    expect(decision).toMatchObject({
      accepted: false,
      refusals: missing.map((field) => ({ code: 'incident-party-unreached', field })),
    });
  });

  it('not without a finding', () => {
    expect(close([declared], { finding: '' }).refusals).toEqual(['finding-malformed']);
  });

  it('once', () => {
    expect(close([]).refusals).toEqual(['incident-missing']);
    expect(close([declared, closed]).refusals).toEqual(['incident-closed']);
  });

  it('not while a watcher still sees the fault, and while anything else stands', () => {
    for (const cause of faultKinds) {
      const expected = faultTable[cause].clears === 'observation' ? ['incident-fault-stands'] : [];
      expect({ cause, refusals: close([declaredFor(cause)], { faultStands: true }).refusals }).toEqual({
        cause,
        refusals: expected,
      });
      expect(close([declaredFor(cause)]).refusals).toEqual([]);
    }
  });

  it('says everything that stands in the way at once', () => {
    const { refusals } = close([declaredFor('worker-silent')], {
      finding: '',
      reached: [],
      faultStands: true,
    });
    expect(refusals).toEqual([
      'finding-malformed',
      'incident-party-unreached',
      'incident-party-unreached',
      'incident-fault-stands',
    ]);
  });
});

describe('the state of an incident', () => {
  it('knows when it began and ended, and none of the words', () => {
    const { state } = given(
      { ...declared, at: '2026-04-01T00:00:00.000Z' },
      { type: 'IncidentNoted', data: { incident: 'i-1', note: '電話した。' } },
      { ...closed, at: '2026-04-02T00:00:00.000Z' },
    );
    expect(state).toEqual({
      state: 'closed',
      incident: 'i-1',
      kind: 'leak-feared',
      cause: null,
      fault: null,
      declaredAt: '2026-04-01T00:00:00.000Z',
      closedAt: '2026-04-02T00:00:00.000Z',
    });
  });
});
