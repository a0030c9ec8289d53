import { accept, type Decision } from '../kernel/decision.js';
import type { FeedEvent, FeedFrom, RecordedFeedEvent } from './feed.events.js';

/** One beginning of the feed. */
export interface FeedBeginning {
  readonly beginning: string;
  readonly from: FeedFrom;
  readonly position: string | null;
}

/** Every beginning so far, oldest first. */
export type FeedBeginningsSoFar = readonly FeedBeginning[];

/** Puts a beginning on record; again is nothing. */
export const decideBeginFeed = (state: FeedBeginningsSoFar, command: FeedBeginning): Decision<FeedEvent> =>
  state.some(({ beginning }) => beginning === command.beginning)
    ? accept<FeedEvent>()
    : accept<FeedEvent>({ type: 'FeedBegun', data: command });

export const evolveFeed = (state: FeedBeginningsSoFar, { data }: RecordedFeedEvent): FeedBeginningsSoFar => {
  const { beginning, from, position } = data;
  return [...state, { beginning, from, position }];
};

export const feedFolding = { initial: [] as FeedBeginningsSoFar, evolve: evolveFeed };

/**
 * What a feed does that starts with a mark, or without one, and is told where a feed begins.
 *
 * - `go-on`: from its mark.
 * - `begin`: anew. Where it has a past, that is what it was told, or it brings everything once more.
 * - `stand-still`: its mark is gone, or older than its last beginning, and to begin anew would pass over what nobody
 *   brought.
 */
export function startOfFeed(
  beginnings: FeedBeginningsSoFar,
  mark: { readonly beginning: string; readonly from: FeedFrom } | null,
  from: FeedFrom,
): 'go-on' | 'begin' | 'stand-still' {
  const last = beginnings.at(-1);
  if (mark === null) return last?.from === 'now' && from === 'now' ? 'stand-still' : 'begin';
  const isOlder =
    last !== undefined &&
    last.beginning !== mark.beginning &&
    beginnings.some(({ beginning }) => beginning === mark.beginning);
  // An older mark of the same kind lies before what was brought since: that comes twice.
  if (isOlder) return last.from === mark.from && mark.from === from ? 'go-on' : 'stand-still';
  return mark.from === from ? 'go-on' : 'begin';
}
