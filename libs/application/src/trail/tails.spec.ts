import { beforeEach, describe, expect, it } from '@jest/globals';
import { byResidentCode, tailStream } from '#domain';
import { AGREEMENT, by, InMemory } from '../testing/in-memory.js';
import { InMemoryTrail } from '../testing/in-memory-trail.js';
import type { Tail, TailItem } from './tail.js';
import { type FollowTrail, Tails } from './tails.js';

const RESIDENT = '24727059608';
const PULSE_MS = 15_000;
const officer = by('o-officer');

/** What was told, shortly: `1,2` for rows, `@2` for a position, `.` for a sign of life. */
const short = (item: TailItem | undefined): string => {
  if (!item) return 'over';
  if (item.kind === 'rows') return item.rows.map(({ position }) => position).join();
  return item.kind === 'position' ? `@${item.position}` : '.';
};

/** Lets everything that can happen happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
};

/** Somebody who reads what a tail tells, as fast as it comes. */
class Reader {
  readonly heard: string[] = [];
  readonly over: Promise<void>;

  constructor(tail: Tail) {
    this.over = this.read(tail);
  }

  /** What was heard since the last time. */
  take(): readonly string[] {
    return this.heard.splice(0);
  }

  private async read(tail: Tail): Promise<void> {
    for await (const item of tail.items()) this.heard.push(short(item));
    this.heard.push('over');
  }
}

describe('who follows the trail', () => {
  let house: InMemory;
  let trail: InMemoryTrail;
  let tails: Tails;
  let saved: string | null;
  beforeEach(() => {
    house = new InMemory();
    trail = new InMemoryTrail();
    saved = 'operator:a';
    tails = new Tails(
      {
        journal: house.journal,
        store: { lastPosition: async () => (await trail.readUpTo())?.position ?? null },
        queries: trail,
        savedSearches: { show: async () => ({ query: saved }) as never },
        tokens: house.vault,
      },
      { pulseMs: PULSE_MS },
    );
  });

  const follow = (changes: Partial<FollowTrail> = {}): Promise<Tail> =>
    tails.follow(
      {
        query: null,
        savedSearch: null,
        residentCode: null,
        reason: '見守り',
        after: null,
        newest: 20,
        ...changes,
      },
      officer,
    );
  const body = (text: string) => ({ text, place: 'body' }) as const;
  const happen = (...operators: readonly string[]): void => {
    for (const operator of operators) trail.add(operator);
  };
  const look = async (): Promise<void> => {
    await tails.look();
    await settle();
  };
  const reading = async (changes: Partial<FollowTrail> = {}): Promise<Reader & { tail: Tail }> => {
    const tail = await follow(changes);
    const reader = Object.assign(new Reader(tail), { tail });
    await settle();
    return reader;
  };

  it('is told the newest, the oldest of them first, and then what comes', async () => {
    happen('a', 'b', 'c');
    const reader = await reading({ newest: 2 });
    expect(reader.take()).toEqual(['2,3', '@3']);
    await look();
    expect(reader.take()).toEqual([]);
    happen('a', 'b');
    await look();
    expect(reader.take()).toEqual(['4,5', '@5']);
    happen('c');
    await look();
    expect(reader.take()).toEqual(['6', '@6']);
  });

  it('is told only what matches, and how far that is', async () => {
    happen('a', 'b', 'a');
    const reader = await reading({ query: body('operator:b') });
    expect(reader.take()).toEqual(['2', '@3']);
    await look();
    happen('a', 'b', 'a');
    await look();
    expect(reader.take()).toEqual(['5', '@6']);
    happen('a');
    await look();
    expect(reader.take()).toEqual([]);
    house.clock.advance(PULSE_MS);
    await look();
    expect(reader.take()).toEqual(['@7']);
    house.clock.advance(PULSE_MS);
    await look();
    expect(reader.take()).toEqual(['.']);
  });

  it('may begin with nothing, and where nothing is', async () => {
    const reader = await reading({ newest: 0 });
    await look();
    expect(reader.take()).toEqual([]);
    happen('a');
    await look();
    await look();
    expect(reader.take()).toEqual(['1', '@1']);
    expect((await reading({ newest: 0 })).take()).toEqual(['@1']);
  });

  it('goes on behind the position that it names, in stretches, however far back that is', async () => {
    happen(...Array.from({ length: 1_203 }, () => 'a'));
    const reader = await reading({ after: '100', query: body('operator:a') });
    await look();
    const told = reader.take();
    expect(told.at(-1)).toBe('@1203');
    const all = told.slice(0, -1).flatMap((piece) => piece.split(','));
    expect(all).toEqual(Array.from({ length: 1_103 }, (_, n) => String(n + 101)));
  });

  it('is told everything once over any number of connections', async () => {
    const told: string[] = [];
    happen('a', 'a');
    let after: string | null = null;
    for (let connection = 0; connection < 5; connection += 1) {
      const reader: Reader & { tail: Tail } = await reading({ after });
      happen('a', 'b');
      await look();
      await look();
      happen('a');
      const heard = reader.take();
      told.push(...heard.filter((each) => !each.startsWith('@')).flatMap((each) => each.split(',')));
      after = heard.at(-1)?.replace('@', '') ?? null;
      await reader.tail.close('left');
    }
    expect(told).toEqual(Array.from({ length: Number(after) }, (_, n) => String(n + 1)));
  });

  it('is one of many, for whom the trail is read once', async () => {
    happen('a');
    const readers = await Promise.all(
      ['operator:a', 'operator:b', '-operator:a'].map((text) => reading({ query: body(text) })),
    );
    await look();
    for (const reader of readers) reader.take();
    const before = { ...trail.asked };
    happen('a', 'b', 'c');
    await look();
    expect(readers.map((reader) => reader.take())).toEqual([
      ['2', '@4'],
      ['3', '@4'],
      ['3,4', '@4'],
    ]);
    expect(trail.asked.readUpTo - before.readUpTo).toBe(1);
    expect(trail.asked.followTrail - before.followTrail).toBe(1);
    await look();
    expect(trail.asked.followTrail - before.followTrail).toBe(1);
  });

  it('may come back in the middle of what all the others were told at once', async () => {
    happen('a');
    const reader = await reading();
    await look();
    happen('a', 'b', 'a', 'b');
    await look();
    expect(reader.take()).toEqual(['1', '@1', '2,3,4,5', '@5']);
    const before = trail.asked.followTrail;
    const late = await reading({ after: '3' });
    const filtered = await reading({ after: '2', query: body('operator:b') });
    expect([late.take(), filtered.take()]).toEqual([
      ['4,5', '@5'],
      ['3,5', '@5'],
    ]);
    expect(trail.asked.followTrail).toBe(before);
  });

  it('asks nothing while nobody follows', async () => {
    const reader = await reading();
    await look();
    await reader.tail.close('left');
    const before = trail.asked.readUpTo;
    await look();
    expect([tails.open, trail.asked.readUpTo]).toEqual([0, before]);
  });

  it('is behind, and misses nothing, when it reads slowly', async () => {
    happen('a');
    const quick = await reading();
    const slow = (await follow()).items();
    expect(short((await slow.next()).value as TailItem)).toBe('1');
    await look();
    for (let round = 0; round < 12; round += 1) {
      happen('a', 'b');
      await look();
    }
    expect(quick.heard.filter((told) => !told.startsWith('@')).join()).toBe(
      Array.from({ length: 25 }, (_, n) => n + 1).join(),
    );
    const told: string[] = [];
    while (told.at(-1) !== '@25') told.push(short((await slow.next()).value as TailItem));
    const rows = told.filter((each) => !each.startsWith('@'));
    expect(rows.join()).toBe(Array.from({ length: 24 }, (_, n) => n + 2).join());
  });

  it('is known to be slow by how long it has taken nothing', async () => {
    happen('a');
    const tail = await follow();
    const items = tail.items();
    expect(tail.stalledMs).toBe(0);
    await items.next();
    house.clock.advance(7_000);
    expect(tail.stalledMs).toBe(7_000);
    await items.next();
    expect(tail.stalledMs).toBe(0);
    void items.next();
    await settle();
    house.clock.advance(7_000);
    expect(tail.stalledMs).toBe(0);
  });

  it('is told nothing again while the tables are built anew, and goes on afterwards', async () => {
    happen('a', 'a', 'a');
    const reader = await reading();
    await look();
    expect(reader.take()).toEqual(['1,2,3', '@3']);
    const late = await reading({ after: '2' });
    trail.readRows = 1;
    await look();
    happen('b');
    await look();
    expect([reader.take(), late.take()]).toEqual([[], ['3', '@3']]);
    trail.readRows = null;
    await look();
    expect([reader.take(), late.take()]).toEqual([
      ['4', '@4'],
      ['4', '@4'],
    ]);
  });

  it('waits for tables that are not there again yet', async () => {
    happen('a', 'a', 'a');
    const reader = await reading();
    await look();
    trail.readRows = 1;
    const late = await reading({ after: '1', newest: 0 });
    const before = trail.asked.followTrail;
    await look();
    expect(late.take()).toEqual([]);
    expect(trail.asked.followTrail - before).toBeLessThan(3);
    trail.readRows = null;
    happen('b');
    await look();
    expect([late.take(), reader.take()]).toEqual([
      ['2,3,4', '@4'],
      ['1,2,3', '@3', '4', '@4'],
    ]);
  });

  it('is told nothing more from the moment at which it is ended', async () => {
    happen('a');
    const reader = await reading();
    await look();
    reader.take();
    const why = new Error('why');
    reader.tail.end(why);
    reader.tail.end(new Error('another'));
    happen('a');
    await reader.over;
    expect(reader.take()).toEqual(['over']);
    expect(reader.tail.ended?.error).toBe(why);
  });

  it('learns that the read models cannot be read', async () => {
    happen('a');
    const reader = await reading({ after: '0' });
    await look();
    const late = await follow({ after: '0' });
    trail.failing = new Error('the disk has gone');
    await expect(tails.look()).rejects.toThrow('the disk has gone');
    await expect(late.items().next()).rejects.toThrow('the disk has gone');
    trail.failing = null;
    happen('b');
    await look();
    expect(reader.heard.at(-1)).toBe('@2');
  });

  describe('for a resident', () => {
    it('is told what concerns the resident, and nothing else', async () => {
      // The key of the year is there once something of the year was recorded.
      await (await follow()).close('left');
      const [known] = await house.vault.tokensFor(AGREEMENT, byResidentCode(RESIDENT));
      const token = known?.token ?? null;
      happen('a');
      trail.add('a', token);
      const reader = await reading({ residentCode: RESIDENT });
      expect(reader.take()).toEqual(['2', '@2']);
      await look();
      trail.add('b', 'another');
      trail.add('b', token);
      await look();
      expect(reader.take()).toEqual(['4', '@4']);
    });
  });

  describe('is on record', () => {
    it('before the first row, with what is followed; and afterwards with how much was told', async () => {
      happen('a', 'b');
      const reader = await reading({ query: body('operator:a'), after: '0' });
      const stream = tailStream(reader.tail.id);
      expect((await house.recorded(stream)).map(({ type, data }) => [type, data])).toEqual([
        ['TailOpened', { tail: reader.tail.id, operator: 'o-officer', savedSearch: null, after: '0' }],
      ]);
      await look();
      await reader.tail.close('left');
      await reader.tail.close('again');
      expect((await house.recorded(stream)).slice(1).map(({ type, data }) => [type, data])).toEqual([
        ['TailClosed', { tail: reader.tail.id, operator: 'o-officer', why: 'left', rows: 1, position: '2' }],
      ]);
    });

    it('by the saved search that is followed', async () => {
      happen('b', 'a');
      const reader = await reading({ savedSearch: 's-1' });
      expect(reader.take()).toEqual(['2', '@2']);
      const [opened] = await house.recorded(tailStream(reader.tail.id));
      expect(opened?.data).toMatchObject({ savedSearch: 's-1' });
    });
  });

  describe('is refused', () => {
    const codes = async (changes: Partial<FollowTrail>): Promise<readonly string[]> => {
      const before = (await house.entries()).length;
      const error = await follow(changes).then(
        () => null,
        (refused: { refusals: readonly { code: string }[] }) => refused,
      );
      expect((await house.entries()).length).toBe(before);
      expect(tails.open).toBe(0);
      return error?.refusals.map(({ code }) => code) ?? [];
    };

    it.each<[string, Partial<FollowTrail>, readonly string[]]>([
      ['no reason', { reason: '' }, ['reason-malformed']],
      ['a query that is none', { query: body('everything') }, ['query-field-missing']],
      ['words', { query: body('text:窓口') }, ['tail-text-not-followed']],
      ['a case in the URL', { query: { text: 'case:S-1', place: 'url' } }, ['tail-query-not-for-url']],
      ['a position that nothing has', { after: '1' }, ['tail-position-unknown']],
      [
        'all of that',
        { reason: ' ', query: body('x'), after: '1' },
        ['reason-malformed', 'tail-position-unknown', 'query-field-missing'],
      ],
    ])('%s', async (_what, changes, expected) => {
      expect(await codes(changes)).toEqual(expected);
    });

    it('a saved search that looks for words, or whose key is gone', async () => {
      saved = 'text:窓口';
      expect(await codes({ savedSearch: 's-1' })).toEqual(['tail-text-not-followed']);
      saved = null;
      expect(await codes({ savedSearch: 's-1' })).toEqual(['saved-search-missing']);
    });
  });
});
