import { describe, expect, it } from '@jest/globals';
import { specify } from '../kernel/specification.js';
import { decideBeginFeed, evolveFeed, type FeedBeginning, startOfFeed } from './feed.js';
import { type FeedEvent, feedEvents, type FeedFrom, feedStream } from './feed.events.js';

const { given } = specify(feedEvents, evolveFeed, []);
const beginning = (id: string, from: FeedFrom = 'now', position: string | null = '7'): FeedBeginning => ({
  beginning: id,
  from,
  position,
});
const begun = (...of: Parameters<typeof beginning>): FeedEvent => ({
  type: 'FeedBegun',
  data: beginning(...of),
});

describe('the feed to a SIEM', () => {
  it('puts each beginning on record, once', () => {
    const begin = (...facts: FeedEvent[]) =>
      given(...facts).when((state) => decideBeginFeed(state, beginning('b'))).events;
    expect(begin()).toEqual([begun('b')]);
    expect(begin(begun('a'))).toEqual([begun('b')]);
    expect(begin(begun('a'), begun('b'))).toEqual([]);
    expect(begin(begun('b'), begun('c'))).toEqual([]);
  });

  it('is on record in a stream of its own', () => {
    expect(feedStream('mlit-jlis')).toBe('feed-mlit-jlis');
  });

  const [now, all] = [beginning('n', 'now'), beginning('b', 'beginning', null)];
  it.each<[string, readonly FeedBeginning[], FeedBeginning | null, FeedFrom, ReturnType<typeof startOfFeed>]>(
    [
      ['never began', [], null, 'now', 'begin'],
      ['never began', [], null, 'beginning', 'begin'],
      ['was killed before its first beginning was on record', [], now, 'now', 'go-on'],
      ['has its mark', [now], now, 'now', 'go-on'],
      ['has its mark, and is told to begin elsewhere', [now], now, 'beginning', 'begin'],
      ['has its mark, and is told to begin elsewhere', [all], all, 'now', 'begin'],
      ['was killed before its second beginning was on record', [all], now, 'now', 'go-on'],
      ['lost its mark, and would pass over what waits', [now], null, 'now', 'stand-still'],
      ['lost its mark, and brings everything again', [now], null, 'beginning', 'begin'],
      ['lost its mark, and brings everything again', [all], null, 'beginning', 'begin'],
      ['lost its mark, and is told to begin elsewhere', [all], null, 'now', 'begin'],
      ['has the mark of an earlier beginning, which lies elsewhere', [all, now], all, 'now', 'stand-still'],
      [
        'has the mark of an earlier beginning, which lies elsewhere',
        [now, all],
        now,
        'beginning',
        'stand-still',
      ],
      [
        'has the mark of an earlier beginning of the same kind',
        [now, all, beginning('m')],
        now,
        'now',
        'go-on',
      ],
    ],
  )('that %s (%#)', (_what, beginnings, mark, from, expected) => {
    expect(startOfFeed(beginnings, mark, from)).toBe(expected);
  });
});
