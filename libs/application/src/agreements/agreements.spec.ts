import { beforeEach, describe, expect, it } from '@jest/globals';
import { isSuspended, isWithinHours } from '#domain';
import { Operators } from '../access/operators.js';
import { AGREEMENT, by, byInit, InMemory, MONDAY_MORNING } from '../testing/in-memory.js';
import { Agreements } from './agreements.js';

const ACCEPTANCE = 'rtva-67:acceptance';
const terms = {
  agreement: AGREEMENT,
  recipient: 'MLIT',
  provider: 'J-LIS',
  purposes: [ACCEPTANCE],
  casePatterns: { 'rtva-67': 'NR-.+' },
  deadlineMs: 30_000,
};
const refusal = (...codes: string[]) => ({
  refusals: codes.map((code) => expect.objectContaining({ code })),
});

describe('agreements', () => {
  let memory: InMemory;
  let agreements: Agreements;
  let manager: string;
  let secondManager: string;
  let auditor: string;

  beforeEach(async () => {
    memory = new InMemory();
    agreements = new Agreements(memory.journal);
    const operators = new Operators(memory.journal, memory.credentials, memory.sessions);
    const account = { name: '森', unit: 'a', trainingValidUntil: '2027-04-05' };
    const mori = { ...account, side: 'recipient', roles: ['terminal-manager'] } as const;
    const ueda = { ...account, side: 'provider', roles: ['provider'] } as const;
    ({ operator: manager } = await operators.bootstrap(mori, byInit));
    ({ operator: secondManager } = await operators.bootstrap(mori, byInit));
    ({ operator: auditor } = await operators.bootstrap(ueda, byInit));
    await agreements.conclude(terms, byInit);
  });

  it('are concluded once', async () => {
    expect(await agreements.agreement(AGREEMENT)).toMatchObject({ state: 'in-force', recipient: 'MLIT' });
    await expect(agreements.conclude(terms, byInit)).rejects.toMatchObject(refusal('agreement-exists'));
  });

  it('are recorded under their own id, whatever the context says', async () => {
    await agreements.conclude({ ...terms, agreement: 'second' }, byInit);
    expect(await memory.recorded('agreement-second')).toMatchObject([{ agreement: 'second' }]);
  });

  it('end when the recipient proposes and the provider agrees', async () => {
    await expect(agreements.decideTermination(by(auditor))).rejects.toMatchObject(
      refusal('termination-not-proposed'),
    );
    await expect(agreements.proposeTermination('done', by(auditor))).rejects.toMatchObject(
      refusal('recipient-only'),
    );
    await agreements.proposeTermination('done', by(manager));
    await expect(agreements.decideTermination(by(manager))).rejects.toMatchObject(
      refusal('provider-only', 'approver-is-proposer'),
    );
    await agreements.decideTermination(by(auditor));
    expect(await agreements.agreement(AGREEMENT)).toMatchObject({ state: 'terminated' });
  });

  it('open by service hours that two people set', async () => {
    const hours = {
      hours: [{ weekday: 1, from: 540, until: 1_050 }],
      closedDays: [],
      effectiveFrom: '2026-04-06',
    };
    const { proposal } = await agreements.proposeHours(hours, by(auditor));
    await expect(agreements.approveHours(proposal, by(auditor))).rejects.toMatchObject(
      refusal('approver-is-proposer'),
    );
    expect(isWithinHours(await agreements.provision(AGREEMENT), MONDAY_MORNING)).toBe(false);
    await agreements.approveHours(proposal, by(manager));
    expect(isWithinHours(await agreements.provision(AGREEMENT), MONDAY_MORNING)).toBe(true);
  });

  it('open by no hours that two people of the recipient set among themselves', async () => {
    const hours = {
      hours: [{ weekday: 1, from: 0, until: 60 }],
      closedDays: [],
      effectiveFrom: '2026-04-06',
    };
    const { proposal } = await agreements.proposeHours(hours, by(manager));
    await expect(agreements.approveHours(proposal, by(secondManager))).rejects.toMatchObject(
      refusal('hours-without-provider'),
    );
    await agreements.approveHours(proposal, by(auditor));
    expect(isWithinHours(await agreements.provision(AGREEMENT), MONDAY_MORNING)).toBe(false);
    expect((await agreements.provision(AGREEMENT)).versions).toHaveLength(1);
  });

  it('are suspended and resumed by the provider alone', async () => {
    const stop = { scope: 'all', reason: 'audit' } as const;
    await expect(agreements.suspend(stop, by(manager))).rejects.toMatchObject(refusal('provider-only'));
    const { suspension } = await agreements.suspend(stop, by(auditor));
    expect(isSuspended(await agreements.provision(AGREEMENT), ACCEPTANCE)).toBe(true);
    await expect(agreements.resume(suspension, by(manager))).rejects.toMatchObject(refusal('provider-only'));
    await agreements.resume(suspension, by(auditor));
    expect(isSuspended(await agreements.provision(AGREEMENT), ACCEPTANCE)).toBe(false);
  });

  it('are not touched by the system, nor by somebody unknown', async () => {
    await expect(agreements.proposeTermination('done', byInit)).rejects.toMatchObject(
      refusal('person-required'),
    );
    await expect(agreements.proposeTermination('done', by('o-nobody'))).rejects.toMatchObject(
      refusal('operator-missing'),
    );
  });
});
