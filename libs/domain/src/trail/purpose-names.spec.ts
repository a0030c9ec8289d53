import { describe, expect, it } from '@jest/globals';
import { purposes } from '../kernel/purpose.js';
import { nameOfPurpose } from './purpose-names.js';

describe('a purpose', () => {
  it('has a name in both languages', () => {
    const names = purposes.map((purpose) => nameOfPurpose(purpose));
    expect(new Set(names.map((name) => name?.ja)).size).toBe(14);
    expect(new Set(names.map((name) => name?.en)).size).toBe(14);
    for (const unlisted of ['rtva-59-1', 'rtva-59-1:', 'toString:acceptance', 'rtva-59-1:constructor', ''])
      expect(nameOfPurpose(unlisted)).toBeNull();
  });
});
