import { beforeEach, describe, expect, it } from '@jest/globals';
import { StoreFailed } from '#event-store';
import { InMemoryEventStore } from '../testing/in-memory.js';
import { readWhatIsThere } from './alarm-reading.js';

describe('reading for the alarm', () => {
  let store: InMemoryEventStore;
  beforeEach(async () => {
    store = new InMemoryEventStore();
    for (let id = 1; id <= 9; id += 1) {
      await store.append(`s-${id}`, 'no-stream', [{ id: `${id}`, type: 'Tested', entry: `{"id":"${id}"}` }]);
    }
  });
  const read = async (after: string | null, limit: number): Promise<string> =>
    (await readWhatIsThere(store, after, limit)).map(({ id }) => id).join('');
  const forge = (id: number) => store.tamper(`s-${id}`, 0, '{"id":"x"}');

  it('is reading, where nothing is wrong', async () => {
    expect([await read(null, 4), await read('4', 100), await read('9', 1)]).toEqual(['1234', '56789', '']);
  });

  it.each([
    ['forged events, alone', [3], [], '1245678'],
    ['forged events, several', [2, 3, 7], [], '145689'],
    ['a forged first one', [1], [], '2345678'],
    ['a forged last one', [9], [], '12345678'],
    ['missing events', [], [4, 5], '1236789'],
    ['missing first events', [], [1, 2], '3456789'],
    ['both, side by side', [4], [5, 6], '123789'],
  ])('steps over %s', async (_what, forged, missing, ids) => {
    forged.forEach(forge);
    missing.forEach((id) => store.remove(`${id}`));
    expect(await read(null, 7)).toBe(ids.slice(0, 7));
    expect(await read('9', 7)).toBe('');
  });

  it('steps over a gap at once, however wide somebody has made it', async () => {
    store.remove('9');
    store.move('8', String(Number.MAX_SAFE_INTEGER - 1));
    let reads = 0;
    const readAll = store.readAll.bind(store);
    store.readAll = (after, limit) => ((reads += 1), readAll(after, limit));
    expect(await read(null, 100)).toBe('1234567');
    expect(reads).toBeLessThan(20);
  });

  it('lets others have their turn while it steps over many', async () => {
    [2, 3, 4, 5, 6, 7, 8].forEach(forge);
    let turns = 0;
    let other = setImmediate(function turn() {
      turns += 1;
      other = setImmediate(turn);
    });
    await read(null, 100);
    clearImmediate(other);
    expect(turns).toBeGreaterThan(0);
  });

  it('ends where nothing genuine comes any more', async () => {
    [8, 9].forEach(forge);
    expect([await read(null, 100), await read('7', 100)]).toEqual(['1234567', '']);
  });

  it('says so when the store cannot be read', async () => {
    store.readAll = () => Promise.reject(new StoreFailed('gone'));
    await expect(read(null, 1)).rejects.toMatchObject({ code: 'store-failed' });
  });
});
