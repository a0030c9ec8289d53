import { describe, expect, it } from '@jest/globals';
import { discardIndividualNumbers, discarded } from './individual-number.js';

const NUMBER = '123456789018';

describe('an individual number in an answer', () => {
  it.each<[string, unknown, unknown]>([
    ['in a field of its name', { a: 1, individualNumber: NUMBER }, { a: 1 }],
    ['in a field of its name with a wrong check digit', { individualNumber: '123456789019' }, {}],
    ['as a number in a field of its name', { individualNumber: 123456789018 }, {}],
    ['as the whole value of another field', { name: NUMBER }, { name: discarded }],
    ['as a number in another field', { count: 123456789018 }, { count: discarded }],
    ['in full-width digits', { name: '１２３４５６７８９０１８' }, { name: discarded }],
    ['in groups of four', { name: '1234-5678 9018' }, { name: discarded }],
    ['deep inside', { a: [{ b: { individualNumber: NUMBER } }] }, { a: [{ b: {} }] }],
    ['in a list', [[NUMBER]], [[discarded]]],
    ['as the name of a field', { [NUMBER]: 'x' }, {}],
  ])('is found and discarded %s', (_case, value, kept) => {
    expect(discardIndividualNumbers(value)).toEqual({ value: kept, found: true });
  });

  it.each<[string, unknown]>([
    ['twelve digits with another check digit', { name: '123456789019' }],
    ['a resident code', { residentCode: '24727059608' }],
    ['part of a longer text', { address: `棟${NUMBER}号` }],
    ['true, null and small numbers', [true, null, 12]],
  ])('is not seen in %s', (_case, value) => {
    expect(discardIndividualNumbers(value)).toEqual({ value, found: false });
  });

  it('is none where the field of its name is null', () => {
    expect(discardIndividualNumbers({ a: 1, individualNumber: null })).toEqual({
      value: { a: 1 },
      found: false,
    });
  });

  it('is looked for without exhausting the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);
    expect(discardIndividualNumbers(deep).found).toBe(false);
  });
});
