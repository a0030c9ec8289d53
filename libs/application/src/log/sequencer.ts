import type { EventStore, Position, StoredEvent } from '#event-store';
import type { Log, LogState } from '#ledger';
import { type Follower, type FollowerCheckpoint, FollowerDiverged, holds } from '../followers/follower.js';

/**
 * Sequences events into the log (decision 8). The store has checked leaf hash and MAC of each event when it was
 * read (decision 7): a forged one throws `ForgedEvent` there, and nothing after it is notarised.
 *
 * What no MAC shows is a past that got shorter: with the newest events deleted, the store gives their positions to the
 * next appends, and after a while everything would look as it should. So the follower asks, whenever it goes on and
 * again before a page is taken, whether the event at the log's end is still the one in the store, and `verify` counts.
 * What it has once missed it misses until the process ends: a person must look (docs/operations.md).
 *
 * The store knows nothing of the log and would let an append land at or below a position that is in the log already.
 * Nothing more is needed against that: such an append needs the event at the log's end to be gone, so it is never
 * sequenced; `LogHealth` sees the same and ends inquiries, in every process, for good.
 */
export class LogFollower implements Follower {
  readonly name = 'log';
  private missed: FollowerDiverged | null = null;

  constructor(
    private readonly store: Pick<EventStore, 'readEvent' | 'count'>,
    private readonly log: Pick<Log, 'state' | 'append'>,
    private readonly fence: () => number,
    private readonly realNow: () => number,
  ) {}

  /** Where the log goes on. Rejects with `FollowerDiverged` when its end is not, or was once not, in the store. */
  async checkpoint(): Promise<FollowerCheckpoint | null> {
    return this.verifiedEnd(await this.log.state());
  }

  async apply(batch: readonly StoredEvent[]): Promise<void> {
    // The page was read after the first look: what it follows must have been there all the time.
    await this.checkpoint();
    const entries = batch.map(({ id, position, entry, leafHash }) => ({
      eventId: id,
      position,
      entry,
      leafHash,
    }));
    await this.log.append(entries, {
      fence: this.fence(),
      now: new Date(this.realNow()).toISOString(),
    });
  }

  /**
   * Whether the store still holds as many events up to the log's end as the log has leaves: one taken out in between
   * leaves every other row genuine. To be called at start and every now and then; returns the log's end. Rejects like
   * `checkpoint`.
   */
  async verify(): Promise<Position | null> {
    const state = await this.log.state();
    const end = await this.verifiedEnd(state);
    if (end && (await this.store.count(end.position)) !== state.size) this.miss(end.position);
    return end?.position ?? null;
  }

  private async verifiedEnd({ position, eventId }: LogState): Promise<FollowerCheckpoint | null> {
    if (this.missed) throw this.missed;
    if (position === null || eventId === null) return null;
    const end = { position, eventId };
    if (!(await holds(this.store, end))) this.miss(position);
    return end;
  }

  private miss(position: Position): never {
    this.missed = new FollowerDiverged(this.name, position);
    throw this.missed;
  }
}
