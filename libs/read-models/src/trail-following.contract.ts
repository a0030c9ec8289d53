import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readQuery } from '#domain';
import { History, randomHistory, uuid } from './history.contract.js';
import type { TrailFilter, TrailRow } from './port.js';
import type { OpenedReadModels } from './trail.contract.js';

/** Every way into the trail that the search has, and none. */
const typed = [
  'operator:op-1',
  'refusal:grant-missing OR outcome:not-found',
  'case:R8-1*',
  'case:R8-1 OR case:R8-2',
  'has:no-case OR operator:op-2',
  'purpose:rtva-59-1 -outcome:found',
  'operator:op-1 outcome:refused',
  'at:2026-04..2026-08',
  '-type:InquiryReceived',
];

/** What following the trail of every engine must be. */
export function trailFollowingContract(open: () => Promise<OpenedReadModels>): void {
  describe('following the trail', () => {
    let opened: OpenedReadModels;
    let history: History;
    beforeEach(async () => {
      opened = await open();
      history = new History();
    });
    afterEach(() => opened.dispose());

    /** All of it, stretch by stretch, while `between` happens. */
    async function followed(
      filter: TrailFilter,
      limit: number,
      between: () => Promise<void> = () => Promise.resolve(),
    ): Promise<readonly TrailRow[]> {
      const rows: TrailRow[] = [];
      for (let after: string | null = null; ; ) {
        const stretch = await opened.queries.followTrail(filter, { after, limit });
        rows.push(...stretch.rows);
        after = stretch.through;
        if (!stretch.more) return rows;
        await between();
      }
    }
    const queryOf = (text: string): TrailFilter => {
      const read = readQuery(text);
      if ('refusals' in read) throw new Error(read.refusals[0].code);
      return { query: read.query };
    };
    /** The same as a search finds it, oldest first. */
    async function searched(filter: TrailFilter): Promise<readonly TrailRow[]> {
      const rows: TrailRow[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await opened.queries.searchTrail(filter, { limit: 500, ...(cursor ? { cursor } : {}) });
        rows.push(...page.rows);
        cursor = page.next;
      }
      return rows.toReversed();
    }

    it.each(typed)('finds what a search finds, the oldest first, in stretches: %s', async (text) => {
      history = randomHistory(7, 200);
      await opened.projections.apply(history.events);
      const filter = queryOf(text);
      const rows = await followed(filter, 7);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows).toEqual(await searched(filter));
    });

    it('finds by subject as well', async () => {
      history
        .received(uuid(1), {}, {}, ['a'])
        .received(uuid(2), {}, {}, ['b'])
        .received(uuid(3), {}, {}, ['a']);
      await opened.projections.apply(history.events);
      const rows = await followed({ subjectTokens: [{ fiscalYear: 2026, token: 'a' }] }, 1);
      expect(rows.map(({ inquiry }) => inquiry)).toEqual([uuid(1), uuid(3)]);
    });

    it('misses nothing and repeats nothing while new events arrive', async () => {
      history = randomHistory(7, 200);
      let arrived = history.events.length >> 1;
      await opened.projections.apply(history.events.slice(0, arrived));
      const filter = queryOf('operator:op-1');
      const rows = await followed(filter, 5, () =>
        opened.projections.apply(history.events.slice(arrived, (arrived += 3))),
      );
      expect(arrived).toBeGreaterThan(history.events.length >> 1);
      const all = await searched(filter);
      expect(rows).toEqual(all.slice(0, rows.length));
    });

    it('goes on where it was told to, and says how far that was', async () => {
      history.received(uuid(1)).received(uuid(2));
      await opened.projections.apply(history.events);
      const follow = (after: string | null, limit = 500) => opened.queries.followTrail({}, { after, limit });
      expect(await follow(null, 1)).toMatchObject({ rows: [{ position: '3' }], through: '3', more: true });
      expect(await follow('3')).toMatchObject({ rows: [{ position: '6' }], through: '6', more: false });
      expect(await follow('4')).toMatchObject({ rows: [{ position: '6' }] });
      expect(await follow('6')).toEqual({ rows: [], through: '6', more: false });
      // Behind what has been read, as while tables are built anew: never back.
      expect(await follow('9')).toEqual({ rows: [], through: '9', more: false });
      expect(await opened.queries.followTrail(queryOf('operator:nobody'), { after: null, limit: 1 })).toEqual(
        {
          rows: [],
          through: '6',
          more: false,
        },
      );
    });

    it('has nothing where nothing happened', async () => {
      expect(await opened.queries.followTrail({}, { after: null, limit: 1 })).toEqual({
        rows: [],
        through: null,
        more: false,
      });
    });

    it.each(['', '-1', '1.5', 'x', '9223372036854775808', '1'.repeat(20)])(
      'refuses a position that is none: %j',
      async (after) => {
        await expect(opened.queries.followTrail({}, { after, limit: 1 })).rejects.toThrow(RangeError);
      },
    );
  });
}
