import { beforeEach, describe, expect, it } from '@jest/globals';
import { caseStream, type ConcludeAgreement, type HandOverCase } from '#domain';
import { Agreements } from '../agreements/agreements.js';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { CaseRegister, type HandedOverCase } from './case-register.js';

const terms: ConcludeAgreement = {
  agreement: AGREEMENT,
  recipient: '甲',
  provider: '乙',
  purposes: ['rtva-67:examination', 'rtva-12-1:examination'],
  casePatterns: { 'rtva-67': 'KN-\\d{4}-\\d{6}', 'rtva-12-1': '25\\d{9}|HT-.+' },
  deadlineMs: 10_000,
};

/** The story's day is 2026-04-06. */
const one: HandOverCase = {
  affair: 'rtva-67',
  caseReference: 'KN-2026-000001',
  openedOn: '2026-04-01',
  closedOn: null,
};
const numbered = (n: number): HandOverCase => ({
  ...one,
  caseReference: `KN-2026-${String(n).padStart(6, '0')}`,
});
const stream = (each: HandOverCase): string => caseStream(AGREEMENT, each.affair, each.caseReference);

describe('the register of cases', () => {
  let memory: InMemory;
  let register: CaseRegister;
  beforeEach(async () => {
    memory = new InMemory();
    register = new CaseRegister(memory.journal, { caseRegisters: async () => [] }, 90);
    await new Agreements(memory.journal).conclude(terms, byInit);
  });

  const handOver = async (...cases: HandOverCase[]): Promise<readonly HandedOverCase[]> =>
    register.handOver(cases, by('o-registrar'));
  const results = async (...cases: HandOverCase[]): Promise<readonly string[]> =>
    (await handOver(...cases)).map(({ result }) => result);

  it('takes cases over, and only what is new when they come again', async () => {
    expect(await results(one, numbered(2))).toEqual(['registered', 'registered']);
    expect(await results(one, { ...numbered(2), closedOn: '2026-04-05' }, numbered(3))).toEqual([
      'unchanged',
      'changed',
      'registered',
    ]);
    expect(await results({ ...numbered(2), closedOn: '2026-04-05' })).toEqual(['unchanged']);
    expect(await memory.types(stream(one))).toEqual(['CaseRegistered']);
    expect(await memory.types(stream(numbered(2)))).toEqual(['CaseRegistered', 'CaseClosed']);
  });

  it('takes over what it can, and says of the others what is wrong, without a word of what was typed', async () => {
    const report = await handOver(
      { ...one, caseReference: '25208017643', affair: 'rtva-12-1' },
      one,
      { ...one, openedOn: '2026-05-01' },
      { ...one, affair: 'rtva-59-1' },
      { ...one, closedOn: '2026-04-05' },
      { ...one, caseReference: '\uD842', affair: 'rtva-12-1' },
    );
    expect(report).toEqual([
      { result: 'refused', refusals: [{ code: 'case-reference-malformed', field: 'caseReference' }] },
      { result: 'registered', refusals: [] },
      { result: 'refused', refusals: [{ code: 'case-opened-malformed', field: 'openedOn' }] },
      { result: 'refused', refusals: [{ code: 'case-affair-unlisted', field: 'affair' }] },
      { result: 'refused', refusals: [{ code: 'case-repeated', field: 'caseReference' }] },
      { result: 'refused', refusals: [{ code: 'case-reference-malformed', field: 'caseReference' }] },
    ]);
    expect(await memory.types(stream(one))).toEqual(['CaseRegistered']);
    for (const entry of await memory.entries()) expect(entry).not.toContain('25208017643');
  });

  it('takes over a thousand at once, and again without an event', async () => {
    const thousand = Array.from({ length: 1_000 }, (_, n) => numbered(n));
    expect(new Set(await results(...thousand))).toEqual(new Set(['registered']));
    const before = (await memory.entries()).length;
    expect(new Set(await results(...thousand))).toEqual(new Set(['unchanged']));
    expect(await memory.entries()).toHaveLength(before);
    await expect(handOver(...thousand, numbered(1_000))).rejects.toThrow(RangeError);
  });

  it('takes over the same case from two at once as one', async () => {
    const [first, second] = await Promise.all([results(one), results(one)]);
    expect([...(first ?? []), ...(second ?? [])].toSorted()).toEqual(['registered', 'unchanged']);
    expect(await memory.types(stream(one))).toEqual(['CaseRegistered']);
  });

  it('tells of a case since when it is known, and of one that is not that it is not', async () => {
    await handOver(one);
    memory.clock.advance(86_400_000);
    await handOver({ ...one, closedOn: '2026-04-07' });
    expect(await register.find(one.affair, one.caseReference, by('o-security'))).toEqual({
      ...one,
      state: 'closed',
      closedOn: '2026-04-07',
      explainsThrough: '2026-07-06',
      registeredAt: '2026-04-06T01:00:00.000Z',
      registeredBy: 'o-registrar',
      handedOverBy: ['o-registrar'],
      changedAt: '2026-04-07T01:00:00.000Z',
    });
    for (const [affair, reference] of [
      ['rtva-67', 'KN-2026-000002'],
      ['rtva-12-1', one.caseReference],
      ['', ''],
      ['rtva-67', '\uD842'],
      ['rtva-67', 'K'.repeat(10_000)],
    ] as const)
      await expect(register.find(affair, reference, by('o-security'))).rejects.toMatchObject({
        refusals: [{ code: 'case-not-registered', field: 'caseReference' }],
      });
  });

  it('needs a person, and an agreement', async () => {
    await expect(register.handOver([one], byInit)).rejects.toMatchObject({
      refusals: [{ code: 'person-required' }],
    });
    const elsewhere = { ...by('o-registrar'), agreement: 'another' };
    await expect(register.handOver([one], elsewhere)).rejects.toMatchObject({
      refusals: [{ code: 'agreement-missing' }],
    });
  });
});
