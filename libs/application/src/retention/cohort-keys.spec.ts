import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KeyCustody } from '#vault';
import { Agreements } from '../agreements/agreements.js';
import { AGREEMENT, by, byInit, InMemory } from '../testing/in-memory.js';
import { makeCohortKeys } from './cohort-keys.js';
import { RetentionPeriods } from './retention-periods.js';

const EXAMINATION = 'rtva-59-1:examination';
const ACCEPTANCE = 'rtva-67:acceptance';

describe('cohort keys', () => {
  let memory: InMemory;
  let keys: string[];
  beforeEach(async () => {
    memory = new InMemory();
    keys = [];
    await new Agreements(memory.journal).conclude(
      {
        agreement: AGREEMENT,
        recipient: 'r',
        provider: 'p',
        purposes: [EXAMINATION, ACCEPTANCE],
        casePatterns: { 'rtva-59-1': 'SK-\\d{4}-\\d{6}', 'rtva-67': 'KN-\\d{4}-\\d{6}' },
        deadlineMs: 10_000,
      },
      byInit,
    );
  });

  const custody = {
    ensure: (_kind: string, ids: readonly string[]) => {
      const made = ids.filter((id) => !keys.includes(id));
      keys.push(...made);
      return Promise.resolve(made);
    },
  } as unknown as KeyCustody;
  const make = (agreement = AGREEMENT) => makeCohortKeys(memory.journal, custody, agreement);
  const period = async (purpose: string, length: string, effectiveFrom: string): Promise<void> => {
    const periods = new RetentionPeriods(memory.journal);
    const { proposal } = await periods.propose({ purpose, period: length, effectiveFrom }, by('o-ito'));
    await periods.approve(purpose, proposal, by('o-kato'));
  };

  it('are not made for a purpose without a period, nor for an agreement that is not there', async () => {
    expect(await make()).toEqual([]);
    await period(EXAMINATION, 'P90D', '2026-04-06');
    expect(await make('another')).toEqual([]);
    expect(keys).toEqual([]);
  });

  it('are made for today and tomorrow in Tokyo, of each purpose with a period, and only once', async () => {
    await period(EXAMINATION, 'P90D', '2026-04-06');
    await period(ACCEPTANCE, 'P1Y', '2026-04-06');
    expect(await make()).toEqual([
      `${AGREEMENT}/${EXAMINATION}/2026-07-05`,
      `${AGREEMENT}/${EXAMINATION}/2026-07-06`,
      `${AGREEMENT}/${ACCEPTANCE}/2027-04-06`,
      `${AGREEMENT}/${ACCEPTANCE}/2027-04-07`,
    ]);
    expect(await make()).toEqual([]);
    memory.clock.moveTo('2026-04-06T15:00:00.000Z');
    expect(await make()).toEqual([
      `${AGREEMENT}/${EXAMINATION}/2026-07-07`,
      `${AGREEMENT}/${ACCEPTANCE}/2027-04-08`,
    ]);
  });

  it('are made for tomorrow under the period that is in force tomorrow', async () => {
    await period(EXAMINATION, 'P90D', '2026-04-06');
    await period(EXAMINATION, 'P10D', '2026-04-07');
    expect(await make()).toEqual([
      `${AGREEMENT}/${EXAMINATION}/2026-07-05`,
      `${AGREEMENT}/${EXAMINATION}/2026-04-17`,
    ]);
  });
});
