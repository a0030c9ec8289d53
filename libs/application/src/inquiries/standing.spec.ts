import { beforeEach, describe, expect, it } from '@jest/globals';
import { contactStream, credentialStream, type Side } from '#domain';
import { Agreements } from '../agreements/agreements.js';
import { Grants } from '../access/grants.js';
import { Operators } from '../access/operators.js';
import { Terminals } from '../access/terminals.js';
import type { LogHealth } from '../log/log-health.js';
import { RetentionPeriods } from '../retention/retention-periods.js';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { type StandingQuestion, Standings } from './standing.js';

const EXAMINATION = 'rtva-59-1:examination';
const CERTIFICATE = 'ab'.repeat(32);
const code = (name: string) => expect.objectContaining({ code: name });

describe('the standing of an inquiry', () => {
  let memory: InMemory;
  let grants: Grants;
  let terminals: Terminals;
  let holder: string;
  let granted: string;
  let candidates: string[];
  let provable: boolean;

  beforeEach(async () => {
    memory = new InMemory();
    grants = new Grants(memory.journal);
    terminals = new Terminals(memory.journal);
    provable = true;
    const operators = new Operators(memory.journal, memory.credentials, memory.sessions);
    const person = { side: 'recipient', name: '佐藤', unit: 'inspection-1', roles: ['operator'] } as const;
    holder = (await operators.bootstrap({ ...person, trainingValidUntil: '2026-12-31' }, byInit)).operator;
    await credential(['PinChanged']);
    const certificate = { certificate: CERTIFICATE, notAfter: '2027-04-06T00:00:00.000Z' };
    await terminals.register({ terminal: 't-1', label: 'counter 1' }, certificate, by('o-mori'));
    await new Agreements(memory.journal).conclude(
      {
        agreement: AGREEMENT,
        recipient: 'MLIT',
        provider: 'J-LIS',
        purposes: [EXAMINATION],
        casePatterns: { 'rtva-59-1': 'SK-.+' },
        deadlineMs: 30_000,
      },
      byInit,
    );
    granted = await grant('2026-09-30');
    candidates = [granted];
  });

  async function grant(until: string): Promise<string> {
    const wish = { operator: holder, terminal: 't-1', purposes: [EXAMINATION], prefixSearch: false };
    const asked = { ...wish, from: '2026-04-06', until, reason: '配属' };
    const { grant: id } = await grants.request(asked, by(holder));
    await grants.approve(id, by('o-kato'));
    return id;
  }

  /** Puts on record what became of the holder's PIN. */
  async function credential(types: readonly string[]): Promise<void> {
    const loaded = await memory.journal.load(credentialStream(holder));
    await memory.journal.append(
      loaded,
      types.map((type) => ({ type, data: { operator: holder } })),
      by(holder),
    );
  }

  /** Puts on record what became of the contact of a party. */
  async function contact(party: Side, types: readonly string[]): Promise<void> {
    const loaded = await memory.journal.load(contactStream(AGREEMENT, party));
    const kinds = ['smtp'];
    const described = { name: '当番', channels: [{ kind: 'smtp', address: 'duty@agency.example' }], kinds };
    const data = (type: string) => ({
      contact: `c-${party}`,
      party,
      version: 1,
      ...(type === 'ContactConfirmed' ? {} : described),
    });
    await memory.journal.append(
      loaded,
      types.map((type) => ({ type, data: data(type) })),
      by('o-abe'),
    );
  }

  const standings = (): Standings =>
    new Standings(memory.journal, { grantCandidates: () => Promise.resolve(candidates) }, {
      provable: () => Promise.resolve(provable),
    } as unknown as LogHealth);
  const question = (): StandingQuestion => ({
    operator: holder,
    terminal: 't-1',
    certificate: CERTIFICATE,
    agreement: AGREEMENT,
    purpose: EXAMINATION,
    prefix: false,
    grant: null,
    now: memory.clock.now(),
  });
  const judge = (asked: Partial<StandingQuestion> = {}) => standings().judge({ ...question(), ...asked });
  const grantOf = async (asked: Partial<StandingQuestion> = {}) => (await judge(asked)).standing.grant;

  it('names the grant that allows it, and what the other streams say', async () => {
    const periods = new RetentionPeriods(memory.journal);
    const version = { purpose: EXAMINATION, period: 'P90D', effectiveFrom: '2026-04-06' };
    const { proposal } = await periods.propose(version, by('o-ito'));
    expect((await judge()).standing.period).toBeNull();
    await periods.approve(EXAMINATION, proposal, by('o-kato'));
    provable = false;
    expect((await judge()).standing).toMatchObject({
      agreement: 'in-force',
      purposes: [EXAMINATION],
      deadlineMs: 30_000,
      suspended: false,
      withinHours: false,
      period: 'P90D',
      grant: { id: granted },
      provable: false,
    });
    expect((await judge({ agreement: 'another' })).standing).toMatchObject({
      agreement: 'none',
      period: null,
    });
  });

  it('names the sides that nobody could call, until the other side has confirmed one contact of each', async () => {
    const missing = async () => (await judge()).standing.contactsMissing;
    expect(await missing()).toEqual(['recipient', 'provider']);
    await contact('recipient', ['ContactRegistered', 'ContactConfirmed']);
    await contact('provider', ['ContactRegistered']);
    expect(await missing()).toEqual(['provider']);
    await contact('provider', ['ContactConfirmed']);
    expect(await missing()).toEqual([]);
    expect((await judge({ agreement: 'another' })).standing.contactsMissing).toHaveLength(2);
  });

  it.each<Side>(['recipient', 'provider'])(
    'must be judged again once a contact of the %s has moved',
    async (party) => {
      const { streams } = await judge();
      await contact(party, ['ContactRegistered']);
      expect(await memory.journal.haveMoved(streams)).toBe(true);
    },
  );

  it('takes from the read models which grants to look at, and nothing about whether they hold', async () => {
    await grants.revoke(granted, '異動', by('o-abe'));
    expect(await grantOf()).toEqual({ refusals: [code('grant-revoked')] });
    candidates = [];
    expect(await grantOf()).toEqual({ refusals: [code('grant-missing')] });
    candidates = ['g-that-is-not-there', granted, await grant('2026-04-30')];
    expect(await grantOf()).toEqual({ id: candidates[2] });
  });

  it('looks at the grant that the operator names, and no other', async () => {
    const second = await grant('2026-04-30');
    candidates = [granted, second];
    expect(await grantOf({ grant: second })).toEqual({ id: second });
    await grants.revoke(second, '異動', by('o-abe'));
    expect(await grantOf({ grant: second })).toEqual({ refusals: [code('grant-revoked')] });
    expect(await grantOf()).toEqual({ id: granted });
  });

  describe('asked for again and again', () => {
    let looked: number;
    let same: Standings;
    const again = async (asked: Partial<StandingQuestion> = {}) =>
      (await same.access({ ...question(), ...asked })).grant;
    beforeEach(async () => {
      looked = 0;
      const grantCandidates = () => Promise.resolve(((looked += 1), candidates));
      same = new Standings(memory.journal, { grantCandidates }, {} as LogHealth);
      expect(await again()).toEqual({ id: granted });
    });

    it('is read from the grant that allowed it last, and the read models are not asked again', async () => {
      candidates = [];
      expect(await again()).toEqual({ id: granted });
      expect(looked).toBe(1);
    });

    it('is refused at once when that grant was revoked, or is over', async () => {
      expect(await again({ now: '2026-10-01T01:00:00.000Z' })).toEqual({ refusals: [code('grant-expired')] });
      await grants.revoke(granted, '異動', by('o-abe'));
      expect(await again()).toEqual({ refusals: [code('grant-revoked')] });
    });

    it('is allowed by another grant, if there is one, and by that one from then on', async () => {
      const second = await grant('2026-04-30');
      candidates = [granted, second];
      expect(await again()).toEqual({ id: granted });
      await grants.revoke(granted, '異動', by('o-abe'));
      expect(await again()).toEqual({ id: second });
      expect(await again()).toEqual({ id: second });
      expect(looked).toBe(2);
    });

    it('is another question for another person, terminal or purpose', async () => {
      candidates = [];
      for (const asked of [{ operator: 'o-else' }, { terminal: 't-2' }, { purpose: 'rtva-67:response' }]) {
        expect(await again(asked)).toHaveProperty('refusals');
      }
      expect(looked).toBe(4);
    });
  });

  it.each([
    ['untrained', { now: '2027-01-01T01:00:00.000Z' }, 'operator-untrained'],
    ['unknown', { operator: 'o-nobody' }, 'operator-role-missing'],
    ['at a terminal that nobody registered', { terminal: 't-9' }, 'terminal-missing'],
    ['searching by the beginning of a name', { prefix: true }, 'grant-prefix-not-allowed'],
    ['after the last day of the grant', { now: '2026-10-01T01:00:00.000Z' }, 'grant-expired'],
  ])('is against somebody %s', async (_who, asked, expected) => {
    expect(await grantOf(asked)).toMatchObject({ refusals: expect.arrayContaining([code(expected)]) });
  });

  it.each<[string, () => Promise<unknown>, string[]]>([
    [
      'the certificate was withdrawn',
      () => terminals.retireCertificate(CERTIFICATE, by('o-mori')),
      ['terminal-not-valid', 'certificate-retired'],
    ],
    ['the PIN was issued anew', () => credential(['PinIssued']), ['pin-change-required']],
    [
      'the PIN was issued anew and locked',
      () => credential(['PinIssued', 'PinLocked']),
      ['pin-change-required'],
    ],
  ])('is against the session once %s, and that moves what it was judged on', async (_what, act, codes) => {
    const { streams } = await judge();
    await act();
    expect(await memory.journal.haveMoved(streams)).toBe(true);
    expect(await grantOf()).toEqual({ refusals: codes.map(code) });
  });

  it.each([
    ['has expired', { now: '2027-04-07T01:00:00.000Z' }, 'certificate-expired'],
    ['was bound to no terminal', { certificate: 'cd'.repeat(32) }, 'certificate-unknown'],
    ['is of another terminal', { terminal: 't-2' }, 'certificate-of-other-terminal'],
  ])('is against a certificate that %s', async (_what, asked, expected) => {
    expect(await grantOf(asked)).toMatchObject({
      refusals: expect.arrayContaining([code('terminal-not-valid'), code(expected)]),
    });
  });

  it('is not against somebody whose PIN was locked meanwhile: any stranger can do that', async () => {
    await credential(['PinLocked']);
    expect(await grantOf()).toEqual({ id: granted });
  });

  it('must be judged again once a stream that it was judged on has moved, and only then', async () => {
    const { streams } = await judge();
    expect(await memory.journal.haveMoved(streams)).toBe(false);
    await grant('2026-04-30');
    expect(await memory.journal.haveMoved(streams)).toBe(false);
    await terminals.retire('t-1', by('o-mori'));
    expect(await memory.journal.haveMoved(streams)).toBe(true);
    expect(await grantOf()).toEqual({ refusals: [code('terminal-retired')] });
  });
});
