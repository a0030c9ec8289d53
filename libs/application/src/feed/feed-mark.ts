import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '#event-store';
import type { Clock, Marks } from '#operations';

/** Mark of the feed: how far the SIEM is known to have read. */
export const SIEM_FEED = 'siem-feed';

/** Where the feed begins when it has not begun yet. */
export type FeedFrom = 'now' | 'beginning';

/** Null parts: before the first event, or (the id) where the feed began and nothing was sent yet. */
export interface Place {
  readonly position: Position | null;
  readonly eventId: string | null;
}

export interface KeptMark extends Place {
  readonly from: FeedFrom;
  /** Whether it has once been at the end since it began: until then the age of an event says nothing. */
  readonly reached: boolean;
  /** Real time of its writing, milliseconds. */
  readonly at: number;
  /** Since when events have been waiting for the receiver, real time; null where it takes them. */
  readonly waitingSince: number | null;
}

interface Sealed extends KeptMark {
  /** HMAC-SHA256 of all the other values, lower-case hex; anything, where another wrote it. */
  readonly mac: unknown;
}

/**
 * The mark with the MAC of its installation. Whoever can write the operations database could else put it behind events that
 * the SIEM shall never see. An older one of these is believed: then events come twice, which a receiver can tell.
 */
export class FeedMark {
  constructor(
    private readonly marks: Marks,
    /** Known to the processes of this installation alone; 32 bytes. */
    private readonly key: Buffer,
  ) {}

  /** Null when there is none; `forged` for one that no process of this installation wrote. */
  read(): KeptMark | 'forged' | null {
    const sealed = this.marks.read<Sealed>(SIEM_FEED);
    if (sealed === null) return null;
    const [said, due] = [Buffer.from(String(sealed.mac)), Buffer.from(this.macOf(sealed))];
    return said.length === due.length && timingSafeEqual(said, due) ? sealed : 'forged';
  }

  /** On disk when this returns. */
  write(mark: KeptMark): void {
    this.marks.write(SIEM_FEED, { ...mark, mac: this.macOf(mark) });
  }

  private macOf({ position, eventId, from, reached, at, waitingSince }: KeptMark): string {
    const values = JSON.stringify([position, eventId, from, reached, at, waitingSince]);
    return createHmac('sha256', this.key).update(values).digest('hex');
  }
}

/** How long the feed has been waiting for its receiver, in milliseconds of real time, as its mark tells it; 0 without one. */
export function feedWaitedMs(marks: Pick<Marks, 'read'>, clock: Pick<Clock, 'realNow'>): number {
  const since = marks.read<KeptMark>(SIEM_FEED)?.waitingSince ?? null;
  return since === null ? 0 : Math.max(0, clock.realNow() - since);
}
