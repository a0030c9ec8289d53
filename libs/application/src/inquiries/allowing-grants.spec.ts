import { describe, expect, it } from '@jest/globals';
import { AllowingGrants } from './allowing-grants.js';

const asking = (operator: string) => ({ operator, terminal: 't-1', purpose: 'rtva-59-1:examination' });

describe('the grants that allowed the last inquiries', () => {
  it('are suggested for the same operator, terminal and purpose only', () => {
    const allowing = new AllowingGrants();
    allowing.remember(asking('o-1'), 'g-1');
    expect(allowing.suggest(asking('o-1'))).toBe('g-1');
    expect(allowing.suggest(asking('o-2'))).toBeNull();
    expect(allowing.suggest({ ...asking('o-1'), terminal: 't-2' })).toBeNull();
    expect(allowing.suggest({ ...asking('o-1'), purpose: 'rtva-67:response' })).toBeNull();
    expect(allowing.suggest({ operator: 'o', terminal: '1","t-1', purpose: '' })).toBeNull();
  });

  it('are bounded in number: the one not remembered for longest goes', () => {
    const allowing = new AllowingGrants();
    allowing.remember(asking('o-first'), 'g-first');
    allowing.remember(asking('o-kept'), 'g-kept');
    for (let n = 0; n < 4_998; n += 1) allowing.remember(asking(`o-${n}`), `g-${n}`);
    allowing.remember(asking('o-kept'), 'g-later');
    expect(allowing.suggest(asking('o-first'))).toBe('g-first');
    allowing.remember(asking('o-last'), 'g-last');
    expect(allowing.suggest(asking('o-first'))).toBeNull();
    expect(allowing.suggest(asking('o-kept'))).toBe('g-later');
    expect(allowing.suggest(asking('o-last'))).toBe('g-last');
  });
});
