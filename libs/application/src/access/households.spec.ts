import { beforeEach, describe, expect, it } from '@jest/globals';
import { operatorStream } from '#domain';
import { by, byInit, InMemory } from '../testing/in-memory.js';
import { Households, ownNamesOf } from './households.js';
import { Operators } from './operators.js';

const first = {
  side: 'recipient',
  name: '佐藤 花子',
  unit: 'inspection-1',
  roles: ['terminal-manager'],
  trainingValidUntil: '2027-04-05',
} as const;
const names = ['佐藤　一郎', '鈴木 さくら'];

describe('households', () => {
  let memory: InMemory;
  let households: Households;
  let manager: string;
  let operator: string;
  beforeEach(async () => {
    memory = new InMemory();
    const operators = new Operators(memory.journal, memory.credentials, memory.sessions);
    households = new Households(memory.journal, memory.vault);
    ({ operator: manager } = await operators.bootstrap(first, byInit));
    ({ operator } = await operators.register({ ...first, name: '高橋 次郎' }, by(manager)));
  });

  const own = () => ownNamesOf(memory.journal, memory.vault, operator);

  it('are known by the list that was declared last', async () => {
    expect(await own()).toEqual({ name: '高橋 次郎', household: [] });
    await households.declare(operator, names, by(manager));
    expect(await own()).toEqual({ name: '高橋 次郎', household: names });
    await households.declare(operator, [], by(manager));
    expect(await own()).toEqual({ name: '高橋 次郎', household: [] });
  });

  it('die with the person’s key', async () => {
    await households.declare(operator, names, by(manager));
    memory.vault.destroyKey(`person/${operator}`);
    expect(await own()).toBeNull();
    expect(await households.show(operator, by(manager))).toMatchObject({ by: manager, names: null });
  });

  it('are not shown while the look is not on record', async () => {
    await households.declare(operator, names, by(manager));
    memory.store.failNextAppend('before');
    await expect(households.show(operator, by(manager))).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('are declared by people', async () => {
    await expect(households.declare(operator, names, byInit)).rejects.toMatchObject({
      refusals: [{ code: 'person-required' }],
    });
    expect(await memory.types(operatorStream(operator))).not.toContain('HouseholdDeclared');
  });

  it('are those of nobody for an operator whom nobody registered', async () => {
    expect(await ownNamesOf(memory.journal, memory.vault, 'o-nobody')).toBeNull();
  });
});
