import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Queries } from '#read-models';
import { InMemoryTrail } from '../testing/in-memory-trail.js';
import { TailFeed } from './tail-feed.js';

const everything = { query: null, subjectTokens: null };

/** A moment that somebody waits for, and that comes when it is told to. */
class Gate {
  readonly reached: Promise<void>;
  readonly open: Promise<void>;
  private arrive!: () => void;
  release!: () => void;

  constructor() {
    this.reached = new Promise((resolve) => (this.arrive = resolve));
    this.open = new Promise((resolve) => (this.release = resolve));
  }

  async pass(): Promise<void> {
    this.arrive();
    await this.open;
  }
}

describe('what is new in the trail', () => {
  let trail: InMemoryTrail;
  let feed: TailFeed;
  let gates: Partial<Record<'readUpTo' | 'followTrail', Gate>>;
  beforeEach(() => {
    trail = new InMemoryTrail();
    gates = {};
    /** Answers as the trail is when it is asked; the answer arrives when the gate is opened. */
    const late = async <Answer>(what: keyof typeof gates, answer: Promise<Answer>): Promise<Answer> => {
      const given = await answer;
      await gates[what]?.pass();
      return given;
    };
    const queries: Pick<Queries, 'readUpTo' | 'followTrail'> = {
      readUpTo: () => late('readUpTo', trail.readUpTo()),
      followTrail: (filter, page) => late('followTrail', trail.followTrail(filter, page)),
    };
    feed = new TailFeed(queries);
  });

  const happen = (count: number): void => {
    for (let each = 0; each < count; each += 1) trail.add('a');
  };
  const after = async (position: string): Promise<string> => {
    const stretch = await feed.after(position, everything);
    return stretch?.rows.map((row) => row.position).join() ?? 'nothing';
  };

  it.each(['readUpTo', 'followTrail'] as const)(
    'is left out for nobody who comes back after the last one left in the middle of a look (%s)',
    async (what) => {
      happen(4);
      await feed.look();
      happen(2);
      const gate = (gates[what] = new Gate());
      const look = feed.look();
      await gate.reached;
      feed.rest();
      gate.release();
      await look;
      delete gates[what];
      await feed.look();
      expect(await after('2')).toBe('3,4,5,6');
    },
  );

  it('is not looked through once more for who comes after everybody left in the middle of a look', async () => {
    happen(4);
    await feed.look();
    const gate = (gates.readUpTo = new Gate());
    const look = feed.look();
    await gate.reached;
    feed.rest();
    gate.release();
    await look;
    delete gates.readUpTo;
    happen(100);
    await feed.look();
    expect(trail.asked.followTrail).toBe(0);
  });
});
