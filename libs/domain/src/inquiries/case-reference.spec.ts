import { describe, expect, it } from '@jest/globals';
import { caseReferenceRefusal } from './case-reference.js';

describe('a case reference, which is kept in clear,', () => {
  const codeOf = (caseReference: string, pattern: string): string | null =>
    caseReferenceRefusal(
      { caseReference, purpose: 'rtva-67:acceptance' },
      { casePatterns: { 'rtva-67': pattern } },
    )?.code ?? null;

  it('is good where it fits the pattern of its affair', () => {
    expect(codeOf('KN-2026-000123', 'KN-\\d{4}-\\d{6}')).toBeNull();
    expect(codeOf('KN-2026-000123', '.+')).toBeNull();
  });

  it.each([
    ['a resident code that the pattern admits', '25208017643', '25\\d{9}'],
    ['one in groups', '2520-8017-643', '[\\d-]+'],
    ['one behind a prefix', 'KN-25208017643', 'KN-.+'],
    ['an individual number', '1234-5678-9018', '.+'],
    ['one with what nobody sees in it', '252\u200B08017643', '.+'],
    ['a format character', 'KN-\u202E1', '.+'],
    ['a control character', 'KN-\u00071', '.+'],
    ['half a character', 'KN-\uD800', '.+'],
  ])('is malformed when it is %s', (_what, caseReference, pattern) => {
    expect(codeOf(caseReference, pattern)).toBe('case-reference-malformed');
  });
});
