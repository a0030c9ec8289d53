import { describe, expect, it } from '@jest/globals';
import { residentCodeFrom } from '../kernel/identity.js';
import { specify } from '../kernel/specification.js';
import { type OperatorEvent, operatorEvents } from './access.events.js';
import { decideDeclareHousehold, type DeclareHousehold, MOST_OF_HOUSEHOLD } from './household.js';
import { evolveOperator, initialOperator } from './operator.js';

const { given } = specify(operatorEvents, evolveOperator, initialOperator);

const registered = (side: 'recipient' | 'provider' = 'recipient'): OperatorEvent => ({
  type: 'OperatorRegistered',
  data: { operator: 'o-sato', side, name: '佐藤 花子', unit: 'inspection-1' },
});
const declared = (...names: string[]): OperatorEvent => ({
  type: 'HouseholdDeclared',
  data: { operator: 'o-sato', names },
});
const declare = (part: Partial<DeclareHousehold>, ...facts: OperatorEvent[]) =>
  given(...facts).when((state) =>
    decideDeclareHousehold(state, { names: [], by: 'o-mori', side: 'recipient', ...part }),
  );

describe('the household of an operator', () => {
  it.each([
    ['nobody', []],
    ['two', ['佐藤　一郎', '鈴木 さくら']],
    ['a name outside Unicode', ['\u{F0000} 一']],
    ['a name with a selector', ['辻󠄀 一']],
    ['as many as there may be', Array.from({ length: MOST_OF_HOUSEHOLD }, (_, at) => '一'.repeat(at + 1))],
  ])('is declared: %s', (_what, names) => {
    expect(declare({ names }, registered()).events).toEqual([declared(...names)]);
  });

  it('is declared anew: the list replaces the former one', () => {
    const { events } = declare({ names: [] }, registered(), declared('佐藤 一郎'));
    expect(events).toEqual([declared()]);
  });

  it.each<[string, readonly string[]]>([
    ['a blank name', [' ']],
    ['a name of 201 code points', ['名'.repeat(201)]],
    ['a lone surrogate', ['佐\uD800']],
    ['a line break', ['佐藤\n一郎']],
    ['an unseen space', ['佐藤\u200B一郎']],
    ['digits only', ['0120']],
    ['a resident code', [`佐藤 ${residentCodeFrom('2472705960')}`]],
    ['somebody twice, written otherwise', ['鈴木 さくら', '鈴木　サクラ']],
    ['one too many', Array.from({ length: MOST_OF_HOUSEHOLD + 1 }, (_, at) => '一'.repeat(at + 1))],
  ])('is not %s', (_what, names) => {
    expect(declare({ names }, registered()).refusals).toEqual(['household-malformed']);
  });

  it('is declared by somebody else, of people who may come to ask', () => {
    expect(declare({}).refusals).toEqual(['operator-missing']);
    expect(declare({ by: 'o-sato' }, registered()).refusals).toEqual(['household-of-declarer']);
    expect(declare({}, registered('provider')).refusals).toEqual(['household-of-provider']);
    expect(declare({ side: 'provider' }, registered()).refusals).toEqual(['household-of-provider']);
  });

  it('is in no state: the names are sealed', () => {
    expect(given(registered(), declared('佐藤 一郎')).state).toEqual(given(registered()).state);
  });
});
