import {
  catalogue,
  type FeedFrom,
  parseEntry,
  recordedEvent,
  startOfFeed,
  timeOfUuid7,
  upcasters,
} from '#domain';
import type { EventStore, StoredEvent } from '#event-store';
import type { FeedAnswer, FeedItem, FeedTrouble, FeedWay } from '#notifications';
import type { Clock, GenuineMarks } from '#operations';
import { FollowerDiverged, holds } from '../followers/follower.js';
import type { FeedBeginnings } from './feed-beginnings.js';
import { type KeptMark, type Place, SIEM_FEED } from './feed-mark.js';
import { ocsfOf, type OcsfSource } from './ocsf-event.js';

export interface FeedSettings {
  /** With another value than the one that it began with, the feed begins anew. */
  readonly from: FeedFrom;
  /** Events that wait for longer are a fault, in milliseconds of real time. */
  readonly alarmMs: number;
  readonly source: OcsfSource;
}

export interface FeedBounds {
  /** Of one batch. */
  readonly mostEvents: number;
  readonly mostBytes: number;
  /** The pause after the first failure in a row, doubled with each, and the longest; milliseconds of real time. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

export const strictFeedBounds: FeedBounds = {
  mostEvents: 500,
  mostBytes: 256 * 1024,
  pauseMs: 1_000,
  longestPauseMs: 300_000,
};

/** How long a position at which nothing was sent stays in memory only, milliseconds of real time: each costs an fsync. */
const KEEP_EVERY_MS = 5_000;

/** How the feed is doing, in words that may be logged. `mark-forged`: another hand moved its mark, or took it away. */
export type FeedState = 'flowing' | FeedTrouble | 'too-large' | 'mark-forged';

/**
 * The standing feed of the trail to a SIEM: a follower of the global order that brings every committed event, in order,
 * as OCSF (docs/siem-feed.md). It keeps nothing but how far the receiver is known to have read, and writes that after
 * the receiver took a batch: at least once, and a receiver tells repetitions by `metadata.uid`. Where the receiver
 * acknowledges nothing the mark stays one batch behind, and that batch comes again after a failure or a start.
 *
 * Nothing is skipped: what a receiver refuses is offered again after a pause, and is a fault meanwhile. So is a mark that
 * no process of this installation wrote, or that is gone although the feed has begun (`startOfFeed`): it stands until
 * somebody has looked.
 */
export class SiemFeed {
  /** Where it reads on, as opposed to what is kept. Null before it has begun. */
  private at: Place | null = null;
  private kept: KeptMark | null = null;
  /** As many as the receiver is believed to take at once. */
  private most: number;
  private state_: FeedState = 'flowing';
  private refused = false;
  private waitingSince: number | null = null;
  private pause: { readonly times: number; readonly from: number; readonly ms: number } | null = null;
  /** Has looked at the store once: before that nobody can say how it is doing. */
  private hasLooked = false;
  /** Was late, and has not been at the end since. */
  private late = false;

  constructor(
    private readonly store: Pick<EventStore, 'readAll' | 'readEvent' | 'lastPosition'>,
    private readonly marks: Pick<GenuineMarks, 'genuine' | 'write'>,
    private readonly beginnings: Pick<FeedBeginnings, 'newId' | 'all' | 'record'>,
    private readonly way: FeedWay,
    private readonly clock: Pick<Clock, 'realNow'>,
    private readonly settings: FeedSettings,
    private readonly bounds: FeedBounds = strictFeedBounds,
  ) {
    this.most = bounds.mostEvents;
  }

  /** How it went the last time. */
  get state(): FeedState {
    return this.state_;
  }

  /**
   * Reads on to the end, batch by batch; returns how many events were taken. Stops at the first batch that is not, and
   * does nothing for a while then. One call at a time in a process; of two processes at once each sends, which a
   * receiver can tell. Throws `FollowerDiverged` when the store does not hold what was sent last, until somebody
   * has looked (docs/siem-feed.md).
   */
  async catchUp(signal?: AbortSignal): Promise<number> {
    if (!(await this.takeUp()) || this.isPausing()) return 0;
    let taken = 0;
    for (;;) {
      if (signal?.aborted) break;
      const page = await this.store.readAll(this.at?.position ?? null, this.bounds.mostEvents);
      this.hasLooked = true;
      if (!page.length) {
        this.arrived();
        break;
      }
      const sent = await this.bring(page, signal);
      taken += sent.taken;
      if (!sent.whole) break;
    }
    return taken;
  }

  /**
   * Whether the receiver does not get what it should: events wait for longer than the alarm's time, it refuses them, or
   * nobody can say how far it has read. Null where that cannot be said, or it was so and not everything has been brought since.
   */
  stalled(): boolean | null {
    const waited = this.waitingSince === null ? 0 : this.clock.realNow() - this.waitingSince;
    if (this.refused || this.state_ === 'mark-forged' || waited > this.settings.alarmMs) {
      this.late = true;
      return true;
    }
    return this.late || !this.hasLooked ? null : false;
  }

  /** Ends what is under way. */
  close(): Promise<void> {
    return this.way.close();
  }

  /** Goes on from the kept mark, whichever process wrote it, or makes one. False where it is not to be believed. */
  private async takeUp(): Promise<boolean> {
    const found = this.marks.genuine<KeptMark>(SIEM_FEED);
    const kept = found === null || found === 'forged' ? null : found.value;
    const start = found === 'forged' ? 'stand-still' : await this.startWith(kept);
    const stands = start === 'stand-still';
    if (stands || this.state_ === 'mark-forged') this.state_ = stands ? 'mark-forged' : 'flowing';
    if (stands) return false;
    if (kept && start === 'go-on') await this.goOnFrom(kept);
    else await this.begin();
    return true;
  }

  private async startWith(kept: KeptMark | null): Promise<ReturnType<typeof startOfFeed>> {
    const { from } = this.settings;
    // Only a process that begins may begin the feed anew: with `now` that passes over whatever was not brought.
    if (this.at !== null) return kept?.from === from ? 'go-on' : 'stand-still';
    const start = startOfFeed(await this.beginnings.all(), kept, from);
    if (kept && start === 'go-on') {
      const { beginning, position } = kept;
      await this.beginnings.record({ beginning, from, position });
    }
    return start;
  }

  private async goOnFrom(kept: KeptMark): Promise<void> {
    if (this.at && this.kept?.position === kept.position && this.kept.at === kept.at) return;
    const { position, eventId } = kept;
    if (position !== null && eventId !== null && !(await holds(this.store, { position, eventId })))
      throw new FollowerDiverged(SIEM_FEED, position);
    this.kept = kept;
    this.at = kept;
    this.waitingSince = kept.waitingSince;
  }

  private async begin(): Promise<void> {
    const { from } = this.settings;
    const position = from === 'now' ? await this.store.lastPosition() : null;
    const begun = { beginning: this.beginnings.newId(), from, position };
    const at = this.clock.realNow();
    this.write({ ...begun, eventId: null, reached: from === 'now', at, waitingSince: null });
    // A crash here: the mark says where it began, and the next process puts that on record before it brings anything.
    await this.beginnings.record(begun);
    this.at = { position, eventId: null };
  }

  /** Brings a page in as many batches as it takes. */
  private async bring(
    page: readonly StoredEvent[],
    signal?: AbortSignal,
  ): Promise<{ readonly taken: number; readonly whole: boolean }> {
    let taken = 0;
    for (let from = 0; from < page.length; ) {
      const { items, until } = this.batch(page, from);
      this.waitingSince = this.waitsSince(page[from]);
      const answer: FeedAnswer = items.length ? await this.way.send(items) : { state: 'taken' };
      if (answer.state === 'taken') {
        taken += items.length;
        this.advance(page[until - 1], items.length > 0);
        from = until;
      } else if (answer.state === 'too-large' && items.length > 1) {
        this.most = Math.ceil(items.length / 2);
      } else {
        // Cut off from this side: that says nothing of the receiver.
        if (!signal?.aborted) this.failed(answer);
        return { taken, whole: false };
      }
      if (signal?.aborted) return { taken, whole: false };
    }
    return { taken, whole: true };
  }

  /** What goes into one batch from `from` on, and where the next one begins. One event goes, however large. */
  private batch(
    page: readonly StoredEvent[],
    from: number,
  ): { readonly items: readonly FeedItem[]; readonly until: number } {
    const items: FeedItem[] = [];
    let bytes = 0;
    let until = from;
    for (const stored of page.slice(from)) {
      const item = this.itemOf(stored);
      bytes += item === null ? 0 : Buffer.byteLength(item.json);
      if (item && items.length && (items.length >= this.most || bytes > this.bounds.mostBytes)) break;
      if (item) items.push(item);
      until += 1;
    }
    return { items, until };
  }

  private itemOf({ entry, position }: StoredEvent): FeedItem | null {
    const parsed = parseEntry(entry);
    const event = Object.hasOwn(catalogue, parsed.type)
      ? recordedEvent(parsed, catalogue, upcasters)
      : { ...parsed, data: {} };
    const ocsf = ocsfOf(event, position, this.settings.source);
    if (ocsf === null) return null;
    const loggedAt = new Date(timeOfUuid7(event.id)).toISOString();
    return {
      uid: event.id,
      code: event.type,
      loggedAt,
      severity: ocsf.severity_id,
      json: JSON.stringify(ocsf),
    };
  }

  private advance(last: StoredEvent | undefined, sent: boolean): void {
    if (!last) return;
    const before = this.at;
    this.at = { position: last.position, eventId: last.id };
    this.waitingSince = null;
    if (!sent) return;
    this.state_ = 'flowing';
    this.refused = false;
    this.pause = null;
    // A crash here: the batch comes again.
    this.keep(this.way.acknowledges || !before ? this.at : before, { waitingSince: null });
  }

  /** Everything there is was brought. */
  private arrived(): void {
    this.late = false;
    this.most = this.bounds.mostEvents;
    const isNews = this.kept && !this.kept.reached;
    const age = Math.abs(this.clock.realNow() - (this.kept?.at ?? 0));
    const moved = this.way.acknowledges && this.at?.position !== this.kept?.position;
    if (this.at && this.kept && (isNews || (moved && age >= KEEP_EVERY_MS)))
      this.keep(this.way.acknowledges ? this.at : this.kept, { reached: true, waitingSince: null });
  }

  private failed(answer: Exclude<FeedAnswer, { state: 'taken' }>): void {
    const { pauseMs, longestPauseMs } = this.bounds;
    const times = (this.pause?.times ?? 0) + 1;
    const wished = answer.state === 'later' ? answer.retryAfterMs : null;
    const ms = Math.min(Math.max(wished ?? pauseMs * 2 ** Math.min(times - 1, 30), pauseMs), longestPauseMs);
    this.pause = { times, from: this.clock.realNow(), ms };
    this.state_ = answer.state === 'too-large' ? 'too-large' : answer.why;
    this.refused = answer.state !== 'later';
    // What was read off the wire last may be lost with whoever read it.
    if (!this.way.acknowledges && this.kept) this.at = this.kept;
    if (this.kept && this.kept.waitingSince === null)
      this.keep(this.kept, { waitingSince: this.waitingSince });
  }

  /** Since when an event has been waiting: not longer than since the feed began, as long as it has a past to bring. */
  private waitsSince(first: StoredEvent | undefined): number {
    const recorded = first ? timeOfUuid7(first.id) : this.clock.realNow();
    return this.kept?.reached ? recorded : Math.max(recorded, this.kept?.at ?? recorded);
  }

  /** A clock that is put back meanwhile must not prolong it. */
  private isPausing(): boolean {
    return this.pause !== null && Math.abs(this.clock.realNow() - this.pause.from) < this.pause.ms;
  }

  private keep({ position, eventId }: Place, changes: Partial<KeptMark>): void {
    if (this.kept) this.write({ ...this.kept, ...changes, position, eventId, at: this.clock.realNow() });
  }

  private write(mark: KeptMark): void {
    this.kept = mark;
    this.marks.write(SIEM_FEED, mark);
  }
}
