import { beforeEach, describe, expect, it } from '@jest/globals';
import { operatorStream, savedSearchStream } from '#domain';
import { Journal } from '../journal.js';
import { by, byInit, InMemory } from '../testing/in-memory.js';
import { SavedSearches } from './saved-searches.js';

const terms = { name: '担当者', query: 'type:SignedIn', shared: true, threshold: null };

/** Somebody else is quicker, once. */
class Overtaken extends Journal {
  meanwhile: (() => Promise<unknown>) | null = null;

  override async append(...given: Parameters<Journal['append']>): ReturnType<Journal['append']> {
    const first = this.meanwhile;
    this.meanwhile = null;
    await first?.();
    return super.append(...given);
  }
}

describe('a shared search without a threshold that another officer removes', () => {
  let house: InMemory;
  let journal: Overtaken;
  let searches: SavedSearches;
  let savedSearch: string;

  beforeEach(async () => {
    house = new InMemory();
    journal = new Overtaken(house.store, house.vault, house.clock);
    const queries = { savedSearches: () => Promise.resolve([]) };
    const concern = { ofSearch: () => Promise.resolve(false) };
    searches = new SavedSearches(journal, house.vault, queries, concern);
    const operator = 'o-a';
    const roles = { operator, proposal: 'p-1', roles: ['security-officer'], effectiveFrom: '2026-04-01' };
    await journal.append(
      await journal.load(operatorStream(operator)),
      [
        {
          type: 'OperatorRegistered',
          data: { operator, side: 'recipient', name: '佐藤 花子', unit: 'inspection-1' },
        },
        { type: 'RolesSet', data: roles },
      ],
      byInit,
    );
    ({ savedSearch } = await searches.save(terms, by(operator)));
  });

  it('is gone', async () => {
    await searches.remove(savedSearch, by('o-b'));
    expect(await house.types(savedSearchStream(savedSearch))).toEqual(['SearchSaved', 'SavedSearchRemoved']);
  });

  it('stays where its owner gives it one at the same moment', async () => {
    const watching = { ...terms, threshold: { count: 1, days: 1 } };
    journal.meanwhile = () => searches.change(savedSearch, watching, by('o-a'));
    await expect(searches.remove(savedSearch, by('o-b'))).rejects.toMatchObject({
      refusals: [{ code: 'saved-search-of-other' }],
    });
    expect(await house.types(savedSearchStream(savedSearch))).toEqual(['SearchSaved', 'SavedSearchChanged']);
  });
});
