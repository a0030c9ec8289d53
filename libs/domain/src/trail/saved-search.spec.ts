import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { residentCodeFrom } from '../kernel/identity.js';
import { record, specify } from '../kernel/specification.js';
import {
  countedBy,
  decideChangeSavedSearch,
  decideRemoveSavedSearch,
  decideSaveSearch,
  evolveSavedSearch,
  initialSavedSearch,
  maySeeSavedSearch,
  savedSearchRefusals,
  type SearchTerms,
} from './saved-search.js';
import { type SavedSearchEvent, savedSearchEvents, SearchSaved } from './saved-search.events.js';

const { given } = specify(savedSearchEvents, evolveSavedSearch, initialSavedSearch);

const terms: SearchTerms = {
  name: '夜間の拒否',
  query: '結果：refused －所属：inspection-1',
  shared: false,
  threshold: null,
};
const threshold = { count: 10, days: 7 };
/** 2026-12-01 in Tokyo. */
const at = '2026-11-30T15:00:00.000Z';

const saved = (changes: object = {}): SavedSearchEvent => ({
  type: 'SearchSaved',
  data: {
    ...terms,
    savedSearch: 's-1',
    version: 1,
    owner: 'o-a',
    query: 'outcome:refused -organisation:inspection-1',
    ...changes,
  },
});
const save = (changes: Partial<SearchTerms> = {}) =>
  given().when((state) =>
    decideSaveSearch(state, { ...terms, savedSearch: 's-1', by: 'o-a', at, ...changes }),
  );
const change = (by: string, changes: Partial<SearchTerms> = {}, ...facts: SavedSearchEvent[]) =>
  given(...facts).when((state) => decideChangeSavedSearch(state, { ...terms, by, at, ...changes }));
const remove = (by: string, ...facts: SavedSearchEvent[]) =>
  given(...facts).when((state) => decideRemoveSavedSearch(state, { by, ownerStays: true, found: false }));

const removed: SavedSearchEvent = { type: 'SavedSearchRemoved', data: { savedSearch: 's-1' } };

describe('a search', () => {
  it('is saved in its canonical form', () => {
    expect(save().events).toEqual([saved()]);
    expect(save({ shared: true, threshold }).events).toEqual([saved({ shared: true, threshold })]);
  });

  it('keeps neither its name nor its query in clear', () => {
    expect(record(SearchSaved, saved()).data).toEqual({
      savedSearch: 's-1',
      version: 1,
      owner: 'o-a',
      shared: false,
      threshold: null,
    });
  });

  it('may look for text if it says in which days', () => {
    const query = 'text:苦情';
    expect(save({ query }).refusals).toEqual(['query-text-unbounded']);
    expect(save({ query, threshold }).refusals).toEqual([]);
    expect(save({ query: `${query} at:2026-04` }).refusals).toEqual([]);
  });

  it('may look at what is over, or have a threshold over what is to come', () => {
    expect(save({ query: 'outcome:refused at:2026-11' }).refusals).toEqual([]);
    for (const query of ['at:2026-12', 'at:2026', 'at:2027-04..', 'outcome:refused OR at:2026-11'])
      expect(save({ query, threshold }).refusals).toEqual([]);
  });

  it.each<[string, Partial<SearchTerms>, readonly string[]]>([
    ['without a name', { name: '\u3000' }, ['saved-search-name-malformed']],
    ['with too long a name', { name: '字'.repeat(61) }, ['saved-search-name-malformed']],
    ['with a name nobody could see', { name: 'a\u200Bb' }, ['saved-search-name-malformed']],
    [
      'with a resident in its name',
      { name: `${residentCodeFrom('2472705960')}の件` },
      ['saved-search-name-malformed'],
    ],
    [
      'with a resident in its query',
      { query: `case:${residentCodeFrom('2472705960')}` },
      ['identifier-in-query'],
    ],
    ['with no query', { query: '' }, ['query-empty']],
    ['with nothing to count', { threshold: { count: 0, days: 1 } }, ['saved-search-threshold-malformed']],
    [
      'with too much to count',
      { threshold: { count: 10_001, days: 1 } },
      ['saved-search-threshold-malformed'],
    ],
    ['with half a day', { threshold: { count: 1, days: 0.5 } }, ['saved-search-threshold-malformed']],
    ['with too many days', { threshold: { count: 1, days: 32 } }, ['saved-search-threshold-malformed']],
    [
      'with a threshold over a period that is over',
      { query: 'outcome:refused at:2026-11', threshold: { count: 1, days: 1 } },
      ['saved-search-period-over'],
    ],
    [
      'with a threshold over no period at all',
      { query: 'at:2026-12 at:2027-01', threshold: { count: 1, days: 31 } },
      ['saved-search-period-over'],
    ],
    [
      'with nothing right',
      { name: '', query: 'x', threshold: { count: Number.NaN, days: 1 } },
      ['saved-search-name-malformed', 'saved-search-threshold-malformed', 'query-field-missing'],
    ],
  ])('is not saved %s', (_, changes, refusals) => {
    expect(save(changes).refusals).toEqual(refusals);
    expect(change('o-a', changes, saved()).refusals).toEqual(refusals);
  });

  it('is saved once under its id, removed or not', () => {
    for (const facts of [[saved()], [saved(), removed]])
      expect(
        given(...facts).when((state) =>
          decideSaveSearch(state, { ...terms, savedSearch: 's-1', by: 'o-a', at }),
        ).refusals,
      ).toEqual(['saved-search-exists']);
  });
});

describe('a saved search', () => {
  it('is changed by its owner, into another version', () => {
    const changed = change('o-a', { shared: true, query: 'type:SignedIn', threshold }, saved());
    expect(changed.events).toEqual([
      {
        type: 'SavedSearchChanged',
        data: {
          savedSearch: 's-1',
          version: 2,
          owner: 'o-a',
          shared: true,
          name: '夜間の拒否',
          query: 'type:SignedIn',
          threshold,
        },
      },
    ]);
    expect(given(saved(), ...changed.events).state).toEqual({
      state: 'kept',
      savedSearch: 's-1',
      version: 2,
      owner: 'o-a',
      shared: true,
      threshold,
    });
  });

  it('is there for others only where it is shared, and theirs to remove but not to change', () => {
    const shared = saved({ shared: true });
    expect(change('o-b', {}, saved()).refusals).toEqual(['saved-search-missing']);
    expect(remove('o-b', saved()).refusals).toEqual(['saved-search-missing']);
    expect(change('o-b', {}, shared).refusals).toEqual(['saved-search-of-other']);
    expect(remove('o-b', shared).events).toEqual([removed]);
    expect(maySeeSavedSearch(given(saved()).state, 'o-a')).toBe(true);
    expect(maySeeSavedSearch(given(saved()).state, 'o-b')).toBe(false);
    expect(maySeeSavedSearch(given(shared).state, 'o-b')).toBe(true);
    expect(maySeeSavedSearch(given(shared, removed).state, 'o-a')).toBe(false);
    expect(maySeeSavedSearch(initialSavedSearch, 'o-a')).toBe(false);
  });

  it.each<[string, string, boolean, boolean, readonly string[]]>([
    ['by its owner', 'o-a', true, true, []],
    ['by nobody else while its owner may save searches', 'o-b', true, false, ['saved-search-of-other']],
    ['by another officer afterwards', 'o-b', false, false, []],
    ['never by an officer of whom it finds anything', 'o-b', false, true, ['saved-search-of-other']],
  ])('with a threshold is removed %s', (_, by, ownerStays, found, refusals) => {
    const watching = given(saved({ shared: true, threshold }));
    const { events, refusals: refused } = watching.when((state) =>
      decideRemoveSavedSearch(state, { by, ownerStays, found }),
    );
    expect(refused).toEqual(refusals);
    expect(events).toEqual(refusals.length ? [] : [removed]);
  });

  it('is removed once', () => {
    expect(remove('o-a', saved()).events).toEqual([removed]);
    expect(remove('o-a', saved(), removed).refusals).toEqual(['saved-search-missing']);
    expect(remove('o-a').refusals).toEqual(['saved-search-missing']);
    expect(change('o-a', {}, saved(), removed).refusals).toEqual(['saved-search-missing']);
  });

  it('counts the day and those before it', () => {
    expect(countedBy({ count: 1, days: 1 }, '2026-04-01')).toEqual({
      from: '2026-03-31T15:00:00.000Z',
      until: '2026-04-01T15:00:00.000Z',
    });
    expect(countedBy(threshold, '2026-04-01').from).toBe('2026-03-25T15:00:00.000Z');
  });
});

describe('the refusals of saved searches', () => {
  it('are each given by the decider', () => {
    const decider = readFileSync('libs/domain/src/trail/saved-search.ts', 'utf8');
    for (const code of savedSearchRefusals) expect(decider).toContain(`because('${code}'`);
  });
});
