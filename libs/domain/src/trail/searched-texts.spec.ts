import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../catalogue.js';
import { textFieldsOf, typesWithText } from './searched-texts.js';

describe('words are looked for', () => {
  it.each([
    ['GrantRequested', ['reason']],
    ['TrailSearched', ['reason']],
    ['DisclosureRequested', ['note']],
    ['IncidentDeclared', ['description']],
    ['IncidentClosed', ['finding']],
    ['DayReviewed', ['remark']],
    ['InquiryReceived', []],
    ['NoSuchEvent', []],
  ])('in %s: %j', (type, fields) => {
    expect(textFieldsOf(type)).toEqual(fields);
  });

  it('only in what the trail seals: never in identity data or names, and nothing else of the kind is left out', () => {
    for (const type of typesWithText)
      for (const field of textFieldsOf(type))
        expect(catalogue[type]?.lifetimes).toHaveProperty(field, 'trail');
    const left = Object.values(catalogue).flatMap(({ type, lifetimes }) =>
      Object.entries(lifetimes).flatMap(([field, lifetime]) =>
        lifetime === 'trail' && !textFieldsOf(type).includes(field) ? [field] : [],
      ),
    );
    // Names, queries, references and sources are not what somebody gave as a reason; evidence and filters are no text.
    expect([...new Set(left)].sort()).toEqual([
      'evidence',
      'filters',
      'name',
      'query',
      'reference',
      'source',
    ]);
  });
});
