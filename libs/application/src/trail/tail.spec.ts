import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Query, tailStream } from '#domain';
import { by, InMemory } from '../testing/in-memory.js';
import { InMemoryTrail } from '../testing/in-memory-trail.js';
import { Tail, type TailItem } from './tail.js';
import { type Followed, TailFeed } from './tail-feed.js';

type SubjectToken = NonNullable<Followed['subjectTokens']>[number];
const everything: Followed = { query: null as Query | null, subjectTokens: null };

describe('one tail of the trail', () => {
  let house: InMemory;
  let trail: InMemoryTrail;
  let feed: TailFeed;
  let followed: () => Followed;
  beforeEach(() => {
    house = new InMemory();
    trail = new InMemoryTrail();
    feed = new TailFeed(trail);
    followed = () => everything;
  });

  const tailOf = (after: string | null): Tail =>
    new Tail(
      { journal: house.journal, queries: trail, feed, pulseMs: 15_000 },
      {
        id: 't-1',
        operator: 'o-officer',
        context: by('o-officer'),
        after,
        newest: 20,
        followed: async () => followed(),
      },
      () => undefined,
    );
  const happen = (count: number): void => {
    for (let each = 0; each < count; each += 1) trail.add('a');
  };
  const taken = async (items: AsyncGenerator<TailItem, void>): Promise<readonly string[]> => {
    const { value } = await items.next();
    return value?.kind === 'rows' ? value.rows.map(({ position }) => position) : [];
  };
  const closed = async (tail: Tail): Promise<unknown> => {
    await tail.close('too-slow');
    return (await house.recorded(tailStream('t-1'))).at(-1)?.data;
  };

  describe('that is read slowly', () => {
    beforeEach(async () => {
      happen(500);
      await feed.look();
    });

    it('is told in pieces of fifty rows, and is not stalled as long as each is taken', async () => {
      const items = tailOf('0').items();
      for (let piece = 0; piece < 10; piece += 1) {
        const positions = await taken(items);
        expect([positions.length, positions[0]]).toEqual([50, String(50 * piece + 1)]);
        house.clock.advance(20_000);
      }
    });

    it('is stalled by how long its reader has left a piece, not by how long the rows before it took', async () => {
      const tail = tailOf('0');
      const items = tail.items();
      await taken(items);
      house.clock.advance(20_000);
      await taken(items);
      house.clock.advance(7_000);
      expect(tail.stalledMs).toBe(7_000);
    });

    it('has told what was taken, and no more', async () => {
      const tail = tailOf('100');
      const items = tail.items();
      for (let piece = 0; piece < 3; piece += 1) await taken(items);
      await expect(closed(tail)).resolves.toMatchObject({ rows: 100, position: '200' });
    });

    it('has told nothing where nothing was taken', async () => {
      const tail = tailOf('100');
      await taken(tail.items());
      await expect(closed(tail)).resolves.toMatchObject({ rows: 0, position: '100' });
    });

    it('tells no piece more once it is ended', async () => {
      const tail = tailOf('0');
      const items = tail.items();
      await taken(items);
      tail.end(new Error('why'));
      expect((await items.next()).done).toBe(true);
    });
  });

  it('asks again where a resident became known by another token while it was asked', async () => {
    const tokens: SubjectToken[] = [];
    let known: Followed = { query: null, subjectTokens: [] };
    followed = () => known;
    happen(1);
    await feed.look();
    happen(1);
    await feed.look();
    const follow = trail.followTrail.bind(trail);
    // The first event of the year is recorded and read just before this answer is given.
    trail.followTrail = (filter, page) => {
      if (tokens.length === 0) {
        tokens.push({ fiscalYear: 2027, token: 'new' });
        trail.add('a', 'new');
        known = { query: null, subjectTokens: tokens };
      }
      return follow(filter, page);
    };
    expect(await taken(tailOf('1').items())).toEqual(['3']);
  });
});
