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
  let manager: string;
  beforeEach(async () => {
    memory = new InMemory();
    operators = new Operators(memory.journal, memory.credentials, memory.sessions);
    ({ operator: manager } = await operators.bootstrap(first, byInit));
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
      const before = await memory.entries();
      await expect(operators.register({ ...person, name: '' }, by('o-mori'))).rejects.toMatchObject(
        refusal('name-malformed'),
      );
      expect(await memory.entries()).toEqual(before);
    });

    it('are without a PIN after a crash in between, and issuing again repairs it', async () => {
      const { journal } = memory;
      const broken = new Operators(
        journal,
        { set: () => Promise.reject(new Error('crash')), verify: () => Promise.resolve(false) },
        memory.sessions,
      );
      await expect(broken.register(person, by('o-mori'))).rejects.toThrow('crash');
      const registered = (await memory.store.readAll(null, 100)).findLast(
        ({ type }) => type === 'OperatorRegistered',
      );
      const operator = registered?.stream.slice('operator-'.length) ?? '';
      expect(memory.credentials.pins.has(operator)).toBe(false);
      const { pin } = await operators.reissuePin(operator, by(manager));
      expect(memory.credentials.pins.get(operator)).toBe(pin);
    });
  });

  describe('when a PIN is issued anew', () => {
    it('lose their sessions, and get in with the new PIN', async () => {
      const { operator } = await operators.register(person, by('o-mori'));
      const session = { id: 's-1', operator, terminal: null, certificate: null, pinChangeOnly: false };
      const { token } = memory.sessions.open(session, 1_000);
      const { pin } = await operators.reissuePin(operator, by(manager));
      expect(memory.sessions.find(token)).toBeNull();
      expect(await memory.credentials.verify(operator, pin)).toBe(true);
    });

    it('are out of use if the record fails: no lock is lifted for the old PIN', async () => {
      const { operator, pin: old } = await operators.register(person, by('o-mori'));
      memory.store.failNextAppend('before');
      await expect(operators.reissuePin(operator, by(manager))).rejects.toMatchObject({
        code: 'store-failed',
      });
      expect(await memory.credentials.verify(operator, old)).toBe(false);
    });

    it('keep the old one when it is not for the manager to issue', async () => {
      const { operator, pin } = await operators.bootstrap(first, byInit);
      await expect(operators.reissuePin(operator, by(manager))).rejects.toMatchObject(
        refusal('pin-reissue-by-console'),
      );
      expect(await memory.credentials.verify(operator, pin)).toBe(true);
      expect(await memory.types(credentialStream(operator))).toEqual(['PinIssued']);
    });

    it('are judged again when it is recorded: roles proposed meanwhile refuse it', async () => {
      const { operator } = await operators.register(person, by(manager));
      const version = { roles: ['terminal-manager'], effectiveFrom: TODAY } as const;
      memory.credentials.beforeNextSet(async () => {
        await operators.proposeRoles(operator, version, by(manager));
      });
      await expect(operators.reissuePin(operator, by(manager))).rejects.toMatchObject(
        refusal('pin-reissue-by-console'),
      );
    });

    it('get it on the console, whoever they are, and that is on record as the doing of init', async () => {
      const { operator } = await operators.bootstrap(first, byInit);
      const { pin } = await operators.reissuePin(operator, byInit);
      expect(await memory.credentials.verify(operator, pin)).toBe(true);
      expect((await memory.recorded(credentialStream(operator))).at(-1)).toMatchObject({
        type: 'PinIssued',
        actor: { system: 'init' },
      });
    });

    it('get it from nobody else in the name of the system', async () => {
      const byWorker = { ...byInit, actor: { system: 'retention-worker' } } as const;
      await expect(operators.reissuePin(manager, byWorker)).rejects.toMatchObject(refusal('person-required'));
    });

    it('must exist', async () => {
      await expect(operators.reissuePin('o-nobody', by(manager))).rejects.toMatchObject(
        refusal('operator-missing'),
      );
    });
  });

  it('get roles from a second person of their own side', async () => {
    const { operator } = await operators.register(person, by(manager));
    const { operator: second } = await operators.bootstrap(first, byInit);
    const ofProvider = { ...first, side: 'provider', roles: ['provider'] } as const;
    const { operator: auditor } = await operators.bootstrap(ofProvider, byInit);
    const version = { roles: ['operator'], effectiveFrom: TODAY } as const;
    const { proposal } = await operators.proposeRoles(operator, version, by(manager));
    await expect(operators.approveRoles(operator, proposal, by(manager))).rejects.toMatchObject(
      refusal('approver-is-proposer'),
    );
    await expect(operators.approveRoles(operator, proposal, by(auditor))).rejects.toMatchObject(
      refusal('approver-of-other-side'),
    );
    expect(await operators.rolesOf(operator)).toEqual([]);
    await operators.approveRoles(operator, proposal, by(second));
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
