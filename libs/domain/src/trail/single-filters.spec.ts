import { describe, expect, it } from '@jest/globals';
import { residentCodeFrom } from '../kernel/identity.js';
import { readQuery } from './query-parser.js';
import { filterFaults, type SingleFilters } from './single-filters.js';

const code = residentCodeFrom('2472705960');

describe('a filter beside a query', () => {
  it('is held to what the language knows of its field, as a term is', () => {
    const good: SingleFilters = {
      operator: '019a0d3c-9c55-7d0e-8c52-24727059608a',
      terminal: 't-3',
      purpose: 'rtva-59-1',
      outcome: 'found',
      type: 'InquiryReceived',
      caseReference: '検査 第１号',
    };
    expect(filterFaults(good)).toEqual([]);
    expect(filterFaults({ operator: '019a0d3c-9c55-7d0e-8c52-247270596081' })).toEqual([]);
    expect(filterFaults({})).toEqual([]);
  });

  it.each<[string, keyof SingleFilters, string, string]>([
    ['a type that no event has', 'type', 'Nope', 'query-value-unlisted'],
    ['a purpose that no agreement lists', 'purpose', 'rtva-59-9', 'query-value-unlisted'],
    ['an outcome that no inquiry has', 'outcome', 'lost', 'query-value-unlisted'],
    ['an id with a space in it', 'operator', 'o 17', 'query-value-malformed'],
    ['a case of characters that nobody sees', 'caseReference', 'SK\u200B', 'query-value-malformed'],
    ['nothing', 'terminal', '', 'query-value-missing'],
    ['a resident code for an operator', 'operator', code, 'identifier-in-query'],
    ['a resident code for a terminal', 'terminal', code, 'identifier-in-query'],
    ['a resident code for a type', 'type', code, 'identifier-in-query'],
    ['a resident code for a case', 'caseReference', `SK ${code}`, 'identifier-in-query'],
    ['a resident code in full width', 'purpose', '２４７２７０５９６０８', 'identifier-in-query'],
  ])('is refused under its own name: %s', (_what, field, value, refusal) => {
    expect(filterFaults({ [field]: value })).toEqual([{ code: refusal, field }]);
    const term = `${field === 'caseReference' ? 'case' : field}:"${value}"`;
    const read = readQuery(term);
    expect('refusals' in read && read.refusals.map((each) => each.code)).toEqual([refusal]);
  });
});
