import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Evidence, savedSearchStream } from '#domain';
import type { TrailFilter } from '#read-models';
import { InMemory } from '../testing/in-memory.js';
import { SearchConcern } from './search-concern.js';

const AT = '2026-04-06T23:00:00.000Z';
const BY = { agreement: 'agr-1', actor: { operator: 'o-a' }, correlation: 'c-1' };

describe('whether a saved search finds what an officer did', () => {
  let house: InMemory;
  let asked: TrailFilter[];
  let count: number;
  let reads: boolean;
  let concern: SearchConcern;

  beforeEach(() => {
    house = new InMemory(AT);
    [asked, count, reads] = [[], 0, true];
    const countTrail = (filter: TrailFilter) => {
      asked.push(filter);
      return Promise.resolve({ count, more: false, readUpTo: null });
    };
    const trail = {
      waitFor: (position: string) => Promise.resolve(reads ? { position, eventId: 'e-1' } : null),
    };
    concern = new SearchConcern(house.journal, house.store, house.vault, { countTrail }, trail);
  });

  const saved = async (query: string): Promise<void> => {
    const stream = savedSearchStream('s-1');
    const terms = { owner: 'o-a', shared: true, name: '担当者', threshold: { count: 1, days: 1 } };
    const data = { savedSearch: 's-1', version: 1, query, ...terms };
    await house.journal.append(await house.journal.load(stream), [{ type: 'SearchSaved', data }], BY);
  };
  const evidence = (changes: Partial<Evidence> = {}): Evidence => ({
    detector: 'saved-search',
    inquiries: [],
    tokens: [],
    count: 1,
    threshold: 1,
    from: '2026-04-05T15:00:00.000Z',
    until: '2026-04-06T15:00:00.000Z',
    version: 1,
    operators: ['o-b'],
    moreOperators: false,
    ...changes,
  });

  it.each<[string, string, Partial<Evidence>, number, boolean, number]>([
    ['one of those named', 'type:SignedIn', { operators: ['o-c'] }, 0, true, 0],
    ['found by now', 'type:SignedIn', { moreOperators: true }, 1, true, 1],
    ['not found', 'type:SignedIn', { moreOperators: true }, 0, false, 1],
    ['words: all are named', 'text:知人', {}, 1, false, 0],
    [
      'words: more than are named, and some may be this officer’s',
      'text:知人',
      { moreOperators: true },
      1,
      true,
      1,
    ],
    ['a version that is gone', 'type:SignedIn', { version: 2, moreOperators: true }, 1, false, 0],
    ['what could not be judged', 'text:知人', { detector: 'saved-search-unjudged' }, 1, false, 0],
    ['what a detector found', 'type:SignedIn', { detector: 'volume' }, 1, false, 0],
  ])('%s', async (_what, query, changes, found, concerned, looks) => {
    await saved(query);
    count = found;
    expect(await concern.ofReview('s-1', evidence(changes), 'o-c')).toBe(concerned);
    expect(asked).toHaveLength(looks);
    for (const filter of asked)
      expect(filter).toMatchObject({ operator: 'o-c', from: '2026-04-05T15:00:00.000Z' });
  });

  it('is refused while the read models do not have everything, whether of a review or of the search', async () => {
    await saved('type:SignedIn');
    reads = false;
    const refused = { refusals: [{ code: 'trail-behind' }] };
    await expect(concern.ofReview('s-1', evidence({ moreOperators: true }), 'o-c')).rejects.toMatchObject(
      refused,
    );
    await expect(concern.ofSearch('s-1', 'o-c')).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
  });

  it('is not said of a review whose evidence is gone with the trail of its year', async () => {
    await saved('type:SignedIn');
    count = 1;
    expect(await concern.ofReview('s-1', null, 'o-b')).toBe(false);
  });
});
