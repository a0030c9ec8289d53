import { describe, expect, it } from '@jest/globals';
import { affairOf, affairs, isPurpose, purposes } from './purpose.js';

describe('the purposes of schedule 1', () => {
  it('are exactly these fourteen', () => {
    expect(purposes).toEqual([
      'rtva-12-1:acceptance',
      'rtva-12-1:examination',
      'rtva-12-1:response',
      'rtva-59-1:acceptance',
      'rtva-59-1:examination',
      'rtva-59-1:response',
      'rtva-67:acceptance',
      'rtva-67:examination',
      'rtva-67:response',
      'rtva-71-4:acceptance',
      'rtva-71-4:examination',
      'rtva-71-4:response',
      'rtva-97-3-1:acceptance',
      'rtva-97-3-1:examination',
    ]);
    expect(purposes.every(isPurpose)).toBe(true);
  });

  it.each([
    'rtva-97-3-1:response',
    'rtva-59-1',
    'rtva-59-1:',
    ':examination',
    'rtva-59-1:examination ',
    'RTVA-59-1:EXAMINATION',
    'rtva-59-1:examination:response',
    '__proto__:x',
    'constructor',
    '',
    null,
    undefined,
    0,
    ['rtva-67:response'],
  ])('do not include %j', (value) => {
    expect(isPurpose(value)).toBe(false);
  });
});

describe('the affair of a purpose', () => {
  it('is one of five', () => {
    expect([...new Set(purposes.map(affairOf))]).toEqual([...affairs]);
    expect(affairs).toHaveLength(5);
  });

  it.each([
    ['rtva-67x', ''],
    ['rtva-67', ''],
    ['', ''],
    [':response', ''],
    ['__proto__:x', '__proto__'],
  ])('of %j, which is none, is %j: never that of another', (purpose, affair) => {
    expect(affairOf(purpose)).toBe(affair);
  });
});
