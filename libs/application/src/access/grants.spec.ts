import { beforeEach, describe, expect, it } from '@jest/globals';
import { Agreements } from '../agreements/agreements.js';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { Grants } from './grants.js';
import { Operators } from './operators.js';
import { Terminals } from './terminals.js';

const EXAMINATION = 'rtva-59-1:examination';
const REASON = '検査第一係へ配属のため';
const refusal = (...codes: string[]) => ({
  refusals: codes.map((code) => expect.objectContaining({ code })),
});

describe('grants', () => {
  let memory: InMemory;
  let grants: Grants;
  let terminals: Terminals;
  let holder: string;
  let manager: string;
  const wish = () => ({
    operator: holder,
    terminal: 't-1',
    purposes: [EXAMINATION],
    from: '2026-04-06',
    until: '2026-09-30',
    prefixSearch: false,
    reason: REASON,
  });

  beforeEach(async () => {
    memory = new InMemory();
    grants = new Grants(memory.journal);
    terminals = new Terminals(memory.journal);
    const operators = new Operators(memory.journal, memory.credentials, memory.sessions);
    const person = { side: 'recipient', name: '佐藤', unit: 'inspection-1', roles: ['operator'] } as const;
    const account = await operators.bootstrap({ ...person, trainingValidUntil: '2027-04-05' }, byInit);
    holder = account.operator;
    const managing = { ...person, roles: ['terminal-manager'], trainingValidUntil: '2027-04-05' } as const;
    ({ operator: manager } = await operators.bootstrap(managing, byInit));
    const certificate = { certificate: 'ab'.repeat(32), notAfter: '2027-04-06T00:00:00.000Z' };
    await terminals.register({ terminal: 't-1', label: 'counter 1' }, certificate, by('o-mori'));
    const terms = {
      agreement: AGREEMENT,
      recipient: 'MLIT',
      provider: 'J-LIS',
      purposes: [EXAMINATION],
      casePatterns: { 'rtva-59-1': 'NR-.+' },
      deadlineMs: 30_000,
    };
    await new Agreements(memory.journal).conclude(terms, byInit);
  });

  it('are requested, approved by a second person, and revoked', async () => {
    const { grant } = await grants.request(wish(), by(manager));
    expect(await grants.find(grant)).toMatchObject({ state: 'requested', requestedBy: manager });
    await expect(grants.approve(grant, by(manager))).rejects.toMatchObject(refusal('approver-is-requester'));
    await expect(grants.approve(grant, by(holder))).rejects.toMatchObject(refusal('approver-is-holder'));
    await grants.approve(grant, by('o-kato'));
    expect(await grants.find(grant)).toMatchObject({ state: 'approved' });
    await grants.revoke(grant, '異動', by('o-abe'));
    expect(await grants.find(grant)).toMatchObject({ state: 'revoked' });
  });

  it('are requested for somebody else by a terminal manager only, as the requester’s own stream says', async () => {
    for (const other of ['o-nobody', 'o-kato'])
      await expect(grants.request(wish(), by(other))).rejects.toMatchObject(refusal('role-missing'));
    await expect(grants.request({ ...wish(), operator: manager }, by(holder))).rejects.toMatchObject(
      refusal('role-missing'),
    );
  });

  it('may be refused, with the reason sealed', async () => {
    const { grant } = await grants.request(wish(), by(holder));
    await grants.refuse(grant, '不要', by('o-mori'));
    expect(await grants.find(grant)).toMatchObject({ state: 'refused' });
    const record = (await memory.entries()).join('\n');
    expect(record).not.toContain('不要');
    expect(record).not.toContain(REASON);
  });

  it('are not requested for a purpose that the agreement does not list', async () => {
    const purposes = ['rtva-67:acceptance'];
    await expect(grants.request({ ...wish(), purposes }, by(manager))).rejects.toMatchObject(
      refusal('purpose-unlisted'),
    );
  });

  it('are judged on the streams as they are when approved', async () => {
    const { grant } = await grants.request(wish(), by(manager));
    await terminals.retire('t-1', by('o-mori'));
    await expect(grants.approve(grant, by('o-kato'))).rejects.toMatchObject(refusal('terminal-retired'));
  });

  it('are decided once, also when two people decide at the same moment', async () => {
    const { grant } = await grants.request(wish(), by(manager));
    memory.store.beforeNextAppend(() => grants.refuse(grant, '不要', by('o-abe')));
    await expect(grants.approve(grant, by('o-kato'))).rejects.toMatchObject(refusal('grant-already-decided'));
    expect(await grants.find(grant)).toMatchObject({ state: 'refused' });
  });

  it('need people', async () => {
    await expect(grants.request(wish(), byInit)).rejects.toMatchObject(refusal('person-required'));
  });

  it('that do not exist are not decided', async () => {
    await expect(grants.approve('g-none', by('o-kato'))).rejects.toMatchObject(refusal('grant-missing'));
    expect(await grants.find('g-none')).toEqual({ state: 'none' });
  });
});
