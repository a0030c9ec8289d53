import { beforeEach, describe, expect, it } from '@jest/globals';
import { credentialStream, operatorStream, pinFaults } from '#domain';
import { by, byInit, InMemory } from '../testing/in-memory.js';
import { Operators } from './operators.js';

const TODAY = '2026-04-06';
const person = { side: 'recipient', name: '佐藤 花子', unit: 'inspection-1' } as const;
const first = { ...person, roles: ['terminal-manager'], trainingValidUntil: '2027-04-05' } as const;
const refusal = (...codes: string[]) => ({
  refusals: codes.map((code) => expect.objectContaining({ code })),
});

describe('operators', () => {
  let memory: InMemory;
  let operators: Operators;
  beforeEach(() => {
    memory = new InMemory();
    operators = new Operators(memory.journal, memory.credentials, memory.sessions);
  });

  describe('when somebody is registered', () => {
    it('get a random id and an initial PIN, told once', async () => {
      const { operator, pin } = await operators.register(person, by('o-mori'));
      expect(operator).toMatch(/^o-[a-z2-7]{8}$/);
      expect(pin).toMatch(/^\d{8}$/);
      expect(pinFaults(pin)).toEqual([]);
      expect(memory.credentials.pins.get(operator)).toBe(pin);
      expect(await memory.types(operatorStream(operator))).toEqual(['OperatorRegistered']);
      expect(await memory.types(credentialStream(operator))).toEqual(['PinIssued']);
    });

    it('leave neither the name nor the PIN in the record', async () => {
      const { pin } = await operators.register(person, by('o-mori'));
      const record = (await memory.entries()).join('\n');
      expect(record).not.toContain('佐藤');
      expect(record).not.toContain(`"${pin}"`);
    });

    it('are refused with what is wrong', async () => {
      await expect(operators.register({ ...person, name: '' }, by('o-mori'))).rejects.toMatchObject(
        refusal('name-malformed'),
      );
      expect(await memory.entries()).toEqual([]);
    });

    it('are without a PIN after a crash in between, and issuing again repairs it', async () => {
      const { journal } = memory;
      const broken = new Operators(
        journal,
        { set: () => Promise.reject(new Error('crash')), verify: () => Promise.resolve(false) },
        memory.sessions,
      );
      await expect(broken.register(person, by('o-mori'))).rejects.toThrow('crash');
      const [stored] = await memory.store.readAll(null, 1);
      const operator = stored?.stream.slice('operator-'.length) ?? '';
      expect(memory.credentials.pins.size).toBe(0);
      const { pin } = await operators.reissuePin(operator, by('o-mori'));
      expect(memory.credentials.pins.get(operator)).toBe(pin);
    });
  });

  describe('when a PIN is issued anew', () => {
    it('lose their sessions, and get in with the new PIN', async () => {
      const { operator } = await operators.register(person, by('o-mori'));
      const session = { id: 's-1', operator, terminal: null, certificate: null, pinChangeOnly: false };
      const { token } = memory.sessions.open(session, 1_000);
      const { pin } = await operators.reissuePin(operator, by('o-mori'));
      expect(memory.sessions.find(token)).toBeNull();
      expect(await memory.credentials.verify(operator, pin)).toBe(true);
    });

    it('are out of use if the record fails: no lock is lifted for the old PIN', async () => {
      const { operator, pin: old } = await operators.register(person, by('o-mori'));
      memory.store.failNextAppend('before');
      await expect(operators.reissuePin(operator, by('o-mori'))).rejects.toMatchObject({
        code: 'store-failed',
      });
      expect(await memory.credentials.verify(operator, old)).toBe(false);
    });

    it('must exist', async () => {
      await expect(operators.reissuePin('o-nobody', by('o-mori'))).rejects.toMatchObject(
        refusal('operator-missing'),
      );
    });
  });

  it('get roles from a second person', async () => {
    const { operator } = await operators.register(person, by('o-mori'));
    const version = { roles: ['operator'], effectiveFrom: TODAY } as const;
    const { proposal } = await operators.proposeRoles(operator, version, by('o-mori'));
    await expect(operators.approveRoles(operator, proposal, by('o-mori'))).rejects.toMatchObject(
      refusal('approver-is-proposer'),
    );
    expect(await operators.rolesOf(operator)).toEqual([]);
    await operators.approveRoles(operator, proposal, by('o-kato'));
    expect(await operators.rolesOf(operator)).toEqual(['operator']);
    expect(await operators.rolesOf('o-nobody')).toEqual([]);
  });

  it('get no roles from the system', async () => {
    const { operator } = await operators.register(person, by('o-mori'));
    const version = { roles: ['operator'], effectiveFrom: TODAY } as const;
    await expect(operators.proposeRoles(operator, version, byInit)).rejects.toMatchObject(
      refusal('person-required'),
    );
  });

  it('have training and secrecy on record', async () => {
    const { operator } = await operators.register(person, by('o-mori'));
    await operators.recordTraining(operator, { heldOn: TODAY, validUntil: '2027-04-05' }, by('o-mori'));
    await operators.acknowledgeSecrecy(operator, by('o-mori'));
    expect(await operators.find(operator)).toMatchObject({
      state: 'registered',
      trainings: [{ heldOn: TODAY, validUntil: '2027-04-05' }],
      secrecyAcknowledged: true,
    });
  });

  it('begin with the accounts that init makes, and that nobody else can make', async () => {
    const { operator } = await operators.bootstrap(first, byInit);
    expect(await operators.rolesOf(operator)).toEqual(['terminal-manager']);
    await expect(operators.bootstrap(first, by('o-mori'))).rejects.toMatchObject(refusal('init-only'));
  });
});
