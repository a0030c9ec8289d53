import { beforeEach, describe, expect, it } from '@jest/globals';
import { grantStream, readQuery } from '#domain';
import type { TrailRow } from '#read-models';
import { by, InMemory } from '../testing/in-memory.js';
import { nowhere } from '../testing/in-memory-trail.js';
import { looksForText, type QueriedFilter, TextSearch } from './text-search.js';

describe('a search for words', () => {
  let house: InMemory;
  let opened: string[];
  beforeEach(async () => {
    house = new InMemory();
    opened = [];
    for (const [grant, reason] of [
      ['g-1', '窓口の混雑'],
      ['g-2', '担当替え'],
      ['g-3', 'まどぐち業務の終了'],
      ['g-4', '窓口の統合'],
    ] as const) {
      const event = {
        type: 'GrantRevoked',
        data: { grant, operator: 'o-1', terminal: 't-1', reason },
      } as const;
      await house.journal.append(await house.journal.load(grantStream(grant)), [event], by('o-9'));
    }
    const signedIn = { type: 'SignedIn', data: { session: 's-1', operator: 'o-1', terminal: null } } as const;
    await house.journal.append(await house.journal.load('session-s-1'), [signedIn], by('o-1'));
  });

  /** Read models that pass over nothing, two rows a page. */
  async function rowsNewestFirst(): Promise<readonly TrailRow[]> {
    const stored = await house.store.readAll(null, 100);
    return stored.toReversed().map(({ id, type, position, stream, entry }) => {
      const { at, agreement } = JSON.parse(entry) as TrailRow;
      return { ...nowhere, id, type, position, stream, at, agreement };
    });
  }
  const queries = {
    async searchTrail(_filter: object, { cursor = '0' }: { cursor?: string }) {
      const all = await rowsNewestFirst();
      const end = Number(cursor) + 2;
      return {
        rows: all.slice(Number(cursor), end),
        next: end < all.length ? String(end) : null,
        readUpTo: null,
      };
    },
    async countTrail(_filter: object, most: number | null) {
      const { length } = await rowsNewestFirst();
      const bound = most ?? length;
      return { count: Math.min(length, bound), more: length > bound, readUpTo: null };
    },
  };
  const text = (mostOpened?: number): TextSearch =>
    new TextSearch(
      {
        readEvent: (id) => {
          opened.push(id);
          return house.store.readEvent(id);
        },
      },
      house.vault,
      queries,
      mostOpened,
    );

  function filterOf(typed: string): QueriedFilter {
    const read = readQuery(typed);
    if ('refusals' in read) throw new Error(read.refusals[0].code);
    const filter = { query: read.query };
    if (!looksForText(filter)) throw new Error('no words are looked for');
    return filter;
  }

  async function found(typed: string, from: string | null = null): Promise<readonly string[]> {
    const streams: string[] = [];
    for await (const { stream } of text().matching(filterOf(typed), from)) streams.push(stream);
    return streams;
  }

  it('opens what has words in it, and nothing else, page after page', async () => {
    expect(await found('text:窓口 at:2026-04')).toEqual(['grant-g-4', 'grant-g-1']);
    expect(await found('text:まど at:2026-04')).toEqual(['grant-g-3']);
    expect(await found('-text:窓口 at:2026-04')).toEqual(['session-s-1', 'grant-g-3', 'grant-g-2']);
    expect(opened).toHaveLength(3 * 4);
  });

  it('finds nothing where the key is destroyed', async () => {
    house.vault.destroyKey('trail/2026');
    expect(await found('text:窓口 at:2026-04')).toEqual([]);
    expect(await found('-text:窓口 at:2026-04')).toHaveLength(5);
  });

  it('goes on from a cursor', async () => {
    expect(await found('text:窓口 at:2026-04', '2')).toEqual(['grant-g-1']);
  });

  it('opens no more than is asked for', async () => {
    for await (const row of text().matching(filterOf('text:窓口 at:2026-04'), null)) {
      expect(row.stream).toBe('grant-g-4');
      break;
    }
    expect(opened).toHaveLength(1);
  });

  it('is refused before it opens anything where it would have to open too many', async () => {
    const filter = filterOf('text:窓口 at:2026-04');
    await expect(text(4).requireBounded(filter)).rejects.toMatchObject({
      refusals: [{ code: 'text-search-too-wide', field: 'query' }],
    });
    expect(await text(5).requireBounded(filter)).toBeNull();
    expect(opened).toEqual([]);
  });

  it('is one only with text: in its query', () => {
    expect(looksForText({})).toBe(false);
    const read = readQuery('operator:a');
    expect('query' in read && looksForText({ query: read.query })).toBe(false);
  });
});
