import { describe, expect, it } from '@jest/globals';
import { BoundedVerification } from './bounded-verification.js';

describe('the verification of PINs', () => {
  /** Verifications that end when they are told to. */
  function slow() {
    const begun: string[] = [];
    const ends: ((fits: boolean | Error) => void)[] = [];
    const verify = (operator: string): Promise<boolean> => {
      begun.push(operator);
      return new Promise((resolve, reject) =>
        ends.push((fits) => (fits instanceof Error ? reject(fits) : resolve(fits))),
      );
    };
    return { begun, ends, bounded: new BoundedVerification({ verify }, { atOnce: 2, waiting: 1 }) };
  }
  const busy = { refusals: [{ code: 'busy' }] };
  const settled = (): Promise<void> => new Promise(setImmediate);

  it('happens a few at a time, the others wait, and too many do not wait', async () => {
    const { begun, ends, bounded } = slow();
    const verified = ['a', 'b', 'c'].map((operator) => bounded.verify(operator, '1'));
    await expect(bounded.verify('d', '1')).rejects.toMatchObject(busy);
    expect(begun).toEqual(['a', 'b']);
    ends[0]?.(true);
    expect(await verified[0]).toBe(true);
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends[1]?.(false);
    ends[2]?.(true);
    expect(await Promise.all(verified)).toEqual([true, false, true]);
  });

  it('gives the place on also when it fails, and to nobody who came later', async () => {
    const { begun, ends, bounded } = slow();
    const [failing, , waiting] = ['a', 'b', 'c'].map((operator) => bounded.verify(operator, '1'));
    await settled();
    ends[0]?.(new Error('tampered with'));
    await expect(failing).rejects.toThrow('tampered with');
    const later = bounded.verify('d', '1');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c']);
    ends[1]?.(true);
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    ends[2]?.(true);
    ends[3]?.(true);
    expect([await waiting, await later]).toEqual([true, true]);
    const again = bounded.verify('e', '1');
    await settled();
    ends[4]?.(true);
    expect(await again).toBe(true);
  });
});
