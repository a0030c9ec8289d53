import { beforeEach, describe, expect, it } from '@jest/globals';
import { periodOn } from '#domain';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { RetentionPeriods } from './retention-periods.js';

const purpose = 'rtva-59-1:examination';
const refusal = (code: string) => ({ refusals: [expect.objectContaining({ code })] });

describe('retention periods', () => {
  let periods: RetentionPeriods;
  beforeEach(() => {
    periods = new RetentionPeriods(new InMemory().journal);
  });
  const periodFor = async (agreement: string, day: string) =>
    periodOn(await periods.find(agreement, purpose), day);

  it('are none until two people have set one', async () => {
    const version = { purpose, period: 'P90D', effectiveFrom: '2026-04-06' };
    const { proposal } = await periods.propose(version, by('o-ito'));
    expect(await periodFor(AGREEMENT, '2026-04-06')).toBeNull();
    await expect(periods.approve(purpose, proposal, by('o-ito'))).rejects.toMatchObject(
      refusal('approver-is-proposer'),
    );
    await periods.approve(purpose, proposal, by('o-kato'));
    expect(await periodFor(AGREEMENT, '2026-04-06')).toBe('P90D');
    expect(await periodFor(AGREEMENT, '2026-04-05')).toBeNull();
  });

  it('belong to one agreement and purpose', async () => {
    const version = { purpose, period: 'P90D', effectiveFrom: '2026-04-06' };
    const { proposal } = await periods.propose(version, by('o-ito'));
    await expect(periods.approve('rtva-67:response', proposal, by('o-kato'))).rejects.toMatchObject(
      refusal('proposal-missing'),
    );
    await periods.approve(purpose, proposal, by('o-kato'));
    expect(await periodFor('another', '2026-04-06')).toBeNull();
    expect(await periods.find(AGREEMENT, purpose)).toMatchObject({ proposals: [] });
  });
});
