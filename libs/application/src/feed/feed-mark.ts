import type { FeedBeginning, FeedFrom } from '#domain';
import type { Position } from '#event-store';
import type { Clock, Marks } from '#operations';

/** Mark of the feed: how far the SIEM is known to have read. */
export const SIEM_FEED = 'siem-feed';

/** Null parts: before the first event, or (the id) where the feed began and nothing was sent yet. */
export interface Place {
  readonly position: Position | null;
  readonly eventId: string | null;
}

/**
 * The mark as it is kept. Whoever can write the operations database could put it behind events that the SIEM shall never
 * see: so it counts with its MAC only (`GenuineMarks`), and that there ought to be one its beginning on record says. An
 * older genuine one is believed: then events come twice, which a receiver can tell.
 */
export interface KeptMark extends Place {
  /** The beginning on record (`FeedBegun`) since which it has read. */
  readonly beginning: FeedBeginning['beginning'];
  readonly from: FeedFrom;
  /** Whether it has once been at the end since it began: until then the age of an event says nothing. */
  readonly reached: boolean;
  /** Real time of its writing, milliseconds. */
  readonly at: number;
  /** Since when events have been waiting for the receiver, real time; null where it takes them. */
  readonly waitingSince: number | null;
}

/** How long the feed has been waiting for its receiver, in milliseconds of real time, as its mark tells it; 0 without one. */
export function feedWaitedMs(marks: Pick<Marks, 'read'>, clock: Pick<Clock, 'realNow'>): number {
  const since = marks.read<KeptMark>(SIEM_FEED)?.waitingSince ?? null;
  return since === null ? 0 : Math.max(0, clock.realNow() - since);
}
