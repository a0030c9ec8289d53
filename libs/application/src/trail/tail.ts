import { decideCloseTail, tailStream } from '#domain';
import type { Queries, TrailRow } from '#read-models';
import type { CommandContext, Journal } from '../journal.js';
import { type Followed, filterOf, type TailFeed } from './tail-feed.js';

/** What whoever follows is told next. */
export type TailItem =
  /** Oldest first; never empty, and fifty at most. */
  | { readonly kind: 'rows'; readonly rows: readonly TrailRow[] }
  /** Everything that matches up to here has been told. */
  | { readonly kind: 'position'; readonly position: string }
  /** Nothing, for a while. */
  | { readonly kind: 'pulse' };

/** Rows in one piece: whoever reads slowly has few of them waiting, and is known by the piece to be slow. */
const ROWS_AT_ONCE = 50;

/** What is followed, by whom. */
interface Following {
  readonly id: string;
  readonly operator: string;
  readonly context: CommandContext;
  readonly after: string | null;
  readonly newest: number;
  /** The same object as long as nothing has changed. */
  readonly followed: () => Promise<Followed>;
}

interface Surroundings {
  readonly journal: Journal;
  readonly queries: Pick<Queries, 'searchTrail'>;
  readonly feed: TailFeed;
  readonly pulseMs: number;
}

/**
 * One tail of the trail, pulled by whoever reads it: a slow reader is behind, and costs no memory. What it is told is in
 * the order of positions, without gaps and without repeats, from where it began to where it is closed.
 */
export class Tail {
  readonly id: string;
  /** Up to where it has been told. */
  private at: string | null;
  /** How many rows were taken. */
  private rows = 0;
  /** Why it ends, once it does. */
  private end_: { readonly error: unknown } | null = null;
  /** Since when the reader has had something to take, monotonic milliseconds; null while it waits for more. */
  private offeredAt: number | null = null;
  private saidAt: number;
  private closed: Promise<void> | null = null;

  constructor(
    private readonly around: Surroundings,
    private readonly following: Following,
    private readonly onClosed: () => void,
  ) {
    this.id = following.id;
    this.at = following.after;
    this.saidAt = this.now();
  }

  /** Why it was ended from outside; null while it goes on. */
  get ended(): { readonly error: unknown } | null {
    return this.end_;
  }

  /** For how long the reader has left untaken what it was offered, in milliseconds of real time. */
  get stalledMs(): number {
    return this.offeredAt === null ? 0 : this.now() - this.offeredAt;
  }

  /** Tells it to end, and why: the first reason counts. It ends before anything more of the trail is told. */
  end(error: unknown): void {
    this.end_ ??= { error };
    this.around.feed.wake();
  }

  /** What there is to tell, for one reader; ends after `end`. */
  async *items(): AsyncGenerator<TailItem, void> {
    for await (const item of this.told()) {
      for (const piece of piecesOf(item)) {
        if (this.end_) return;
        this.saidAt = this.now();
        this.offeredAt = this.saidAt;
        yield piece;
        // Here again: it was taken.
        this.offeredAt = null;
        this.note(piece);
      }
      if (this.end_) return;
    }
  }

  /** Ends it for good, and puts on record why, and how much was told. Doing it again changes nothing. */
  close(why: string): Promise<void> {
    this.closed ??= this.closeOnce(why);
    return this.closed;
  }

  private async *told(): AsyncGenerator<TailItem, void> {
    if (this.following.after === null) yield* this.newest();
    for (let told = this.following.after; !this.end_; ) {
      const begun = this.at;
      const stretch = await this.asked((followed) => this.around.feed.after(begun, followed));
      if (stretch?.rows.length) yield { kind: 'rows', rows: stretch.rows };
      if (stretch) this.at = stretch.through;
      if (stretch?.more) continue;
      const { at } = this;
      if (at !== null && at !== told && (told === null || stretch?.rows.length || this.isQuiet)) {
        yield { kind: 'position', position: at };
        told = at;
      } else if (this.isQuiet) yield { kind: 'pulse' };
      // Nothing new; or the tables are being built anew, and are not there again yet.
      else if (!stretch || at === begun) await this.around.feed.change();
    }
  }

  /** The newest, and from where on to follow: the page and its position are of one moment. */
  private async *newest(): AsyncGenerator<TailItem, void> {
    const { newest } = this.following;
    const { rows, readUpTo } = await this.asked((followed) =>
      this.around.queries.searchTrail(filterOf(followed), { limit: Math.max(newest, 1) }),
    );
    const oldestFirst = newest === 0 ? [] : rows.toReversed();
    if (oldestFirst.length) yield { kind: 'rows', rows: oldestFirst };
    this.at = readUpTo?.position ?? null;
  }

  /**
   * The answer to what is followed. Asked again where that has changed meanwhile: a resident's first token of a year may
   * come, and rows that it finds be read, behind the tokens that were asked with.
   */
  private async asked<Answer>(ask: (followed: Followed) => Promise<Answer>): Promise<Answer> {
    for (;;) {
      const followed = await this.following.followed();
      const answer = await ask(followed);
      if ((await this.following.followed()) === followed) return answer;
    }
  }

  private note(item: TailItem): void {
    if (item.kind !== 'rows') return;
    this.rows += item.rows.length;
    this.at = item.rows.at(-1)?.position ?? this.at;
  }

  private get isQuiet(): boolean {
    return this.now() - this.saidAt >= this.around.pulseMs;
  }

  private async closeOnce(why: string): Promise<void> {
    this.end(null);
    this.onClosed();
    const { journal } = this.around;
    const { id, operator, context } = this.following;
    const { rows, at: position } = this;
    const { events } = decideCloseTail({ tail: id, operator, why, rows, position });
    await journal.append(await journal.load(tailStream(id)), events, context);
  }

  private now(): number {
    return this.around.journal.clock.monotonic().ms;
  }
}

function* piecesOf(item: TailItem): Generator<TailItem> {
  if (item.kind === 'rows')
    for (let start = 0; start < item.rows.length; start += ROWS_AT_ONCE)
      yield { kind: 'rows', rows: item.rows.slice(start, start + ROWS_AT_ONCE) };
  else yield item;
}
