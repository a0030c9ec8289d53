import { beforeEach, describe, expect, it } from '@jest/globals';
import { by, InMemory } from '../testing/in-memory.js';
import { InMemoryTrail } from '../testing/in-memory-trail.js';
import type { Tail } from './tail.js';
import { Tails } from './tails.js';

/** Lets everything that can happen happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe('who follows what concerns a resident', () => {
  let house: InMemory;
  let trail: InMemoryTrail;
  let tails: Tails;
  /** A resident's tokens, by fiscal year: there is one once an event of the year is sealed. */
  let tokens: Map<number, string>;
  let asked: number;
  beforeEach(() => {
    house = new InMemory();
    trail = new InMemoryTrail();
    tokens = new Map();
    asked = 0;
    tails = new Tails({
      journal: house.journal,
      store: { lastPosition: async () => (await trail.readUpTo())?.position ?? null },
      queries: trail,
      savedSearches: { show: () => Promise.reject(new Error('there is none')) },
      tokens: {
        tokensFor: async () => {
          asked += 1;
          return [...tokens].map(([fiscalYear, token]) => ({ fiscalYear, token }));
        },
      },
    });
  });

  const follow = (): Promise<Tail> =>
    tails.follow(
      {
        query: null,
        savedSearch: null,
        residentCode: '24727059608',
        reason: '見守り',
        after: null,
        newest: 20,
      },
      by('o-officer'),
    );
  const hearing = async (tail: Tail): Promise<string[]> => {
    const heard: string[] = [];
    const read = async (): Promise<void> => {
      for await (const item of tail.items())
        if (item.kind === 'rows') heard.push(...item.rows.map(({ position }) => position));
    };
    void read();
    await settle();
    return heard;
  };
  const look = async (): Promise<void> => {
    await tails.look();
    await settle();
  };
  const yearNow = (): number => {
    const [year = 0, month = 0] = house.clock.now().split('-').map(Number);
    return month < 4 ? year - 1 : year;
  };

  it('hears of a year whose first event comes long after the year began', async () => {
    tokens.set(yearNow(), 'old');
    trail.add('a', 'old');
    const heard = await hearing(await follow());
    await look();
    const before = yearNow();
    house.clock.advance(366 * 86_400_000);
    expect(yearNow()).toBe(before + 1);
    trail.add('a');
    await look();
    tokens.set(yearNow(), 'new');
    trail.add('a', 'new');
    await look();
    expect(heard).toEqual(['1', '3']);
  });

  it('asks for the tokens of a year no more once it knows them', async () => {
    tokens.set(yearNow(), 'old');
    trail.add('a', 'old');
    await hearing(await follow());
    for (let round = 0; round < 3; round += 1) {
      trail.add('a', 'old');
      await look();
    }
    expect(asked).toBe(1);
  });
});
